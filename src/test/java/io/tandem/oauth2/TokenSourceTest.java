package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.tandem.egress.HttpProxy;
import io.tandem.oauth2.AssertionKey.Algorithm;
import io.tandem.oauth2.AssertionKey.Audience;
import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TrustedCertificates;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life cycle of a token, against a real server and on a clock of the test's own. */
class TokenSourceTest {
    private final ManualTime time = new ManualTime();
    private final CountingEvents events = new CountingEvents();
    private StrictTokenServer server;
    private TokenSources sources;
    private TokenSource source;

    static final class CountingEvents implements TokenEvents {
        final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

        private void count(String what) {
            counts.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
        }

        int of(String what) {
            return counts.getOrDefault(what, new AtomicInteger()).get();
        }

        @Override
        public void fetched(String label, Duration took) {
            count("fetched");
        }

        @Override
        public void failed(String label, TokenFailure failure, Duration took) {
            count("failed");
        }

        @Override
        public void rejected(String label) {
            count("rejected");
        }

        @Override
        public void waiting(String label) {
            count("waiting");
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer();
        sources = new TokenSources(TokenPolicy.DEFAULT, events, time);
        source = sources.source("api-one", settings(server.url()));
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    @Test
    void thereIsNoTokenBeforeSomebodyAsks() {
        assertThat(source.current()).isNull();
        assertThat(server.calls()).isZero();
        assertThat(source.status().unavailable()).isFalse();
    }

    @Test
    void tokenIsHandedOutAgainWhileItIsGood() {
        Token token = get(source.token());

        assertThat(token.value()).isEqualTo("token-1");
        assertThat(token.authorizationHeader()).isEqualTo("Bearer token-1");
        assertThat(token.expiresAt()).isEqualTo(time.now().plusSeconds(3600));
        assertThat(source.current()).isSameAs(token);
        assertThat(get(source.token())).isSameAs(token);
        assertThat(source.token() == source.token()).as("nothing is allocated").isTrue();
        assertThat(server.calls()).isEqualTo(1);
        assertThat(token.toString()).doesNotContain("token-1");
    }

    @Test
    void tokenAtHandCostsNoAllocationAndUnderAMicrosecond() {
        try (TokenSources real = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
            TokenSource hot = real.source("hot", settings(server.url()));
            Token token = get(hot.token());
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long best = Long.MAX_VALUE;
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 50; round++) {
                long bytes = threads.getCurrentThreadAllocatedBytes();
                long start = System.nanoTime();
                for (int i = 0; i < 10_000; i++) {
                    if (hot.current() != token || hot.token() == null) {
                        throw new AssertionError("another token");
                    }
                }
                best = Math.min(best, (System.nanoTime() - start) / 20_000);
                allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - bytes);
            }
            assertThat(best).as("ns a call").isLessThan(1000);
            assertThat(allocated).as("bytes for 20,000 calls").isLessThan(1000);
        }
    }

    @Test
    @Timeout(30)
    void tokenAtHandIsHadWhileAnotherThreadHoldsTheLock() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread[] holder = new Thread[1];
        TimeSource slowUnderTheLock = new TimeSource() {
            @Override
            public long nanos() {
                if (Thread.currentThread() == holder[0]) {
                    held.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return time.nanos();
            }

            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public Scheduled schedule(Duration delay, Runnable task) {
                return time.schedule(delay, task);
            }
        };
        try (TokenSources slow = new TokenSources(TokenPolicy.DEFAULT, events, slowUnderTheLock)) {
            TokenSource of = slow.source("api-one", settings(server.url()));
            Token token = get(of.token());
            holder[0] = new Thread(of::status);
            holder[0].start();
            held.await();

            assertThat(of.current()).isSameAs(token);
            assertThat(of.token().toCompletableFuture()).isCompletedWithValue(token);

            release.countDown();
            holder[0].join();
        }
    }

    @Test
    void oneCallIsMadeForAThousandConcurrentFirstCallers() throws Exception {
        server.hold();
        List<Token> tokens = concurrently(1000, () -> get(source.token()), () -> {
            await().until(() -> events.of("waiting") == 1000);
            server.open();
        });

        assertThat(server.calls()).isEqualTo(1);
        assertThat(tokens).hasSize(1000).containsOnly(source.current());
    }

    @Test
    void oneCallIsMadeForAThousandConcurrentRejects() throws Exception {
        Token stale = get(source.token());
        List<Token> tokens = concurrently(
                1000,
                () -> {
                    assertThat(source.reject(stale)).isTrue();
                    return get(source.token());
                },
                () -> {});

        assertThat(server.calls()).isEqualTo(2);
        assertThat(events.of("rejected")).isEqualTo(1);
        assertThat(tokens).hasSize(1000).containsOnly(source.current()).doesNotContain(stale);
    }

    @Test
    void rejectKeepsTheSuccessorOfTheRejectedToken() {
        Token first = get(source.token());
        source.reject(first);
        Token second = get(source.token());

        assertThat(source.reject(first)).isTrue();
        assertThat(source.current()).isSameAs(second);
        assertThat(second.generation()).isEqualTo(first.generation() + 1);
    }

    @Test
    void rejectToldOfATokenWithTheSameValueStillDropsByGeneration() {
        server.script = (call, n) -> StrictTokenServer.token(7, 3600);
        Token first = get(source.token());
        source.reject(first);
        Token second = get(source.token());

        assertThat(second.value()).isEqualTo(first.value());
        source.reject(first);
        assertThat(source.current()).isSameAs(second);
    }

    @Test
    void tokenIsKeptWhenTheApiRefusesEveryToken() {
        for (int i = 0; i < 3; i++) {
            assertThat(source.reject(get(source.token()))).isTrue();
        }
        Token fourth = get(source.token());
        for (int i = 0; i < 100; i++) {
            assertThat(source.reject(fourth)).isFalse();
            assertThat(get(source.token())).isSameAs(fourth);
        }
        assertThat(server.calls()).isEqualTo(4);

        time.advance(Duration.ofSeconds(11));
        assertThat(source.reject(fourth)).isTrue();
        assertThat(source.reject(get(source.token()))).isFalse();
        assertThat(server.calls()).isEqualTo(5);
    }

    @Test
    void tokenIsFetchedAgainWhenItExpiredUnused() {
        get(source.token());
        pass(Duration.ofSeconds(3600 * 3 / 4 + 300));
        assertThat(source.status().generation()).isEqualTo(2);

        // from here on nobody asks: the second one is not renewed
        time.advance(Duration.ofHours(10));
        assertThat(server.calls()).isEqualTo(2);
        assertThat(source.current()).isNull();
        assertThat(get(source.token()).value()).isEqualTo("token-3");
    }

    @Test
    void tokenIsRefreshedAheadWithoutAnybodyWaiting() {
        server.script = StrictTokenServer.tokens(100);
        get(source.token());
        for (int second = 1; second <= 1000; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(source.current()).as("after %s s", second).isNotNull();
        }
        // one each 58.5 to 65 s, and up to a second until it is noticed
        assertThat(server.calls()).isBetween(1 + 1000 / 66, 1 + 1000 / 58);
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 15, 20, 23, 25, 27, 30, 35, 40, 45, 50, 55, 59})
    void outageOfHalfALifeIsBridgedWheneverItBegins(int begin) {
        server.script = StrictTokenServer.tokens(60);
        get(source.token());
        for (int i = 0; i < begin; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(source.current()).isNotNull();
        }
        server.script = StrictTokenServer.error(503, "temporarily_unavailable", "down");
        int before = server.calls();
        for (int i = 0; i < 300; i++) {
            pass(Duration.ofMillis(100));
            assertThat(source.current()).as("%s ms into the outage", i * 100).isNotNull();
        }
        assertThat(server.calls() - before).isLessThan(20);

        server.script = StrictTokenServer.tokens(60);
        for (int i = 0; i < 300; i++) {
            pass(Duration.ofMillis(100));
            assertThat(source.current()).as("%s ms after the outage", i * 100).isNotNull();
        }
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @Test
    void callersGoOnWithTheOldTokenWhileTheNewOneIsOnItsWay() {
        // a call that may take longer than what is left of the old token, whenever it starts
        TokenSettings usual = settings(server.url());
        source = sources.source(
                "patient",
                new TokenSettings(
                        usual.endpoint().withTimeouts(Duration.ofSeconds(5), Duration.ofMinutes(5)),
                        new ClientAuth.Post(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                        usual.grant(),
                        usual.parameters()));
        server.script = StrictTokenServer.tokens(150);
        Token old = get(source.token());
        server.hold();
        int seconds = 0;
        // in steps, as a long one could pass the end of the call that it starts
        while (!source.status().fetching()) {
            time.advance(Duration.ofSeconds(1));
            seconds++;
        }
        await().until(() -> server.calls() == 2);

        // beyond the skew of 15 s, and almost to the end
        time.advance(Duration.ofSeconds(146 - seconds));
        assertThat(source.current()).isSameAs(old);
        server.open();
        await().until(() -> source.status().generation() == 2);
        assertThat(source.current()).isNotSameAs(old);
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @Test
    void refreshThatWasNotDueForLackOfUseStartsWithTheNextUse() {
        server.script = StrictTokenServer.tokens(1000);
        get(source.token());
        pass(Duration.ofSeconds(830));
        assertThat(source.status().generation()).isEqualTo(2);
        pass(Duration.ofSeconds(820));
        assertThat(server.calls()).isEqualTo(2);

        assertThat(source.current()).isNotNull();
        await().until(() -> source.status().generation() == 3);
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @Test
    void fiveSecondTokensCauseNoCallPerMessage() {
        server.script = StrictTokenServer.tokens(5);
        get(source.token());
        for (int i = 0; i < 600; i++) {
            pass(Duration.ofMillis(100));
            assertThat(source.current()).as("at %s ms", i * 100).isNotNull();
        }
        assertThat(server.calls()).isLessThanOrEqualTo(60 / 5 + 4);
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @Test
    void missingExpiresInMeansTheDefaultLifeTime() {
        server.script = (call, n) -> Answer.of(200, "{\"access_token\":\"t-" + n + "\",\"token_type\":\"bearer\"}");
        Token token = get(source.token());
        assertThat(token.expiresAt()).isEqualTo(time.now().plus(Duration.ofMinutes(5)));
        assertThat(source.reject(token)).isTrue();
        assertThat(get(source.token()).value()).isEqualTo("t-2");
    }

    @Test
    void zeroCountsAsNotToldAndGiantLivesAreCut() {
        server.script = StrictTokenServer.tokens(0);
        assertThat(get(source.token()).expiresAt()).isEqualTo(time.now().plus(Duration.ofMinutes(5)));
        server.script = StrictTokenServer.tokens(Long.MAX_VALUE);
        source.reject(source.current());
        assertThat(get(source.token()).expiresAt()).isEqualTo(time.now().plus(Duration.ofDays(1)));
    }

    @Test
    void validTokenIsUsedToItsEndWhileTheServerIsDown() {
        server.script = StrictTokenServer.tokens(100);
        Token token = get(source.token());
        server.script = StrictTokenServer.error(503, "temporarily_unavailable", "down");
        for (int i = 0; i < 98; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(source.current()).as("after %s s", i + 1).isSameAs(token);
        }
        pass(Duration.ofSeconds(2));
        assertThat(source.current()).isNull();
        assertThat(source.status().unavailable()).isTrue();
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);

        server.script = StrictTokenServer.tokens(100);
        pass(Duration.ofSeconds(31));
        assertThat(source.current()).isNotNull();
        assertThat(source.status().lastFailure()).isNull();
    }

    @Test
    void idleTokenNearItsEndIsUsedWhenNoOtherIsToBeHad() {
        server.script = StrictTokenServer.tokens(100);
        get(source.token());
        pass(Duration.ofSeconds(83));
        Duration left = source.status().remaining();
        assertThat(left).isNotNull();
        pass(left.minusSeconds(5));
        assertThat(source.status().generation()).isEqualTo(2);
        assertThat(source.current()).as("within the skew").isNull();

        server.script = StrictTokenServer.error(500, "server_error", "broken");
        assertThat(get(source.token()).generation()).isEqualTo(2);
        assertThat(source.current()).isNotNull();
    }

    @Test
    void callersFailAtOnceDuringBackOffAndAttemptsGrowRare() {
        server.script = StrictTokenServer.error(500, "server_error", "broken");
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);
        for (int i = 0; i < 600; i++) {
            pass(Duration.ofMillis(100));
            assertThat(source.token().toCompletableFuture()).isCompletedExceptionally();
        }
        // 0.5 + 1 + 2 + 4 + 8 + 16 + 30 s at most, half of that at least
        assertThat(server.calls()).isBetween(6, 10);
        assertThat(events.of("waiting")).isEqualTo(1);
    }

    @Test
    void failedFetchIsNotTakenForSuccess() {
        server.script = (call, n) -> n == 1 ? Answer.of(500, "{}") : StrictTokenServer.token(n, 60);
        TokenUnavailableException failure =
                catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));
        assertThat(failure.failure().kind()).isEqualTo(Kind.SERVER_ERROR);
        assertThat(failure.label()).isEqualTo("api-one");
        assertThat(failure.nextAttempt()).isAfter(time.now());
        assertThat(source.current()).isNull();

        pass(Duration.ofSeconds(1));
        assertThat(get(source.token()).value()).isEqualTo("token-2");
        assertThat(source.status().lastFailure()).isNull();
    }

    @Test
    void callerAfterAQuietOutageWaitsForTheNextAttempt() {
        server.script = (call, n) -> n <= 2 ? Answer.of(500, "{}") : StrictTokenServer.token(n, 60);
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);
        pass(Duration.ofMinutes(10));
        assertThat(server.calls())
                .as("one more for the caller that went away empty-handed")
                .isEqualTo(2);
        assertThat(get(source.token()).value()).isEqualTo("token-3");
    }

    @Test
    void blackHoledProbeKeepsNobodyWaiting() {
        server.script = StrictTokenServer.error(500, "server_error", "broken");
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);
        server.hold();
        assertThat(source.token().toCompletableFuture()).isCompletedExceptionally();
        time.advance(Duration.ofSeconds(1));
        await().until(() -> server.calls() == 2);

        assertThat(source.token().toCompletableFuture()).isCompletedExceptionally();
        server.script = StrictTokenServer.tokens(60);
        server.open();
        await().until(() -> source.current() != null);
    }

    @Test
    void hangingCallIsGivenUpAndItsLateTokenIsStillWelcome() {
        server.hold();
        CompletableFuture<Token> waiting = source.token().toCompletableFuture();
        await().until(() -> server.calls() == 1);
        time.advance(Duration.ofSeconds(12));
        assertThatThrownBy(() -> get(waiting)).isInstanceOfSatisfying(TokenUnavailableException.class, e -> assertThat(
                        e.failure().kind())
                .isEqualTo(Kind.TIMEOUT));
        server.open();
        await().until(() -> source.current() != null);
        assertThat(source.status().lastFailure()).isNull();
    }

    @Test
    void retryAfterOfTheServerIsKept() {
        server.script = (call, n) -> new Answer(429, "", Map.of("Retry-After", "20"));
        assertThatThrownBy(() -> get(source.token())).isInstanceOfSatisfying(TokenUnavailableException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.THROTTLED);
            assertThat(e.nextAttempt()).isEqualTo(time.now().plusSeconds(20));
        });
        time.advance(Duration.ofSeconds(19));
        assertThat(source.token().toCompletableFuture()).isCompletedExceptionally();
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void changedSecretIsTriedSoonAfterTheOldOneWasRefused() {
        AtomicReference<String> secret = new AtomicReference<>("old");
        TokenSource rotating = sources.source(
                "api-two", settings(server.url(), new ClientAuth.Post(StrictTokenServer.CLIENT_ID, secret::get)));
        askFor(rotating, Duration.ofSeconds(60));
        int refused = server.calls();
        Instant before = time.now();

        secret.set(StrictTokenServer.SECRET);
        Fixtures.passUntil(time, () -> rotating.current() != null, rotating);
        assertThat(server.calls()).isEqualTo(refused + 1);
        assertThat(Duration.between(before, time.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void unchangedSecretIsNotTriedBeforeTheBackOffIsOver() {
        server.secret = "another";
        askFor(source, Duration.ofSeconds(61));
        int refused = server.calls();
        askFor(source, Duration.ofSeconds(60));
        assertThat(server.calls()).as("15 to 30 s apart").isBetween(refused + 1, refused + 4);
    }

    @Test
    void slowServerDoesNotEatUpAShortLifeTime() {
        server.script = StrictTokenServer.tokens(5);
        server.hold();
        CompletableFuture<Token> waiting = source.token().toCompletableFuture();
        await().until(() -> server.calls() == 1);
        time.advance(Duration.ofSeconds(8));
        server.open();
        get(waiting);
        assertThat(source.status().remaining()).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void cancelledCallerHarmsNobodyElse() {
        server.hold();
        CompletableFuture<Token> impatient = source.token().toCompletableFuture();
        CompletableFuture<Token> patient = source.token().toCompletableFuture();
        impatient.cancel(true);
        server.open();
        assertThat(get(patient).value()).isEqualTo("token-1");
    }

    @Test
    void statusTellsAgeAndRemainingLife() {
        get(source.token());
        time.advance(Duration.ofSeconds(60));
        TokenStatus status = source.status();
        assertThat(status.usable()).isTrue();
        assertThat(status.age()).isEqualTo(Duration.ofSeconds(60));
        assertThat(status.remaining()).isEqualTo(Duration.ofSeconds(3540));
        assertThat(sources.statuses()).containsExactly(status);
    }

    @Test
    void sourceIsSharedByTheSameKeyOnly() {
        TokenSettings one = settings(server.url());
        TokenParameters reordered = new TokenParameters(List.of("b", "a"), null, List.of(), Map.of());
        TokenParameters scoped = new TokenParameters(List.of("a", "b"), null, List.of(), Map.of());

        assertThat(sources.source("x", settings(server.url()))).isSameAs(source);
        assertThat(sources.source("x", new TokenSettings(one.endpoint(), one.client(), one.grant(), scoped)))
                .isNotSameAs(source)
                .isSameAs(sources.source("y", new TokenSettings(one.endpoint(), one.client(), one.grant(), reordered)));
        assertThat(sources.source(
                        "x",
                        settings(
                                server.url(),
                                new ClientAuth.Post(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET))))
                .isNotSameAs(source);
    }

    @Test
    void sourceIsNotSharedWhenCredentialsDiffer() {
        assertThat(sources.source("x", basic("another secret"))).isNotSameAs(source);
        assertThat(sources.source("x", basic(StrictTokenServer.SECRET))).isSameAs(source);
        assertThat(sources.source("x", basic("")))
                .as("secrets that nobody knows yet are not the same")
                .isNotSameAs(sources.source("x", basic("")));

        AssertionKey key = new AssertionKey(Path.of("one.pem"), Algorithm.RS256, "1", Audience.ISSUER);
        TokenSource signing = sources.source("x", signing(key, "https://idp.example.com"));
        assertThat(sources.source("x", signing(key, "https://idp.example.com"))).isSameAs(signing);
        for (AssertionKey other : List.of(
                new AssertionKey(Path.of("two.pem"), Algorithm.RS256, "1", Audience.ISSUER),
                new AssertionKey(Path.of("one.pem"), Algorithm.PS256, "1", Audience.ISSUER),
                new AssertionKey(Path.of("one.pem"), Algorithm.RS256, "2", Audience.ISSUER),
                new AssertionKey(Path.of("one.pem"), Algorithm.RS256, "1", Audience.TOKEN_URL))) {
            assertThat(sources.source("x", signing(other, "https://idp.example.com")))
                    .as("%s", other)
                    .isNotSameAs(signing);
        }
        assertThat(sources.source("x", signing(key, "https://other.example.com")))
                .isNotSameAs(signing);
    }

    @Test
    void sourceIsNotSharedWhenTheServerIsReachedInAnotherWay() {
        Transport plain = Transport.DEFAULT;
        TrustedCertificates trust = new TrustedCertificates(Path.of("ca.p12"), () -> "trust");
        CertificateAndKey pem = new CertificateAndKey.PemFiles(Path.of("tls.crt"), Path.of("tls.key"));
        CertificateAndKey store = new CertificateAndKey.Pkcs12(Path.of("client.p12"), () -> "store");
        HttpProxy proxy = new HttpProxy("proxy.example.com", 3128, "tandem", () -> "proxy");
        List<Transport> ways = List.of(
                plain.withTrust(trust),
                plain.withTrust(new TrustedCertificates(Path.of("ca.p12"), () -> "other")),
                plain.withTrust(new TrustedCertificates(Path.of("other.p12"), () -> "trust")),
                plain.withClientCertificate(pem),
                plain.withClientCertificate(new CertificateAndKey.PemFiles(Path.of("other.crt"), Path.of("tls.key"))),
                plain.withClientCertificate(store),
                plain.withClientCertificate(new CertificateAndKey.Pkcs12(Path.of("client.p12"), () -> "other")),
                plain.withProxy(proxy),
                plain.withProxy(HttpProxy.of("proxy.example.com", 3128)),
                plain.withProxy(new HttpProxy("proxy.example.com", 3128, "tandem", () -> "other")));

        List<TokenSource> made =
                ways.stream().map(way -> sources.source("x", by(way))).toList();

        assertThat(made).doesNotHaveDuplicates().doesNotContain(source);
        assertThat(ways.stream().map(way -> sources.source("y", by(way)))).containsExactlyElementsOf(made);
        assertThat(sources.source(
                        "y", by(plain.withTrust(new TrustedCertificates(Path.of("./ca.p12"), () -> "trust")))))
                .as("the same file and password")
                .isSameAs(made.get(0));
    }

    private TokenSettings basic(String secret) {
        return settings(server.url(), new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> secret));
    }

    private TokenSettings signing(AssertionKey key, String issuer) {
        return new TokenSettings(
                TokenEndpoint.of(server.url()).withIssuer(URI.create(issuer)),
                new ClientAuth.PrivateKeyJwt("tandem", key),
                new Grant.ClientCredentials(),
                TokenParameters.NONE);
    }

    private TokenSettings by(Transport transport) {
        TokenSettings settings = settings(server.url());
        return new TokenSettings(
                settings.endpoint().withTransport(transport),
                settings.client(),
                settings.grant(),
                settings.parameters());
    }

    @Test
    void numberOfSourcesIsBounded() {
        for (int i = 0; i < 1100; i++) {
            sources.source("n" + i, settings(server.url(), new ClientAuth.None("client-" + i)));
        }
        assertThat(sources.statuses()).hasSize(1000);
    }

    @Test
    void callsFailAtOnceAfterClose() {
        sources.close();
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);
    }

    private void pass(Duration duration) {
        Fixtures.pass(time, duration, source);
    }

    private void askFor(TokenSource of, Duration duration) {
        for (long i = 0; i < duration.toSeconds(); i++) {
            assertThatThrownBy(() -> get(of.token())).isInstanceOf(TokenUnavailableException.class);
            Fixtures.pass(time, Duration.ofSeconds(1), of);
        }
    }

    private static List<Token> concurrently(int callers, Callable<Token> call, Runnable meanwhile) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Token>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                results.add(threads.submit(() -> {
                    go.await();
                    return call.call();
                }));
            }
            go.countDown();
            meanwhile.run();
            List<Token> tokens = new ArrayList<>();
            for (Future<Token> result : results) {
                tokens.add(result.get());
            }
            return tokens;
        } finally {
            threads.shutdownNow();
        }
    }
}
