package io.tandem.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(500));
    private final RateLimit limit = new RateLimit(new Settings.Rate(4, Duration.ofSeconds(1)), now::get);

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 250, 600})
    void soManyAreAllowedAtOnceAndThenAsTheyComeDue(long start) {
        pass(start);
        for (int i = 0; i < 4; i++) {
            assertThat(limit.take("shop")).isZero();
        }
        assertThat(limit.take("shop")).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
        pass(249);
        assertThat(limit.take("shop")).isPositive();
        pass(1);
        assertThat(limit.take("shop")).isZero();
        assertThat(limit.take("shop")).isPositive();
        pass(10_000);
        for (int i = 0; i < 4; i++) {
            assertThat(limit.take("shop")).isZero();
        }
        assertThat(limit.take("shop")).isPositive();
    }

    @Test
    void callersDoNotPayForEachOther() {
        for (int i = 0; i < 10; i++) {
            limit.take("shop");
        }

        assertThat(limit.take("other")).isZero();
    }

    @Test
    void networkOfIpv6CountsAsOne() {
        assertThat(RateLimit.nameOf("2001:db8:1:2::3")).isEqualTo(RateLimit.nameOf("2001:db8:1:2:ffff::4"));
        assertThat(RateLimit.nameOf("2001:db8:1:2::3")).isNotEqualTo(RateLimit.nameOf("2001:db8:1:3::3"));
        assertThat(RateLimit.nameOf("192.0.2.1")).isNotEqualTo(RateLimit.nameOf("192.0.2.2"));
    }
}
