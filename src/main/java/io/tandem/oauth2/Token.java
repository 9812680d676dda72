package io.tandem.oauth2;

import java.time.Instant;

/**
 * An access token as one API call uses it. Immutable, safe for use by any thread. Two tokens are equal only when they
 * are the same object: a token that got a 401 is told apart from its successor even if the server gave the same value
 * twice. {@link #toString()} never shows the value.
 */
public final class Token {
    private final String value;
    private final Instant expiresAt;
    private final long generation;
    private final String authorizationHeader;

    Token(String value, Instant expiresAt, long generation) {
        this.value = value;
        this.expiresAt = expiresAt;
        this.generation = generation;
        this.authorizationHeader = "Bearer " + value;
    }

    /** The bare token. */
    public String value() {
        return value;
    }

    /** When the token stops being good, as told by the server or assumed when the server didn't tell. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** Counts the tokens of one source, from 1. */
    public long generation() {
        return generation;
    }

    /** The value for the {@code Authorization} header (RFC 6750 §2.1), made once per token. */
    public String authorizationHeader() {
        return authorizationHeader;
    }

    @Override
    public String toString() {
        return "Token[generation=" + generation + ", expiresAt=" + expiresAt + "]";
    }
}
