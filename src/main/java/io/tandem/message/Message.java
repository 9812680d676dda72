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
 * @param trace the caller's trace, or a new one
 * @param startNanos {@link System#nanoTime()} at intake
 * @param callerToken with which the caller came; null when there is none, or no target needs it
 * @param cancellation tells when nobody waits for the rest
 * @param ledger what is known of its deliveries, and where they are written down; null when it isn't journaled
 */
public record Message(
        String id,
        String entry,
        Map<String, String> headers,
        TraceContext trace,
        long startNanos,
        Deadline deadline,
        Cancellation cancellation,
        @Nullable CallerToken callerToken,
        @Nullable DeliveryLedger ledger) {

    /** The exchange property under which a message travels through the routes. */
    public static final String PROPERTY = "TandemMessage";

    /** A new message with a fresh id, and a deadline that far from now. */
    public static Message create(String entry, Map<String, String> headers, TraceContext trace, Duration budget) {
        return create(entry, headers, trace, budget, new Cancellation());
    }

    /** A new message with a fresh id, and a deadline that far from now, that its caller may give up. */
    public static Message create(
            String entry, Map<String, String> headers, TraceContext trace, Duration budget, Cancellation cancellation) {
        long now = System.nanoTime();
        return new Message(
                Ulid.fast().toString(),
                entry,
                headers,
                trace,
                now,
                new Deadline(now + budget.toNanos()),
                cancellation,
                null,
                null);
    }

    /** The same message of a caller who came with a token. */
    public Message withCallerToken(@Nullable CallerToken token) {
        return new Message(id, entry, headers, trace, startNanos, deadline, cancellation, token, ledger);
    }

    /** The same message with another time budget. */
    public Message withDeadline(Deadline other) {
        return new Message(id, entry, headers, trace, startNanos, other, cancellation, callerToken, ledger);
    }

    /**
     * The same message, journaled: it goes on though its caller goes away.
     *
     * @param journaledId the id under which it came first, which may be another
     */
    public Message journaled(String journaledId, DeliveryLedger itsLedger) {
        return new Message(
                journaledId, entry, headers, trace, startNanos, deadline, new Cancellation(), callerToken, itsLedger);
    }

    /** The same at one target over all attempts, another at every other. */
    public String idempotencyKey(String target) {
        return id + "-" + target;
    }
}
