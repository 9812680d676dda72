package io.tandem.message;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message at one target.
 *
 * @param target the target's name
 * @param status HTTP status of the last attempt's reply, 0 when there was none
 * @param took from the start of the first attempt to the end of the last
 * @param attempts requests sent or tried, 0 when none was
 * @param body the reply's body, null when it was empty or there was none
 * @param problem why it was not delivered, null when it was
 * @param retryAfter what the target asked for, or null
 * @param trace of its attempts, in their order, as far as they were made just now; the journal does not keep it
 */
public record Delivery(
        String target,
        Outcome outcome,
        int status,
        Duration took,
        int attempts,
        @Nullable ReplyBody body,
        @Nullable Problem problem,
        @Nullable Duration retryAfter,
        List<AttemptTrace> trace) {

    public Delivery {
        trace = List.copyOf(trace);
    }

    /** One whose attempts were not traced. */
    public Delivery(
            String target,
            Outcome outcome,
            int status,
            Duration took,
            int attempts,
            @Nullable ReplyBody body,
            @Nullable Problem problem,
            @Nullable Duration retryAfter) {
        this(target, outcome, status, took, attempts, body, problem, retryAfter, List.of());
    }

    /** The same without the reply's body, which may be large. */
    public Delivery withoutBody() {
        return body == null
                ? this
                : new Delivery(target, outcome, status, took, attempts, null, problem, retryAfter, trace);
    }

    /** Whether the target has taken the message. */
    public boolean delivered() {
        return outcome == Outcome.DELIVERED;
    }

    /** Whether a condition has excluded the target: it was not meant to get the message. */
    public boolean excluded() {
        return outcome == Outcome.SKIPPED && problem == null;
    }

    /** The delivery as a member value of a merged reply. */
    void writeTo(JsonBuffer out, boolean withBody) {
        out.raw('{').name("outcome").string(outcome.word());
        if (status > 0) {
            out.comma().name("status").number(status);
        }
        out.comma().name("tookMs").number(took.toMillis());
        out.comma().name("attempts").number(attempts);
        if (body != null && withBody) {
            out.comma().name("body").raw(body.json());
            if (body.encoding() != null) {
                out.comma().name("bodyEncoding").string(body.encoding());
            }
        }
        if (problem != null) {
            out.comma().name("problem").raw('{');
            problem.writeMembers(out, problem.status());
            out.raw('}');
        }
        out.raw('}');
    }
}
