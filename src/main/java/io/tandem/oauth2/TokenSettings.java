package io.tandem.oauth2;

/**
 * All that decides which token one gets. Immutable; holds no secret, only suppliers of them.
 *
 * @param endpoint where the token is got
 * @param client who asks, and how that is proved
 * @param grant on what ground
 * @param parameters for what
 */
public record TokenSettings(TokenEndpoint endpoint, ClientAuth client, Grant grant, TokenParameters parameters) {
    /** Checks what must fit together. */
    public TokenSettings {
        if (client instanceof ClientAuth.Tls && endpoint.transport().egress().certificate() == null) {
            throw new IllegalArgumentException("client-auth tls needs a client certificate");
        }
        if (client instanceof ClientAuth.PrivateKeyJwt jwt
                && jwt.key().audience() == AssertionKey.Audience.ISSUER
                && endpoint.issuer() == null) {
            throw new IllegalArgumentException(
                    "client-auth private_key_jwt needs the issuer, or the token URL as the audience");
        }
    }
}
