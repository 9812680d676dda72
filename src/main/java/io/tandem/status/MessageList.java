package io.tandem.status;

import io.tandem.message.Delivery;
import io.tandem.message.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest messages as the page shows them, newest first. */
record MessageList(List<Entry> messages) {
    /**
     * One message.
     *
     * @param journaled whether {@code /messages/{id}} knows more of it
     * @param deliveries those that were made when its caller was answered
     */
    record Entry(
            String id,
            String entry,
            Instant received,
            double tookMs,
            String outcome,
            @Nullable Boolean policyMet,
            boolean journaled,
            @Nullable ProblemSummary problem,
            List<DeliverySummary> deliveries) {
        static Entry of(LatestMessages.Answered message) {
            return new Entry(
                    message.id(),
                    message.entry(),
                    Instant.ofEpochMilli(message.receivedMillis()),
                    millis(message.took().toNanos()),
                    message.outcome(),
                    message.policyMet(),
                    message.journaled(),
                    ProblemSummary.of(message.problem()),
                    message.deliveries().stream().map(DeliverySummary::of).toList());
        }
    }

    /** A delivery; {@code status} is 0 when there was no reply. */
    record DeliverySummary(
            String target, String outcome, int status, int attempts, double tookMs, @Nullable ProblemSummary problem) {
        static DeliverySummary of(Delivery delivery) {
            return new DeliverySummary(
                    delivery.target(),
                    delivery.outcome().word(),
                    delivery.status(),
                    delivery.attempts(),
                    millis(delivery.took().toNanos()),
                    ProblemSummary.of(delivery.problem()));
        }
    }

    /** What was wrong. */
    record ProblemSummary(String type, String title, int status, @Nullable String detail) {
        static @Nullable ProblemSummary of(@Nullable Problem problem) {
            return problem == null
                    ? null
                    : new ProblemSummary(
                            problem.type().type(), problem.type().title(), problem.status(), problem.detail());
        }
    }

    static MessageList of(List<LatestMessages.Answered> messages) {
        return new MessageList(messages.stream().map(Entry::of).toList());
    }

    static double millis(long nanos) {
        return Math.round(nanos / 10_000.0) / 100.0;
    }
}
