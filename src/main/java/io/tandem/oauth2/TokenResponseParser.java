package io.tandem.oauth2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import io.tandem.oauth2.TokenFailure.Kind;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a token response (RFC 6749 §5.1), trusting nothing in it. Stateless. */
final class TokenResponseParser {
    /** Longer lives are cut: asking once a day costs nothing, and no arithmetic overflows. */
    static final Duration MAX_LIFETIME = Duration.ofDays(1);

    private TokenResponseParser() {}

    /** The token in a response of status 200 or 201. */
    static TokenReply parse(HTTPResponse response) throws TokenCallException {
        String body = response.getBody() == null ? "" : response.getBody();
        String encoding = response.getHeaderValue("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw bad("the token response is compressed, which was not asked for");
        }
        if (body.isBlank()) {
            throw bad("the token response is empty");
        }
        ObjectNode json = Json.object(body);
        if (json == null) {
            throw bad(
                    body.stripLeading().startsWith("<")
                            ? "the token endpoint answered with a web page instead of JSON: check the token URL"
                            : "the token response is not one well-formed JSON object");
        }
        String type = text(json, "token_type");
        if (type == null) {
            throw bad("the token response has no token_type");
        }
        if (!type.toLowerCase(Locale.ROOT).equals("bearer")) {
            throw bad("the token is not of type Bearer, the only one that is understood");
        }
        String accessToken = text(json, "access_token");
        if (accessToken == null || accessToken.isEmpty()) {
            throw bad("the token response has no access_token");
        }
        // RFC 6749 A.12 allows printable ASCII; a space or line break would change the header it goes into
        if (!accessToken.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw bad("the access_token has characters that can't go into a header");
        }
        Duration lifetime = lifetime(json.get("expires_in"));
        json.remove("expires_in");
        // not used here, and some servers send a list
        json.remove("scope");
        try {
            RefreshToken refresh = AccessTokenResponse.parse(JSONObjectUtils.parse(json.toString()))
                    .getTokens()
                    .getRefreshToken();
            return new TokenReply(accessToken, lifetime, refresh == null ? null : refresh.getValue());
        } catch (ParseException e) {
            // its message may quote the response
            throw bad("the token response breaks RFC 6749 §5.1");
        }
    }

    // Seconds; some servers send a string or a decimal. Missing, null or 0 ("never", in some dialects): not told.
    private static @Nullable Duration lifetime(@Nullable JsonNode node) throws TokenCallException {
        if (node == null || node.isNull()) {
            return null;
        }
        double seconds;
        if (node.isNumber()) {
            seconds = node.doubleValue();
        } else {
            try {
                seconds = Double.parseDouble(node.isTextual() ? node.textValue() : "none");
            } catch (NumberFormatException e) {
                throw bad("expires_in is not a number");
            }
        }
        if (Double.isNaN(seconds) || seconds < 0) {
            throw bad("expires_in is negative or not a number");
        }
        if (seconds >= MAX_LIFETIME.toSeconds()) {
            return MAX_LIFETIME;
        }
        long millis = (long) (seconds * 1000);
        return millis == 0 ? null : Duration.ofMillis(millis);
    }

    private static @Nullable String text(ObjectNode json, String name) {
        JsonNode node = json.get(name);
        return node != null && node.isTextual() ? node.textValue() : null;
    }

    private static TokenCallException bad(String diagnosis) {
        return new TokenCallException(Kind.BAD_RESPONSE, diagnosis);
    }
}
