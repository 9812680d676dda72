package io.tandem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessTokensTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final AccessTokens tokens = new AccessTokens(clock, Duration.ofSeconds(60));

    @Test
    void forgetsTheOldestBeyondTheLimit() {
        String oldest = tokens.issue("api");
        String next = tokens.issue("api");
        for (int i = 0; i < AccessTokens.MAX_TOKENS - 1; i++) {
            tokens.issue("api");
        }

        assertThat(tokens.isValid(oldest, "api")).isFalse();
        assertThat(tokens.isValid(next, "api")).isTrue();
    }

    @Test
    void expiresWhenItsLifetimeIsOver() {
        String token = tokens.issue("api");

        clock.advance(Duration.ofSeconds(60).minusNanos(1));
        assertThat(tokens.isValid(token, "api")).isTrue();
        clock.advance(Duration.ofNanos(1));
        assertThat(tokens.isValid(token, "api")).isFalse();
    }
}
