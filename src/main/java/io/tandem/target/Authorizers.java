package io.tandem.target;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenParameters;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the authorizer of each target from its settings. For one thread; what it makes is thread-safe. */
public final class Authorizers {
    /** Tokens are a few KiB at most, even with all of a user's claims in them. */
    private static final int MAX_TOKEN_RESPONSE = 64 * 1024;

    private final TokenSources tokens;
    private final Map<String, TokenSource> sources = new LinkedHashMap<>();

    /** @param tokens where tokens are got; targets with the same client, scope and so on share theirs */
    public Authorizers(TokenSources tokens) {
        this.tokens = tokens;
    }

    /** The token sources of the targets that use OAuth2, by target. */
    public Map<String, TokenSource> sources() {
        return Map.copyOf(sources);
    }

    /** The authorizer of one target. */
    public Authorizer create(Settings.Target target) {
        Settings.Auth auth = target.auth();
        if (auth instanceof Settings.Auth.Basic basic) {
            return Authorizer.fixed("Authorization", () -> basic(basic.username(), basic.password()));
        }
        if (auth instanceof Settings.Auth.ApiKey apiKey) {
            String prefix = apiKey.scheme() == null ? "" : apiKey.scheme() + " ";
            return Authorizer.fixed(apiKey.header(), () -> prefix + apiKey.key().value());
        }
        if (auth instanceof Settings.Auth.OAuth2 oauth2) {
            TokenSource source = tokens.source(target.name(), tokenSettings(oauth2.oauth()));
            sources.put(target.name(), source);
            return new TokenAuthorizer(source);
        }
        return Authorizer.NONE;
    }

    /** RFC 7617, in UTF-8. */
    private static String basic(String username, Secret password) {
        byte[] credentials = (username + ":" + password.value()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    private static TokenSettings tokenSettings(Settings.OAuth2Settings oauth) {
        TokenEndpoint endpoint = new TokenEndpoint(
                URI.create(Objects.requireNonNull(oauth.tokenUrl(), "oauth.token-url")),
                oauth.connectTimeout(),
                oauth.timeout(),
                MAX_TOKEN_RESPONSE,
                oauth.allowHttp());
        TokenParameters parameters = new TokenParameters(
                oauth.scope(),
                oauth.audience(),
                oauth.resource().stream().map(URI::create).toList(),
                oauth.extraParameters());
        return new TokenSettings(endpoint, clientAuth(oauth), new Grant.ClientCredentials(), parameters);
    }

    private static ClientAuth clientAuth(Settings.OAuth2Settings oauth) {
        return switch (oauth.clientAuth()) {
            case "basic" -> new ClientAuth.Basic(oauth.clientId(), secret(oauth.clientSecret()));
            case "post" -> new ClientAuth.Post(oauth.clientId(), secret(oauth.clientSecret()));
            case "none" -> new ClientAuth.None(oauth.clientId());
            default -> throw new IllegalArgumentException("client-auth " + oauth.clientAuth());
        };
    }

    private static Supplier<String> secret(@Nullable Secret secret) {
        if (secret == null) {
            throw new IllegalArgumentException("the configuration was not checked: a client secret is missing");
        }
        return secret::value;
    }
}
