package io.tandem.target;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the authorizer of each target from its settings. For one thread; what it makes is thread-safe. */
public final class Authorizers {
    private final TokenSources tokens;
    private final RefreshTokenStore store;
    private final Map<String, TokenSource> sources = new LinkedHashMap<>();

    /**
     * @param tokens where tokens are got; targets with the same client, scope and so on share theirs
     * @param store where logins are kept
     */
    public Authorizers(TokenSources tokens, RefreshTokenStore store) {
        this.tokens = tokens;
        this.store = store;
    }

    /** The token sources of the targets that have one token for all callers, by target. */
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
            return create(target.name(), oauth2.oauth());
        }
        return Authorizer.NONE;
    }

    private Authorizer create(String target, Settings.OAuth2Settings oauth) {
        TokenSettings settings = OAuth2Targets.tokenSettings(target, oauth, store);
        RejectedStatuses rejected = new RejectedStatuses(oauth.rejectedStatuses());
        if (settings.grant() instanceof Grant.TokenExchange) {
            return new ExchangeAuthorizer(tokens.exchanged(target, settings), rejected);
        }
        TokenSource source = tokens.source(target, settings);
        sources.put(target, source);
        return new TokenAuthorizer(source, rejected);
    }

    /** RFC 7617, in UTF-8. */
    private static String basic(String username, Secret password) {
        byte[] credentials = (username + ":" + password.value()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }
}
