package io.tandem.oauth2;

import java.net.URI;
import org.jspecify.annotations.Nullable;

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

    /**
     * The caller's own token is traded for one of the target (RFC 8693). Such tokens are one for each caller: see
     * {@link TokenSources#exchanged}.
     *
     * @param subjectTokenType what the caller's token is
     * @param requestedTokenType what is asked for; null: the server decides
     */
    record TokenExchange(URI subjectTokenType, @Nullable URI requestedTokenType) implements Grant {
        /** An access token (RFC 8693 §3). */
        public static final URI ACCESS_TOKEN = URI.create("urn:ietf:params:oauth:token-type:access_token");
        /** A JWT (RFC 8693 §3). */
        public static final URI JWT = URI.create("urn:ietf:params:oauth:token-type:jwt");
    }
}
