package io.tandem.cases;

import io.tandem.cases.Case.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The authorization server of a test run: whoever asks gets a token, {@code token-of-<target>}. */
final class StubTokens {
    private StubTokens() {}

    static String token(String target) {
        return "token-of-" + target;
    }

    static Reply answer(String target) {
        String token = "{\"access_token\":\"" + token(target) + "\",\"token_type\":\"Bearer\",\"expires_in\":3600,"
                + "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"}";
        return new Reply(
                null,
                200,
                Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
                token.getBytes(StandardCharsets.UTF_8),
                Duration.ZERO,
                Duration.ZERO,
                null);
    }
}
