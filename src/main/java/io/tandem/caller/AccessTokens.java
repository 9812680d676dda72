package io.tandem.caller;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.tandem.config.Settings;
import io.tandem.oauth2.SigningKeys;
import io.tandem.oauth2.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Callers who show an access token that is a JWT (RFC 6750, RFC 9068). A good one is known for a minute without its
 * signature being checked again. Keys are got ahead of time, at most every few seconds for tokens that name an unknown
 * one, and the last good ones go on to serve while the issuer can't be reached. Thread-safe.
 */
final class AccessTokens implements Authenticator {
    private static final Duration KEEP = Duration.ofMinutes(1);
    private static final long KEYS_KEEP_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long KEYS_AHEAD_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long KEYS_WAIT_MILLIS = Duration.ofSeconds(10).toMillis();

    /** Between two requests for keys, whatever callers send. */
    private static final long KEYS_PAUSE_MILLIS = Duration.ofSeconds(5).toMillis();

    private static final int THREADS = 2;
    private static final int WAITING = 256;

    private final Settings.Jwt settings;
    private final Clock clock;
    private final SigningKeys keys;
    private final JWKSource<SecurityContext> source;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final ThreadPoolExecutor executor;
    private final AsyncCache<String, Checked> checked;

    /** What came of a token, and until when that holds. */
    private record Checked(Finding finding, Instant until) {}

    AccessTokens(Settings.Jwt settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        String url = settings.jwksUrl();
        this.keys =
                new SigningKeys(URI.create(settings.issuer()), url == null ? null : URI.create(url), Transport.DEFAULT);
        ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(AccessTokens::thread);
        this.source = JWKSourceBuilder.create(keys)
                .cache(KEYS_KEEP_MILLIS, KEYS_WAIT_MILLIS)
                .refreshAheadCache(KEYS_AHEAD_MILLIS, null, refresher, true, refresher, true)
                .rateLimited(KEYS_PAUSE_MILLIS)
                .outageTolerantForever()
                .build();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                null, JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt")));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()), source));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        Set.copyOf(settings.audience()),
                        new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                        Set.of("exp"),
                        null) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew((int) settings.clockSkew().toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
        this.executor = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), AccessTokens::thread);
        executor.allowCoreThreadTimeOut(true);
        this.checked = Caffeine.newBuilder()
                .maximumSize(10_000)
                .expireAfter(Expiry.<String, Checked>creating((key, value) -> {
                    Duration left = Duration.between(clock.instant(), value.until());
                    return left.isNegative() ? Duration.ZERO : left.compareTo(KEEP) < 0 ? left : KEEP;
                }))
                .buildAsync();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tandem-access-tokens");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public @Nullable CompletableFuture<Finding> authenticate(Credentials credentials) {
        String token = Authorization.of(credentials.authorization(), "bearer");
        if (token == null) {
            return null;
        }
        String key = Base64Url.encode(KeyHash.sha256().digest(token.getBytes(StandardCharsets.UTF_8)));
        try {
            return checked.get(key, (k, unused) -> CompletableFuture.supplyAsync(() -> check(token), executor))
                    .thenApply(Checked::finding);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Finding.notNow("Too many tokens wait to be checked."));
        }
    }

    private Checked check(String token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            if (claims.getClaim(settings.nameClaim()) instanceof String name && !name.isEmpty()) {
                Instant until = claims.getExpirationTime().toInstant().plus(settings.clockSkew());
                return new Checked(Finding.of(new Caller("jwt:" + name, scopes(claims))), until);
            }
        } catch (KeySourceException e) {
            // with keys at hand, it is a token that names none of them
            if (!keys.known()) {
                return new Checked(Finding.notNow("The issuer of access tokens can't be reached."), clock.instant());
            }
        } catch (ParseException | BadJOSEException | JOSEException e) {
            // callers are not told what was wrong
        }
        return new Checked(Finding.NOBODY, clock.instant());
    }

    private Set<String> scopes(JWTClaimsSet claims) {
        Set<String> scopes = new HashSet<>();
        settings.scopeClaims().forEach(claim -> Claims.addTexts(Claims.find(claims.getClaims(), claim), scopes));
        return Set.copyOf(scopes);
    }

    /** RFC 6750 §3.1: no error where no token was shown. */
    @Override
    public String challenge(Credentials credentials) {
        return Authorization.of(credentials.authorization(), "bearer") == null
                ? "Bearer realm=\"tandem\""
                : "Bearer realm=\"tandem\", error=\"invalid_token\"";
    }

    @Override
    public void close() {
        executor.shutdownNow();
        if (source instanceof AutoCloseable closeable) {
            closeQuietly(closeable);
        }
        keys.close();
    }

    @SuppressWarnings("IllegalCatch") // AutoCloseable declares Exception
    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("the keys' source can't be closed", e);
        }
    }
}
