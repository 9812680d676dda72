package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedeliveryScheduleTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofSeconds(60);

    @Test
    void deliveredIsSettled() {
        DeliveryRecord next = schedule(true, false).next(delivery(Outcome.DELIVERED, 1), 1, Undelivered.REDELIVER);

        assertThat(next.state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(next.nextAttempt()).isNull();
    }

    @Test
    void skippedByAConditionIsSettledButByAnOpenBreakerIsNot() {
        Delivery condition = new Delivery("api", Outcome.SKIPPED, 0, Duration.ZERO, 0, null, null, null);

        assertThat(schedule(true, false)
                        .next(condition, 0, Undelivered.REDELIVER)
                        .state())
                .isEqualTo(DeliveryState.SKIPPED);
        assertThat(schedule(true, false)
                        .next(delivery(Outcome.SKIPPED, 0), 0, Undelivered.REDELIVER)
                        .state())
                .isEqualTo(DeliveryState.PENDING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"UNREACHABLE", "FAILED", "TIMED_OUT"})
    void passingFailureIsTriedAgainWithinTheBackoff(Outcome outcome) {
        for (int attempts = 1; attempts < 12; attempts++) {
            DeliveryRecord next = schedule(true, false).next(delivery(outcome, 1), attempts, Undelivered.REDELIVER);

            Duration bound = Duration.ofSeconds(Math.min(60, 1L << (attempts - 1)));
            assertThat(next.state()).isEqualTo(DeliveryState.PENDING);
            assertThat(next.nextAttempt()).isAfter(NOW).isBeforeOrEqualTo(NOW.plus(bound));
        }
    }

    @Test
    void noIsFinal() {
        assertThat(schedule(true, false)
                        .next(delivery(Outcome.REJECTED, 1), 1, Undelivered.REDELIVER)
                        .state())
                .isEqualTo(DeliveryState.DEAD);
    }

    @Test
    void callerDecidesWhenTheCallerWasTold() {
        assertThat(schedule(true, false)
                        .next(delivery(Outcome.UNREACHABLE, 1), 1, Undelivered.GIVE_UP)
                        .state())
                .isEqualTo(DeliveryState.DEAD);
    }

    @Test
    void orderedDeliveryKeepsItsPlaceThoughTheCallerWasTold() {
        assertThat(schedule(true, true)
                        .next(delivery(Outcome.UNREACHABLE, 1), 1, Undelivered.GIVE_UP)
                        .state())
                .isEqualTo(DeliveryState.PENDING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"FAILED", "TIMED_OUT"})
    void unknownFateIsDeadWhenTheTargetIsNotIdempotent(Outcome outcome) {
        DeliveryRecord next = schedule(false, false).next(delivery(outcome, 1), 1, Undelivered.REDELIVER);

        assertThat(next.state()).isEqualTo(DeliveryState.DEAD);
        assertThat(next.delivery().outcome()).isEqualTo(outcome);
        Problem problem = next.delivery().problem();
        assertThat(problem).isNotNull();
        assertThat(problem.type()).isEqualTo(ProblemType.DELIVERY_UNKNOWN);
    }

    @Test
    void whatWasNeverSentIsTriedAgainThoughTheTargetIsNotIdempotent() {
        RedeliverySchedule schedule = schedule(false, false);

        assertThat(schedule.next(delivery(Outcome.UNREACHABLE, 3), 3, Undelivered.REDELIVER)
                        .state())
                .isEqualTo(DeliveryState.PENDING);
        assertThat(schedule.next(delivery(Outcome.FAILED, 0), 0, Undelivered.REDELIVER)
                        .state())
                .isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void deliveryIsDeadWhenItNeedsATokenThatIsNotKept() {
        Delivery lacking = new Delivery(
                "api",
                Outcome.UNREACHABLE,
                0,
                Duration.ZERO,
                0,
                null,
                Problem.of(ProblemType.TOKEN_OF_CALLER_NEEDED, null),
                null);

        assertThat(schedule(true, false).next(lacking, 0, Undelivered.REDELIVER).state())
                .isEqualTo(DeliveryState.DEAD);
    }

    @Test
    void retryAfterIsHonouredUpToTheLongestBackoff() {
        assertThat(next(Duration.ofSeconds(30))).isEqualTo(NOW.plusSeconds(30));
        assertThat(next(Duration.ofHours(5))).isEqualTo(NOW.plus(MAX));
    }

    private static @Nullable Instant next(Duration retryAfter) {
        Delivery busy = new Delivery(
                "api",
                Outcome.FAILED,
                429,
                Duration.ZERO,
                1,
                null,
                Problem.of(ProblemType.TARGET_FAILED, null),
                retryAfter);
        return schedule(true, false).next(busy, 1, Undelivered.REDELIVER).nextAttempt();
    }

    private static Delivery delivery(Outcome outcome, int attempts) {
        Problem problem = outcome == Outcome.DELIVERED ? null : Problem.of(ProblemType.TARGET_FAILED, null);
        return new Delivery("api", outcome, 0, Duration.ofMillis(5), attempts, null, problem, null);
    }

    private static RedeliverySchedule schedule(boolean idempotent, boolean ordered) {
        Settings.Target target = new Settings.Target(
                "api",
                "http://127.0.0.1/api",
                "POST",
                Settings.Client.CAMEL_HTTP,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                1,
                idempotent,
                ordered,
                new Settings.Retry(1, MIN, MAX),
                new Settings.Redelivery(8, MIN, MAX, Duration.ofDays(1)),
                new Settings.Protection(Duration.ofMillis(5), 0.2, null, null, null),
                null,
                Map.of(),
                Settings.Connection.DIRECT,
                new Settings.Auth.None());
        return new RedeliverySchedule(
                Map.of("api", target), Clock.fixed(NOW, ZoneOffset.UTC), new SplittableRandom(42));
    }
}
