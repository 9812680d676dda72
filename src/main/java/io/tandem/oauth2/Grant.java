package io.tandem.oauth2;

/** On what ground a token is asked for. */
public sealed interface Grant {
    /** The client acts for itself (RFC 6749 §4.4). */
    record ClientCredentials() implements Grant {}

    /**
     * A person has logged in once (RFC 6749 §4.1); from then on the refresh token goes on. Such a token is renewed even
     * while nobody asks for one, as many servers end a session that is idle.
     *
     * @param store where the login is kept
     * @param name of the login in the store
     */
    record AuthorizationCode(RefreshTokenStore store, String name) implements Grant {}
}
