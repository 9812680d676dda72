package io.tandem.oauth2;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a token call gave.
 *
 * @param accessToken fit for a header as it is
 * @param lifetime null when the server didn't tell
 * @param refreshToken null when there is none, or the one sent stays good
 */
record TokenReply(String accessToken, @Nullable Duration lifetime, @Nullable String refreshToken) {
    @Override
    public String toString() {
        return "TokenReply[lifetime=" + lifetime + "]";
    }
}
