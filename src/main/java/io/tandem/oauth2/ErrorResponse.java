package io.tandem.oauth2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import io.tandem.oauth2.TokenFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server says when it gives no token, and tells the dialects apart. RFC 6749 §5.2 names the codes, but a
 * bad secret is {@code invalid_client} with Spring Authorization Server, Okta and Entra, {@code unauthorized_client} with
 * Keycloak, and {@code access_denied} with Auth0; an unknown client is {@code unauthorized_client} with Entra.
 */
final class ErrorResponse {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.:/-]{1,80}");
    private static final Pattern CHALLENGE_ERROR = Pattern.compile("\\berror=\"?([A-Za-z0-9_.:/-]{1,80})");
    private static final Pattern UNKNOWN_CLIENT = Pattern.compile(
            "client.{0,30}(not found|unknown|does not exist|doesn't exist|not registered)|(unknown|no such) client"
                    + "|application with identifier.{0,80}not found|invalid value for 'client_id'|aadsts700016");
    private static final Pattern WRONG_CREDENTIALS = Pattern.compile(
            "client credentials|client.secret|client authentication|aadsts7000215|assertion|certificate");
    private static final Pattern CLOCK = Pattern.compile(
            "expired|not active|not yet valid|\\bnbf\\b|\\biat\\b|\\bexp\\b|in the future|clock|too old");
    private static final Duration SKEW_WORTH_TELLING = Duration.ofSeconds(30);
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    private final HTTPResponse response;
    private final ClientAuth client;
    private final Redaction redaction;
    private final Instant now;

    ErrorResponse(HTTPResponse response, ClientAuth client, Redaction redaction, Instant now) {
        this.response = response;
        this.client = client;
        this.redaction = redaction;
        this.now = now;
    }

    /** What is wrong. */
    TokenFailure failure() {
        int status = response.getStatusCode();
        ObjectNode json = response.getBody() == null ? null : Json.object(response.getBody());
        String code = code(json);
        String description = redaction.shown(text(json, "error_description"));
        Kind kind = kind(status, code, description.toLowerCase(Locale.ROOT));
        if (client.signsAssertions() && aboutAssertions(kind) && clocksDiffer(description)) {
            kind = Kind.CLOCK_SKEW;
        }
        StringBuilder line = new StringBuilder(advice(kind, status));
        line.append(" [status ").append(status);
        if (code != null) {
            line.append(", ").append(code);
        }
        if (!description.isEmpty()) {
            line.append(": ").append(description);
        }
        return new TokenFailure(kind, line.append(']').toString(), code, status, retryAfter());
    }

    private Kind kind(int status, @Nullable String code, String description) {
        if (status / 100 == 3) {
            return Kind.REDIRECT;
        }
        if (status == 429) {
            return Kind.THROTTLED;
        }
        if (code != null && status / 100 != 5) {
            return switch (code) {
                case "invalid_client" ->
                    UNKNOWN_CLIENT.matcher(description).find() ? Kind.UNKNOWN_CLIENT : Kind.WRONG_CREDENTIALS;
                case "unauthorized_client" -> unauthorizedClient(status, description);
                case "access_denied" -> status == 401 ? Kind.WRONG_CREDENTIALS : Kind.CLIENT_NOT_ALLOWED;
                case "unsupported_grant_type" -> Kind.CLIENT_NOT_ALLOWED;
                case "invalid_scope" -> Kind.SCOPE_REFUSED;
                // RFC 8707 §2
                case "invalid_target", "invalid_resource" -> Kind.AUDIENCE_REFUSED;
                case "invalid_grant" -> Kind.GRANT_REFUSED;
                case "temporarily_unavailable", "server_error" -> Kind.SERVER_ERROR;
                case "slow_down" -> Kind.THROTTLED;
                default -> status == 401 ? Kind.WRONG_CREDENTIALS : Kind.REQUEST_REFUSED;
            };
        }
        if (status == 401) {
            return Kind.WRONG_CREDENTIALS;
        }
        if (status == 404 || status == 405) {
            return Kind.NOT_FOUND;
        }
        return status / 100 == 5 ? Kind.SERVER_ERROR : status / 100 == 4 ? Kind.REQUEST_REFUSED : Kind.BAD_RESPONSE;
    }

    private static Kind unauthorizedClient(int status, String description) {
        if (UNKNOWN_CLIENT.matcher(description).find()) {
            return Kind.UNKNOWN_CLIENT;
        }
        // Keycloak, whose 401 with other words means a grant that is not enabled
        return WRONG_CREDENTIALS.matcher(description).find() || (status == 401 && description.isEmpty())
                ? Kind.WRONG_CREDENTIALS
                : Kind.CLIENT_NOT_ALLOWED;
    }

    private String advice(Kind kind, int status) {
        String id = "client '" + client.clientId() + "'";
        return switch (kind) {
            case WRONG_CREDENTIALS ->
                id + " was refused: check the client id, the " + client.whatIsSecret()
                        + ", and whether the server expects this client-auth method";
            case UNKNOWN_CLIENT ->
                "the authorization server does not know " + id + ": check the client id and the realm";
            case CLIENT_NOT_ALLOWED ->
                id + " may not use this grant: enable it for the client at the authorization server";
            case SCOPE_REFUSED -> "a scope was refused: check 'scope', and what the server lets " + id + " ask for";
            case AUDIENCE_REFUSED -> "the audience or resource was refused: check 'audience' and 'resource'";
            case GRANT_REFUSED -> "the login or token that this rests on is no longer good: log in again";
            case CLOCK_SKEW -> "the signed assertion was refused as too old or too new: check the clocks" + skewText();
            case THROTTLED -> "the authorization server asks for fewer calls";
            case SERVER_ERROR -> "the authorization server failed";
            case REDIRECT ->
                "the token endpoint answered with a redirect" + redirectHost()
                        + ", which is not followed with credentials:"
                        + " check the token URL (https, host, trailing slash)";
            case NOT_FOUND -> "there is no token endpoint at that URL: check the token URL";
            case BAD_RESPONSE -> "the token endpoint answered with the unexpected status " + status;
            default -> "the token request was refused";
        };
    }

    private @Nullable String code(@Nullable ObjectNode json) {
        String code = text(json, "error");
        if (code == null) {
            String challenge = response.getHeaderValue("WWW-Authenticate");
            Matcher matcher = CHALLENGE_ERROR.matcher(challenge == null ? "" : challenge);
            code = matcher.find() ? matcher.group(1) : null;
        }
        return code != null
                        && CODE.matcher(code).matches()
                        && redaction.shown(code).equals(code)
                ? code
                : null;
    }

    private static @Nullable String text(@Nullable ObjectNode json, String name) {
        return json != null && json.path(name).isTextual() ? json.path(name).textValue() : null;
    }

    // Only the host: a Location may carry anything.
    private String redirectHost() {
        String location = response.getHeaderValue("Location");
        Matcher host = Pattern.compile("^https?://([A-Za-z0-9.:\\[\\]-]{1,100})(/.*)?$")
                .matcher(location == null ? "" : location);
        return host.matches() ? " to " + redaction.shown(host.group(1)) : "";
    }

    private @Nullable Duration retryAfter() {
        String value = response.getHeaderValue("Retry-After");
        if (value == null || !value.strip().matches("\\d{1,9}")) {
            return null;
        }
        Duration wanted = Duration.ofSeconds(Long.parseLong(value.strip()));
        return wanted.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wanted;
    }

    private static boolean aboutAssertions(Kind kind) {
        return kind == Kind.WRONG_CREDENTIALS || kind == Kind.CLIENT_NOT_ALLOWED || kind == Kind.REQUEST_REFUSED;
    }

    private boolean clocksDiffer(String description) {
        return skewed() || CLOCK.matcher(description.toLowerCase(Locale.ROOT)).find();
    }

    private boolean skewed() {
        Duration skew = skew();
        return skew != null && skew.abs().compareTo(SKEW_WORTH_TELLING) > 0;
    }

    private String skewText() {
        Duration skew = skew();
        return skew == null || !skewed()
                ? ""
                : "; this machine is " + skew.abs().toSeconds() + " s " + (skew.isNegative() ? "behind" : "ahead");
    }

    private @Nullable Duration skew() {
        String date = response.getHeaderValue("Date");
        if (date == null) {
            return null;
        }
        try {
            return Duration.between(
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant(),
                    now);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
