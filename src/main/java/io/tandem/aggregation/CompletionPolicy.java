package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import java.time.Duration;
import java.util.ArrayList;
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
                .map(target -> assumed(target, available.contains(target) ? Outcome.DELIVERED : Outcome.UNREACHABLE))
                .toList());
    }

    /**
     * Whether these deliveries are a success, whatever becomes of the other targets.
     *
     * @param targets the names of all targets
     */
    default boolean isWon(List<Delivery> ended, Set<String> targets) {
        return isMet(withOthers(ended, targets, Outcome.UNREACHABLE));
    }

    /**
     * Whether these deliveries are none, whatever becomes of the other targets.
     *
     * @param targets the names of all targets
     */
    default boolean isLost(List<Delivery> ended, Set<String> targets) {
        return !isMet(withOthers(ended, targets, Outcome.DELIVERED));
    }

    private static List<Delivery> withOthers(List<Delivery> ended, Set<String> targets, Outcome outcome) {
        List<Delivery> all = new ArrayList<>(ended);
        targets.stream()
                .filter(target ->
                        ended.stream().noneMatch(delivery -> delivery.target().equals(target)))
                .forEach(target -> all.add(assumed(target, outcome)));
        return all;
    }

    private static Delivery assumed(String target, Outcome outcome) {
        return new Delivery(target, outcome, 0, Duration.ZERO, 0, null, null, null);
    }

    /**
     * Reads a policy.
     *
     * @param text {@code all}, {@code any}, {@code quorum:N}, {@code required:NAME[,NAME…]}, {@code best-effort} or
     *     {@code first}
     * @throws IllegalArgumentException for anything else
     */
    static CompletionPolicy parse(String text) {
        if (text.startsWith(Quorum.PREFIX)) {
            return new Quorum(Integer.parseInt(text.substring(Quorum.PREFIX.length())));
        }
        if (text.startsWith(Required.PREFIX)) {
            return new Required(List.of(text.substring(Required.PREFIX.length()).split(",")));
        }
        return switch (text) {
            case "all" -> new All();
            case "first" -> new First();
            case "any" -> new Any();
            case "best-effort" -> new BestEffort();
            default ->
                throw new IllegalArgumentException("unknown completion policy '" + text
                        + "': one of all, any, quorum:N, required:NAME,…, best-effort, first");
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
            return deliveries.stream().allMatch(delivery -> delivery.delivered() || delivery.excluded());
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

    /** That many targets that take the message are enough. */
    record Quorum(int targets) implements CompletionPolicy {
        private static final String PREFIX = "quorum:";

        @Override
        public String text() {
            return PREFIX + targets;
        }

        @Override
        public boolean isMet(List<Delivery> deliveries) {
            return deliveries.stream().filter(Delivery::delivered).count() >= targets;
        }
    }

    /** These targets must take the message; the others may. */
    record Required(List<String> names) implements CompletionPolicy {
        private static final String PREFIX = "required:";

        public Required {
            names = List.copyOf(names);
        }

        @Override
        public String text() {
            return PREFIX + String.join(",", names);
        }

        @Override
        public boolean isMet(List<Delivery> deliveries) {
            return names.stream().allMatch(name -> deliveries.stream()
                    .anyMatch(delivery ->
                            delivery.target().equals(name) && (delivery.delivered() || delivery.excluded())));
        }
    }

    /** The target that takes the message first is enough, and the others are cancelled (hedging). */
    record First() implements CompletionPolicy {
        @Override
        public String text() {
            return "first";
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

        @Override
        public boolean isWon(List<Delivery> ended, Set<String> targets) {
            // it is for the replies of all
            return false;
        }
    }
}
