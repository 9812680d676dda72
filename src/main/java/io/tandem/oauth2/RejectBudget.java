package io.tandem.oauth2;

import java.time.Duration;

/**
 * How often a 401 may lead to a new token: three times in a row, then once in ten seconds. An API that refuses every
 * token (a wrong audience, say) would otherwise cause a token call with each message. Guarded by its owner's lock.
 */
final class RejectBudget {
    private static final int BURST = 3;
    private static final long REFILL = Duration.ofSeconds(10).toNanos();

    private int left = BURST;
    private long refilledAt;

    boolean take(long now) {
        if (left < BURST) {
            long gained = (now - refilledAt) / REFILL;
            left = (int) Math.min(BURST, left + gained);
            refilledAt += gained * REFILL;
        }
        if (left == BURST) {
            refilledAt = now;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
