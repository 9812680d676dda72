package io.tandem.oauth2;

import java.time.Instant;

/**
 * What is kept of a login. Immutable; {@link #toString()} shows nothing of it.
 *
 * @param refreshToken the newest one
 * @param clientId whose it is: a refresh token is bound to its client (RFC 6749 §6)
 * @param server whom it is for: the issuer, or else the token URL. It must never be sent elsewhere
 * @param savedAt for people
 */
record SavedLogin(String refreshToken, String clientId, String server, Instant savedAt) {
    @Override
    public String toString() {
        return "SavedLogin[savedAt=" + savedAt + "]";
    }
}
