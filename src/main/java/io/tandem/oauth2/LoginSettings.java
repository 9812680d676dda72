package io.tandem.oauth2;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a login needs. Immutable; holds no secret, only suppliers of them.
 *
 * @param endpoint of tokens; with an issuer, the endpoints that are not set come from its metadata
 * @param authorizationUrl where the person is sent; null: discovered
 * @param deviceUrl where a device login starts (RFC 8628 §3.1); null: discovered
 * @param client who asks
 * @param parameters for what
 * @param extra further parameters of the authorization request. They are seen in the browser, so no secrets
 * @param login where the login is kept
 */
public record LoginSettings(
        TokenEndpoint endpoint,
        @Nullable URI authorizationUrl,
        @Nullable URI deviceUrl,
        ClientAuth client,
        TokenParameters parameters,
        Map<String, String> extra,
        Grant.AuthorizationCode login) {
    /** Checks and copies. */
    public LoginSettings {
        extra = Map.copyOf(extra);
        if (authorizationUrl != null) {
            TokenEndpoint.requireSafe(authorizationUrl, endpoint.transport().allowHttp());
        }
        if (deviceUrl != null) {
            TokenEndpoint.requireSafe(deviceUrl, endpoint.transport().allowHttp());
        }
    }

    /** A login of which all but the token endpoint and the client is discovered, and nothing special is asked for. */
    public static LoginSettings of(
            TokenEndpoint endpoint, ClientAuth client, TokenParameters parameters, Grant.AuthorizationCode login) {
        return new LoginSettings(endpoint, null, null, client, parameters, Map.of(), login);
    }
}
