package io.tandem.target;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.oauth2.AssertionKey;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.LoginSettings;
import io.tandem.oauth2.LoopbackRedirect;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.StoreKey;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenParameters;
import io.tandem.oauth2.TokenPolicy;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.Transport;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Says in the words of {@code io.tandem.oauth2} what is configured for targets. Stateless. */
public final class OAuth2Targets {
    /** Tokens are a few KiB at most, even with all of a user's claims in them. */
    private static final int MAX_TOKEN_RESPONSE = 64 * 1024;

    /** Beside the logins; made when no key is configured. */
    private static final String KEY_FILE = "store.key";

    private OAuth2Targets() {}

    /** Where logins are kept. Within a process there must be one store for a folder. */
    public static RefreshTokenStore store(Settings.Tokens tokens) {
        Secret key = tokens.key();
        return new RefreshTokenStore(
                tokens.dir(), key == null ? StoreKey.file(tokens.dir().resolve(KEY_FILE)) : StoreKey.value(key::value));
    }

    /** How the life of tokens is used. */
    public static TokenPolicy policy(Settings.Tokens tokens) {
        return TokenPolicy.DEFAULT.withRefreshAt(tokens.refreshAt());
    }

    /**
     * What a login for this target needs, with a store of its own: not for use beside a running application.
     *
     * @throws IllegalArgumentException when the target has no {@code auth=authorization-code}
     */
    public static LoginSettings loginSettings(Settings settings, Settings.Target target) {
        Settings.OAuth2Settings oauth = withLogin(target);
        Settings.Login login = login(target, oauth);
        return new LoginSettings(
                endpoint(oauth),
                uri(login.authorizationUrl()),
                uri(login.deviceUrl()),
                clientAuth(oauth),
                parameters(oauth),
                login.parameters(),
                new Grant.AuthorizationCode(store(settings.tokens()), target.name()));
    }

    /**
     * Where the browser comes back to after a login for this target.
     *
     * @throws IllegalArgumentException when the target has no {@code auth=authorization-code}
     */
    public static LoopbackRedirect redirect(Settings.Target target) {
        Settings.Redirect redirect = login(target, withLogin(target)).redirect();
        return new LoopbackRedirect(redirect.host(), redirect.port(), redirect.path());
    }

    /** All that decides which tokens a target gets. */
    public static TokenSettings tokenSettings(String target, Settings.OAuth2Settings oauth, RefreshTokenStore store) {
        return new TokenSettings(endpoint(oauth), clientAuth(oauth), grant(target, oauth, store), parameters(oauth));
    }

    private static Settings.OAuth2Settings withLogin(Settings.Target target) {
        if (target.auth() instanceof Settings.Auth.OAuth2 oauth2
                && oauth2.oauth().login() != null) {
            return oauth2.oauth();
        }
        throw new IllegalArgumentException(
                "Target '" + target.name() + "' needs no login: it has no auth=authorization-code");
    }

    private static Settings.Login login(Settings.Target target, Settings.OAuth2Settings oauth) {
        return required(oauth.login(), "the login of " + target.name());
    }

    private static Grant grant(String target, Settings.OAuth2Settings oauth, RefreshTokenStore store) {
        return switch (oauth.grant()) {
            case "client-credentials" -> new Grant.ClientCredentials();
            case "authorization-code" -> new Grant.AuthorizationCode(store, target);
            case "token-exchange" -> {
                Settings.Exchange exchange = required(oauth.exchange(), "the token exchange");
                String requested = exchange.requestedTokenType();
                yield new Grant.TokenExchange(
                        tokenType(exchange.subjectTokenType()), requested == null ? null : tokenType(requested));
            }
            default -> throw new IllegalArgumentException("auth " + oauth.grant());
        };
    }

    private static URI tokenType(String word) {
        return word.equals("jwt") ? Grant.TokenExchange.JWT : Grant.TokenExchange.ACCESS_TOKEN;
    }

    private static TokenEndpoint endpoint(Settings.OAuth2Settings oauth) {
        Transport transport = new Transport(
                oauth.connectTimeout(),
                oauth.timeout(),
                MAX_TOKEN_RESPONSE,
                oauth.connection().allowHttp(),
                Connections.egress(oauth.connection()));
        return new TokenEndpoint(uri(oauth.tokenUrl()), uri(oauth.issuer()), transport);
    }

    private static TokenParameters parameters(Settings.OAuth2Settings oauth) {
        return new TokenParameters(
                oauth.scope(),
                oauth.audience(),
                oauth.resource().stream().map(URI::create).toList(),
                oauth.extraParameters());
    }

    private static ClientAuth clientAuth(Settings.OAuth2Settings oauth) {
        String id = oauth.clientId();
        return switch (oauth.clientAuth()) {
            case "basic" -> new ClientAuth.Basic(id, required(oauth.clientSecret(), "a client secret")::value);
            case "post" -> new ClientAuth.Post(id, required(oauth.clientSecret(), "a client secret")::value);
            case "private_key_jwt" ->
                new ClientAuth.PrivateKeyJwt(id, assertionKey(required(oauth.privateKey(), "a private key")));
            case "tls" -> new ClientAuth.Tls(id);
            case "none" -> new ClientAuth.None(id);
            default -> throw new IllegalArgumentException("client-auth " + oauth.clientAuth());
        };
    }

    private static AssertionKey assertionKey(Settings.PrivateKey key) {
        return new AssertionKey(
                key.file(),
                AssertionKey.Algorithm.valueOf(key.algorithm()),
                key.id(),
                key.audience().equals("issuer") ? AssertionKey.Audience.ISSUER : AssertionKey.Audience.TOKEN_URL);
    }

    private static @Nullable URI uri(@Nullable String text) {
        return text == null ? null : URI.create(text);
    }

    private static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalArgumentException("the configuration was not checked: " + what + " is missing");
        }
        return value;
    }
}
