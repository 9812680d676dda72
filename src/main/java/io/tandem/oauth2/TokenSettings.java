package io.tandem.oauth2;

/**
 * All that decides which token one gets. Immutable; holds no secret, only suppliers of them.
 *
 * @param endpoint where the token is got
 * @param client who asks, and how that is proved
 * @param grant on what ground
 * @param parameters for what
 */
public record TokenSettings(TokenEndpoint endpoint, ClientAuth client, Grant grant, TokenParameters parameters) {}
