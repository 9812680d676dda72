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
 * @param entry where it came in: {@code http}, {@code folder}, {@code kafka}
 * @param headers the caller's headers that are passed on to targets
 * @param span of all of its way, in the caller's trace or a new one
 * @param startNanos {@link System#nanoTime()} at intake
 * @param callerToken with which the caller came; null when there is none, or no target needs it
 * @param cancellation tells when nobody waits for the rest
 * @param ledger what is known of its deliveries, and where they are written down; null when it isn't journaled
 */
public record Message(
        String id,
        String entry,
        Map<String, String> headers,
        Span span,
        long startNanos,
        Deadline deadline,
        Cancellation cancellation,
        @Nullable CallerToken callerToken,
        @Nullable DeliveryLedger ledger) {

    /** The exchange property under which a message travels through the routes. */
    public static final String PROPERTY = "TandemMessage";

    /** A new message with a fresh id, and a deadline that far from now. */
    public static Message create(String entry, Map<String, String> headers, Span span, Duration budget) {
        return create(entry, headers, span, budget, new Cancellation(), System.nanoTime());
    }

    /**
     * A new message with a fresh id, that its caller may give up.
     *
     * @param startNanos {@link System#nanoTime()} from which its time runs
     */
    public static Message create(
            String entry,
            Map<String, String> headers,
            Span span,
            Duration budget,
            Cancellation cancellation,
            long startNanos) {
        return new Message(
                Ulid.fast().toString(),
                entry,
                headers,
                span,
                startNanos,
                new Deadline(startNanos + budget.toNanos()),
                cancellation,
                null,
                null);
    }

    /** What {@code traceparent} says of it. */
    public TraceContext trace() {
        return span.context();
    }

    /** The same message, on a way that others see as {@code other}. */
    public Message withSpan(Span other) {
        return new Message(id, entry, headers, other, startNanos, deadline, cancellation, callerToken, ledger);
    }

    /** The same message of a caller who came with a token. */
    public Message withCallerToken(@Nullable CallerToken token) {
        return new Message(id, entry, headers, span, startNanos, deadline, cancellation, token, ledger);
    }

    /** The same message with another time budget. */
    public Message withDeadline(Deadline other) {
        return new Message(id, entry, headers, span, startNanos, other, cancellation, callerToken, ledger);
    }

    /**
     * The same message, journaled: it goes on though its caller goes away.
     *
     * @param journaledId the id under which it came first, which may be another
     */
    public Message journaled(String journaledId, DeliveryLedger itsLedger) {
        return new Message(
                journaledId, entry, headers, span, startNanos, deadline, new Cancellation(), callerToken, itsLedger);
    }

    /** The same at one target over all attempts, another at every other. */
    public String idempotencyKey(String target) {
        return id + "-" + target;
    }
}
