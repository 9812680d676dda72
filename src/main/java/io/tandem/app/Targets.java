package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.target.Authorizer;
import io.tandem.target.Authorizers;
import io.tandem.target.TargetClient;
import io.tandem.target.TargetGuard;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The targets of one configuration, each with what it has gathered while it was called: connections, tokens, health. What is
 * configured as before goes over to the next configuration with all of that. Immutable.
 */
final class Targets {
    /**
     * One target.
     *
     * @param tokens null when it is called without a token, or with one for each caller
     */
    record Part(
            Settings.Target settings,
            TargetClient client,
            Authorizer authorizer,
            TargetGuard guard,
            @Nullable TokenSource tokens) {}

    private final Map<String, Part> parts;

    private Targets(Map<String, Part> parts) {
        this.parts = parts;
    }

    /** Makes the client of a target. */
    interface Clients {
        TargetClient of(Settings.Target target);
    }

    /** None. */
    static Targets none() {
        return new Targets(Map.of());
    }

    /** Those of another configuration; what is the same in this one is taken over. */
    Targets with(Map<String, Settings.Target> wanted, TokenSources tokens, RefreshTokenStore store, Clients clients) {
        Map<String, Part> next = new LinkedHashMap<>();
        Authorizers authorizers = new Authorizers(tokens, store);
        wanted.forEach((name, settings) -> {
            Part known = parts.get(name);
            if (known != null && known.settings().equals(settings)) {
                next.put(name, known);
            } else {
                Authorizer authorizer = authorizers.create(settings);
                TokenSource source = authorizers.sources().get(name);
                TargetGuard guard = new TargetGuard(name, settings.protection());
                next.put(name, new Part(settings, clients.of(settings), authorizer, guard, source));
            }
        });
        return new Targets(next);
    }

    /** By name, in the order of the configuration. */
    Map<String, Part> parts() {
        return parts;
    }

    /** The token sources, by target. */
    Map<String, TokenSource> tokens() {
        Map<String, TokenSource> tokens = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            if (part.tokens() != null) {
                tokens.put(name, part.tokens());
            }
        });
        return tokens;
    }

    /** Closes idle connections. */
    void evictIdle() {
        parts.values().forEach(part -> part.client().evictIdle());
    }

    /** Closes what is not part of {@code others}. */
    void closeExcept(Targets others) {
        parts.forEach((name, part) -> {
            if (!part.equals(others.parts.get(name))) {
                part.client().close();
            }
        });
    }
}
