package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.target.ReplyReader.Result;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
    private static final Duration MIN = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofMillis(350);

    private final Random random = new Random(42);

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, 0, TARGET_UNREACHABLE, true, true",
        "UNREACHABLE, 0, TARGET_BUSY, true, true",
        // certainly not processed: also where nothing may be repeated
        "UNREACHABLE, 0, TARGET_UNREACHABLE, false, true",
        // the token source knows best when to try again
        "UNREACHABLE, 0, TOKEN_UNAVAILABLE, true, false",
        "FAILED, 503, TARGET_FAILED, true, true",
        "FAILED, 429, TARGET_FAILED, true, true",
        "FAILED, 503, TARGET_FAILED, false, false",
        "FAILED, 500, TARGET_FAILED, true, false",
        "FAILED, 302, TARGET_REDIRECTED, true, false",
        "FAILED, 0, TARGET_REPLY_BROKEN, true, true",
        "FAILED, 0, TARGET_REPLY_BROKEN, false, false",
        "FAILED, 0, TARGET_ROUTE_FAILED, true, false",
        "FAILED, 200, TARGET_REPLY_TOO_LARGE, true, false",
        "REJECTED, 422, TARGET_REJECTED, true, false",
        "TIMED_OUT, 0, TARGET_TIMED_OUT, true, false"
    })
    void classOfOutcomeDecides(Outcome outcome, int status, ProblemType problem, boolean idempotent, boolean repeated) {
        Result result = new Result(outcome, status, null, Problem.of(problem, null), null, null);

        Duration wait = Retries.waitBeforeNext(target(idempotent), 1, result, random);

        assertThat(wait != null).isEqualTo(repeated);
    }

    @Test
    void attemptsAreLimited() {
        assertThat(Retries.waitBeforeNext(target(true), 4, failed(null), random))
                .isNull();
        assertThat(Retries.waitBeforeNext(target(true), 3, failed(null), random))
                .isNotNull();
    }

    @Test
    void backoffIsSpreadBelowABoundThatDoublesUpToTheMaximum() {
        long[] bounds = {100, 200, 350};
        for (int attempts = 1; attempts <= bounds.length; attempts++) {
            long longest = 0;
            for (int i = 0; i < 1000; i++) {
                Duration wait = Retries.waitBeforeNext(target(true), attempts, failed(null), random);
                assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofMillis(bounds[attempts - 1]));
                longest = Math.max(longest, wait.toMillis());
            }
            assertThat(longest).isGreaterThan(bounds[attempts - 1] * 9 / 10);
        }
    }

    @Test
    void retryAfterIsHonouredWhenItIsLonger() {
        assertThat(Retries.waitBeforeNext(target(true), 1, failed(Duration.ofSeconds(3)), random))
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(Retries.waitBeforeNext(target(true), 1, failed(Duration.ZERO), random))
                .isPositive();
    }

    private static Result failed(Duration retryAfter) {
        return new Result(Outcome.FAILED, 503, null, Problem.of(ProblemType.TARGET_FAILED, null), retryAfter, null);
    }

    private static Settings.Target target(boolean idempotent) {
        Duration second = Duration.ofSeconds(1);
        return new Settings.Target(
                "api-one",
                "http://127.0.0.1/",
                "POST",
                Settings.Client.CAMEL_HTTP,
                second,
                second,
                second,
                1,
                1024,
                idempotent,
                false,
                new Settings.Retry(4, MIN, MAX),
                new Settings.Redelivery(1, MIN, MAX, Duration.ofDays(1)),
                new Settings.Protection(Duration.ofMillis(5), 0.2, null, null, null),
                null,
                Map.of(),
                Settings.Connection.DIRECT,
                new Settings.Auth.None());
    }
}
