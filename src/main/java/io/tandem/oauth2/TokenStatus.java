package io.tandem.oauth2;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One source at one moment, for health and meters. Immutable.
 *
 * @param label the label under which the source was made
 * @param usable whether a token is at hand
 * @param fetching whether a token call is under way
 * @param generation of the newest token, 0 before the first
 * @param age of the token at hand
 * @param remaining until the token at hand expires
 * @param failures token calls in a row that failed, up to the last one; 0 when that gave a token
 * @param lastFailure of the last token call; null when that gave a token
 * @param lastFailureAt when that was
 * @param nextAttempt when the next token call is due after a failure
 */
public record TokenStatus(
        String label,
        boolean usable,
        boolean fetching,
        long generation,
        @Nullable Duration age,
        @Nullable Duration remaining,
        int failures,
        @Nullable TokenFailure lastFailure,
        @Nullable Instant lastFailureAt,
        @Nullable Instant nextAttempt) {
    /** No token and none to be had: what readiness asks for. */
    public boolean unavailable() {
        return !usable && lastFailure != null;
    }
}
