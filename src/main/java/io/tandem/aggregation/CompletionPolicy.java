package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Which deliveries make a message a success. Immutable and thread-safe. */
public sealed interface CompletionPolicy {

    /** The policy as it is written in the configuration and in replies. */
    String text();

    /** Whether these deliveries, one per target, are a success. */
    boolean isMet(List<Delivery> deliveries);

    /** Whether these targets, all others lost, could still make a message a success. */
    default boolean canBeMet(Set<String> available, Set<String> all) {
        return isMet(all.stream()
                .map(target -> new Delivery(
                        target,
                        available.contains(target) ? Outcome.DELIVERED : Outcome.UNREACHABLE,
                        0,
                        Duration.ZERO,
                        0,
                        null,
                        null,
                        null))
                .toList());
    }

    /**
     * Reads a policy.
     *
     * @param text {@code all}, {@code any} or {@code best-effort}
     * @throws IllegalArgumentException for anything else
     */
    static CompletionPolicy parse(String text) {
        return switch (text) {
            case "all" -> new All();
            case "any" -> new Any();
            case "best-effort" -> new BestEffort();
            default ->
                throw new IllegalArgumentException(
                        "unknown completion policy '" + text + "': one of all, any, best-effort");
        };
    }

    /** Every target must take the message. */
    record All() implements CompletionPolicy {
        @Override
        public String text() {
            return "all";
        }

        @Override
        public boolean isMet(List<Delivery> deliveries) {
            return deliveries.stream().allMatch(Delivery::delivered);
        }
    }

    /** One target that takes the message is enough. */
    record Any() implements CompletionPolicy {
        @Override
        public String text() {
            return "any";
        }

        @Override
        public boolean isMet(List<Delivery> deliveries) {
            return deliveries.stream().anyMatch(Delivery::delivered);
        }
    }

    /** Whatever becomes of it, the caller gets the replies. */
    record BestEffort() implements CompletionPolicy {
        @Override
        public String text() {
            return "best-effort";
        }

        @Override
        public boolean isMet(List<Delivery> deliveries) {
            return true;
        }
    }
}
