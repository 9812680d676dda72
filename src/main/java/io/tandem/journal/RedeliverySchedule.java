package io.tandem.journal;

import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides how a delivery goes on after a round of attempts. Thread-safe. */
final class RedeliverySchedule {
    private final Map<String, Settings.Target> targets;
    private final Clock clock;
    private final RandomGenerator random;

    RedeliverySchedule(Map<String, Settings.Target> targets, Clock clock, RandomGenerator random) {
        this.targets = targets;
        this.clock = clock;
        this.random = random;
    }

    /**
     * @param delivery the round
     * @param attempts requests sent or tried over all rounds, this one included
     */
    DeliveryRecord next(Delivery delivery, int attempts, Undelivered undelivered) {
        if (delivery.delivered()) {
            return new DeliveryRecord(delivery, DeliveryState.DELIVERED, null);
        }
        if (isSkippedForGood(delivery)) {
            return new DeliveryRecord(delivery, DeliveryState.SKIPPED, null);
        }
        Settings.Target target = targets.get(delivery.target());
        if (target == null || delivery.outcome() == Outcome.REJECTED || lacksCallersToken(delivery)) {
            // no route leads there any more; or the target has said no; or no later attempt will have the token
            return dead(delivery);
        }
        if (mayHaveBeenProcessed(delivery) && !target.idempotent()) {
            return dead(unknown(delivery));
        }
        // what must keep its place in the order can't be left to the caller
        boolean giveUp = undelivered == Undelivered.GIVE_UP && !target.ordered();
        if (giveUp) {
            return dead(delivery);
        }
        return new DeliveryRecord(
                delivery,
                DeliveryState.PENDING,
                clock.instant().plus(backoff(target.redelivery(), rounds(target, attempts), delivery.retryAfter())));
    }

    /** Full jitter: evenly spread between nothing and the exponential bound, so that deliveries don't come in step. */
    Duration backoff(Settings.Redelivery redelivery, int rounds, @Nullable Duration retryAfter) {
        long most = redelivery.maxBackoff().toNanos();
        long doubled = redelivery.minBackoff().toNanos() << Math.min(Math.max(0, rounds - 1), 20);
        long bound = Math.min(doubled <= 0 ? Long.MAX_VALUE : doubled, most);
        long wait = random.nextLong(bound) + 1;
        long asked = retryAfter == null ? 0 : Math.min(retryAfter.toNanos(), most);
        return Duration.ofNanos(Math.max(wait, asked));
    }

    /** How many rounds that were, if each made all its attempts. */
    private static int rounds(Settings.Target target, int attempts) {
        int most = target.retry().attempts();
        return (attempts + most - 1) / most;
    }

    /** By a condition, or as its outcome is not needed any more; other than by a breaker. */
    private static boolean isSkippedForGood(Delivery delivery) {
        Problem problem = delivery.problem();
        return delivery.outcome() == Outcome.SKIPPED
                && (problem == null || problem.type() == ProblemType.DELIVERY_CANCELLED);
    }

    /** That is between Tandem and the caller: it says nothing of the target. */
    static boolean lacksCallersToken(Delivery delivery) {
        Problem problem = delivery.problem();
        return problem != null && problem.type() == ProblemType.TOKEN_OF_CALLER_NEEDED;
    }

    private static boolean mayHaveBeenProcessed(Delivery delivery) {
        return delivery.attempts() > 0
                && (delivery.outcome() == Outcome.TIMED_OUT || delivery.outcome() == Outcome.FAILED);
    }

    private static DeliveryRecord dead(Delivery delivery) {
        return new DeliveryRecord(delivery, DeliveryState.DEAD, null);
    }

    private static Delivery unknown(Delivery delivery) {
        Problem problem = delivery.problem();
        String before = problem == null ? "" : problem.type().title() + ". ";
        return new Delivery(
                delivery.target(),
                delivery.outcome(),
                delivery.status(),
                delivery.took(),
                delivery.attempts(),
                delivery.body(),
                Problem.of(
                        ProblemType.DELIVERY_UNKNOWN,
                        before + "It is not sent again by itself, as the target is not marked idempotent."),
                delivery.retryAfter());
    }
}
