package io.tandem.oauth2;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Gives one {@link TokenSource} for each distinct key (token URL, client and its credentials, TLS files and proxy,
 * grant, scope, audience, resource, extra parameters): targets that have all of these in common share their tokens. Bounded: beyond
 * {@value #MAX_SOURCES} keys the one not asked for the longest is forgotten; who still holds it goes on using it. Safe
 * for use by any thread; one is enough for a process.
 */
public final class TokenSources implements AutoCloseable {
    private static final int MAX_SOURCES = 1000;

    private final TokenSource.Parts parts;
    private final ExecutorService workers;
    private final SystemTime timer;

    // guarded by this map; senders are shared by endpoints with the same limits
    private final Map<Key, Shared> sources = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, ExchangedTokens> exchanged = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Transport, HttpSender> senders = new LinkedHashMap<>(16, 0.75f, true);

    /** A source, and how it calls its endpoint. */
    private record Shared(TokenSource source, Transport transport) {}

    private record Key(
            @Nullable URI tokenUrl,
            @Nullable URI issuer,
            Object client,
            Object transport,
            Grant grant,
            TreeSet<String> scope,
            @Nullable String audience,
            List<URI> resource,
            Map<String, String> extra) {
        static Key of(TokenSettings settings) {
            TokenParameters parameters = settings.parameters();
            return new Key(
                    settings.endpoint().url(),
                    settings.endpoint().url() == null ? settings.endpoint().issuer() : null,
                    Identity.of(settings.client(), settings.endpoint().issuer()),
                    Identity.of(settings.endpoint().transport()),
                    settings.grant(),
                    new TreeSet<>(parameters.scope()),
                    parameters.audience(),
                    parameters.resource(),
                    parameters.extra());
        }
    }

    /** Sources that live by {@code policy} and tell {@code events} what happens. */
    public TokenSources(TokenPolicy policy, TokenEvents events) {
        this(policy, events, new SystemTime(), null);
    }

    /** For tests: with another clock for the life of tokens; limits on the wire always are in real time. */
    TokenSources(TokenPolicy policy, TokenEvents events, TimeSource time) {
        this(policy, events, new SystemTime(), time);
    }

    private TokenSources(TokenPolicy policy, TokenEvents events, SystemTime timer, @Nullable TimeSource other) {
        this.timer = timer;
        this.workers = Workers.create();
        this.parts = new TokenSource.Parts(policy, events, other == null ? timer : other, workers);
    }

    /**
     * The source for these settings; the same one for the same key. What is not part of the key (timeouts, limits)
     * is as last given. Reads the secrets, as keys have a digest of them.
     *
     * @param label by which messages, meters and health name it; the first one given for a key stays
     */
    public TokenSource source(String label, TokenSettings settings) {
        if (settings.grant() instanceof Grant.TokenExchange) {
            throw new IllegalArgumentException("exchanged tokens are one for each caller");
        }
        synchronized (sources) {
            Transport transport = settings.endpoint().transport();
            Key key = Key.of(settings);
            Shared shared = sources.get(key);
            if (shared == null) {
                shared = new Shared(new TokenSource(label, fetcher(settings), parts), transport);
                sources.put(key, shared);
            } else if (!shared.transport().equals(transport)) {
                shared.source().fetchBy(fetcher(settings));
                shared = new Shared(shared.source(), transport);
                sources.put(key, shared);
            }
            forgetEldest(sources);
            return shared.source();
        }
    }

    /**
     * The tokens of callers, by the {@link Grant.TokenExchange} of these settings; the same object for the same key.
     *
     * @param label by which messages and meters name all of them
     */
    public ExchangedTokens exchanged(String label, TokenSettings settings) {
        if (!(settings.grant() instanceof Grant.TokenExchange grant)) {
            throw new IllegalArgumentException("only a token exchange has tokens for each caller");
        }
        synchronized (sources) {
            ExchangedTokens tokens = exchanged.computeIfAbsent(Key.of(settings), key -> {
                TokenEndpointClient client = client(settings);
                ExchangeBreaker breaker = new ExchangeBreaker(
                        parts.policy().backoff(), settings.endpoint().limit(), parts.time());
                return new ExchangedTokens(
                        subject -> new TokenSource(
                                label, new TokenExchangeFetcher(subject, settings, grant, client, breaker), parts),
                        parts.time());
            });
            forgetEldest(exchanged);
            return tokens;
        }
    }

    private static void forgetEldest(Map<?, ?> map) {
        if (map.size() > MAX_SOURCES) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /** How each source is now; those of callers are left out. */
    public List<TokenStatus> statuses() {
        List<TokenSource> all;
        synchronized (sources) {
            all = sources.values().stream().map(Shared::source).toList();
        }
        return all.stream().map(TokenSource::status).toList();
    }

    private TokenFetcher fetcher(TokenSettings settings) {
        TokenEndpointClient client = client(settings);
        return settings.grant() instanceof Grant.AuthorizationCode login
                ? new RefreshTokenFetcher(settings, login, client, parts.time())
                : new ClientCredentialsFetcher(settings, client);
    }

    private TokenEndpointClient client(TokenSettings settings) {
        Transport transport = settings.endpoint().transport();
        HttpSender sender = senders.computeIfAbsent(transport, t -> new HttpSender(t, timer));
        forgetEldest(senders);
        HttpCalls calls = new HttpCalls(sender, transport);
        ServerLocator locator = new ServerLocator(settings.endpoint(), calls, parts.time());
        return new TokenEndpointClient(locator, settings.client(), calls, parts.time());
    }

    /** Ends background work. Tokens at hand stay usable until they expire. */
    @Override
    public void close() {
        timer.close();
        workers.shutdown();
        synchronized (sources) {
            senders.values().forEach(HttpSender::close);
        }
    }
}
