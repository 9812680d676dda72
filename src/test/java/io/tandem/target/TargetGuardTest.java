package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetGuardTest {
    /** A turn that nobody takes would be missed for minutes after an overload. */
    @Test
    void noTurnIsReservedWhenItComesTooLate() {
        TargetGuard guard = new TargetGuard(
                "api",
                new Settings.Protection(
                        Duration.ofMillis(5), 0.2, null, null, new Settings.Rate(100, Duration.ofSeconds(1))));

        long inTime = IntStream.range(0, 5_000)
                .filter(i -> guard.reserve(TimeUnit.SECONDS.toNanos(2)) >= 0)
                .count();
        long next = guard.reserve(TimeUnit.MINUTES.toNanos(1));

        // 100 at once and 100 in each of the two seconds, and a little more as time goes on
        assertThat(inTime).isBetween(200L, 600L);
        assertThat(next).isBetween(0L, TimeUnit.SECONDS.toNanos(4));
    }
}
