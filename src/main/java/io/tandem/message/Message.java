package io.tandem.message;

import com.github.f4b6a3.ulid.Ulid;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller handed over once, without its body, which travels as the body of the Camel message so that routes can
 * transform it.
 *
 * @param id a ULID
 * @param entry where it came in: {@code http}, {@code folder}
 * @param headers the caller's headers that are passed on to targets
 * @param traceparent W3C trace context of the caller, checked, or null
 * @param startNanos {@link System#nanoTime()} at intake
 */
public record Message(
        String id,
        String entry,
        Map<String, String> headers,
        @Nullable String traceparent,
        long startNanos,
        Deadline deadline) {

    /** A new message with a fresh id, and a deadline that far from now. */
    public static Message create(
            String entry, Map<String, String> headers, @Nullable String traceparent, Duration budget) {
        long now = System.nanoTime();
        return new Message(
                Ulid.fast().toString(), entry, headers, traceparent, now, new Deadline(now + budget.toNanos()));
    }

    /** The same at one target over all attempts, another at every other. */
    public String idempotencyKey(String target) {
        return id + "-" + target;
    }
}
