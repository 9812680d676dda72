package io.tandem.oauth2;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a token call failed, in words for the one who runs the service. Immutable; carries no secret and no token.
 *
 * @param kind what is wrong
 * @param diagnosis one line: what is wrong and what to do. It may name the token endpoint's host, so it is for logs and
 *     checks, not for callers
 * @param oauthError the {@code error} code of RFC 6749 §5.2, when the server sent one
 * @param status the HTTP status, 0 when there was no response
 * @param retryAfter how long the server wants to be left alone
 */
public record TokenFailure(
        Kind kind, String diagnosis, @Nullable String oauthError, int status, @Nullable Duration retryAfter) {

    TokenFailure(Kind kind, String diagnosis) {
        this(kind, diagnosis, null, 0, null);
    }

    /** What is wrong. */
    public enum Kind {
        /** The secret, key or certificate was refused; some servers say the same of an unknown client. */
        WRONG_CREDENTIALS("the client's credentials were refused"),
        /** The server doesn't know the client. */
        UNKNOWN_CLIENT("the client is unknown to the authorization server"),
        /** The client is known but may not use this grant. */
        CLIENT_NOT_ALLOWED("the client may not use this grant"),
        /** A scope was refused. */
        SCOPE_REFUSED("the scope was refused"),
        /** The audience or resource was refused. */
        AUDIENCE_REFUSED("the audience or resource was refused"),
        /** The code, refresh token or subject token is no longer good. */
        GRANT_REFUSED("the grant is no longer good"),
        /** Somebody must log in first. */
        LOGIN_NEEDED("a login is needed"),
        /** The person or the server refused the login, or it took too long. */
        LOGIN_REFUSED("the login was refused"),
        /** The server refused the request for another reason. */
        REQUEST_REFUSED("the token request was refused"),
        /** The clocks of the two machines differ. */
        CLOCK_SKEW("the clocks differ"),
        /** The server asks for fewer calls. */
        THROTTLED("the authorization server is throttling"),
        /** The server failed. */
        SERVER_ERROR("the authorization server failed"),
        /** The host name can't be resolved. */
        NAME_NOT_FOUND("the authorization server can't be found"),
        /** Every address of the server is denied. */
        DENIED("no connection to the authorization server is allowed"),
        /** No connection, or it broke off. */
        CONNECTION("the authorization server can't be reached"),
        /** The TLS handshake failed. */
        TLS("the TLS handshake with the authorization server failed"),
        /** The proxy refused. */
        PROXY("the proxy did not let the connection through"),
        /** No complete answer in time. */
        TIMEOUT("the authorization server did not answer in time"),
        /** The server sent a redirect, which is never followed with credentials. */
        REDIRECT("the token endpoint answered with a redirect"),
        /** There is nothing at that URL. */
        NOT_FOUND("there is no token endpoint at that URL"),
        /** The response is larger than the limit. */
        TOO_LARGE("the token response is too large"),
        /** The response is not a token response. */
        BAD_RESPONSE("the token response can't be used"),
        /** A setting or a file is wrong on this side. */
        SETTINGS("the token settings can't be used"),
        /** A defect on this side. */
        INTERNAL("the token call failed unexpectedly");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** A few words for callers: no host name, no detail. */
        public String text() {
            return text;
        }

        /** Whether another secret, key or login would mend it. */
        boolean mendedByOtherCredentials() {
            return switch (this) {
                case WRONG_CREDENTIALS, UNKNOWN_CLIENT, CLIENT_NOT_ALLOWED, GRANT_REFUSED, LOGIN_NEEDED, SETTINGS ->
                    true;
                default -> false;
            };
        }
    }
}
