package io.tandem.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tokens cost under a steady load: a packaged Tandem between a load generator, a strict authorization server and
 * two APIs, each with a client of its own. Prints a table, and leaves it in {@code target/figures.txt}.
 */
@Tag("figures")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TokenFiguresIT {
    private static final int RATE = Integer.getInteger("figures.rate", 500);
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("figures.seconds", 60));
    private static final Duration WARM_UP = SPAN.dividedBy(3);
    private static final Path JAR = Path.of(System.getProperty("figures.jar", "target/tandem.jar"));
    private static final StringBuilder TABLE = new StringBuilder(String.format(
            "%-52s %8s %6s %5s %8s %8s %8s %8s %8s %6s%n",
            "run", "messages", "failed", "401s", "calls/1", "calls/2", "p50 ms", "p99 ms", "max ms", "load"));

    /** How much a renewal may show in the 99th percentile. */
    private static final double MARGIN_MS = 2;

    // before and after the run that is compared with it, since a machine is not equally fast all the time
    private static double p99OfLongLived;
    private static double p99OfShortLived;
    private static final double LOAD_AT_START = loadAverage();

    @TempDir
    private Path folder;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private Vertx servers;
    private Vertx callers;
    private IssuedTokens tokens;
    private ApiStub one;
    private ApiStub two;

    @BeforeAll
    static void packaged() {
        assertThat(JAR).as("packaged by mvn verify -Pfigures").exists();
    }

    @AfterAll
    static void print() throws IOException {
        System.out.printf("%n%s%n", TABLE);
        Files.writeString(JAR.resolveSibling("figures.txt"), TABLE);
    }

    @BeforeEach
    void start() throws Exception {
        servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        tokens = new IssuedTokens();
        one = new ApiStub(servers, tokens, "client of one");
        two = new ApiStub(servers, tokens, "client:of/two");
    }

    @AfterEach
    void stop() {
        clock.shutdownNow();
        servers.close();
        callers.close();
    }

    private TandemProcess tandem(TokenStub server) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (Map.Entry<String, ApiStub> target :
                Map.of("target.api-one.", one, "target.api-two.", two).entrySet()) {
            settings.put(target.getKey() + "url", target.getValue().url().toString());
            settings.put(target.getKey() + "auth", "client-credentials");
            settings.put(target.getKey() + "oauth.token-url", server.url().toString());
            settings.put(target.getKey() + "oauth.client-id", target.getValue().client());
            settings.put(target.getKey() + "oauth.client-secret", TokenStub.SECRET);
        }
        return TandemProcess.start(JAR, folder, settings);
    }

    /** What one run showed. */
    private record Figures(OpenLoop.Result result, int refused, int callsOfOne, int callsOfTwo) {}

    private Figures measure(String name, TokenStub server, Supplier<OpenLoop.Result> run) {
        int refused = one.refused() + two.refused();
        int callsOfOne = server.calls(one.client());
        int callsOfTwo = server.calls(two.client());
        OpenLoop.Result result = run.get();
        Figures figures = new Figures(
                result,
                one.refused() + two.refused() - refused,
                server.calls(one.client()) - callsOfOne,
                server.calls(two.client()) - callsOfTwo);
        TABLE.append(String.format(
                Locale.ROOT,
                "%-52s %8d %6d %5d %8d %8d %8.2f %8.2f %8.1f %6.1f%n",
                name,
                result.nanos().length,
                result.failed(),
                figures.refused(),
                figures.callsOfOne(),
                figures.callsOfTwo(),
                result.millis(0.5),
                result.millis(0.99),
                result.millis(1),
                loadAverage()));
        return figures;
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private OpenLoop.Result load(TandemProcess tandem, Duration span) {
        return OpenLoop.run(callers, tandem.messages(), RATE, span);
    }

    @Test
    @Order(1)
    void tokensOfAnHourAreTheYardstick() throws Exception {
        longLived("tokens of 1 h");
    }

    private void longLived(String name) throws Exception {
        TokenStub server = new TokenStub(servers, tokens, Duration.ofHours(1));
        try (TandemProcess tandem = tandem(server)) {
            load(tandem, WARM_UP);
            Figures figures = measure(name, server, () -> load(tandem, SPAN));
            p99OfLongLived = Math.max(p99OfLongLived, figures.result().millis(0.99));
            assertNoFailures(figures);
        }
        assertThat(List.of(server.calls(one.client()), server.calls(two.client())))
                .containsOnly(1);
    }

    private static void assertNoFailures(Figures figures) {
        assertThat(figures.result().failed())
                .as(figures.result().answers().toString())
                .isZero();
    }

    @Test
    @Order(2)
    void tokensOfFiveSecondsFailNoMessageAndCostFewCalls() throws Exception {
        TokenStub server = new TokenStub(servers, tokens, Duration.ofSeconds(5));
        Figures figures;
        try (TandemProcess tandem = tandem(server)) {
            load(tandem, WARM_UP);
            figures = measure("tokens of 5 s", server, () -> load(tandem, SPAN));
        }
        p99OfShortLived = figures.result().millis(0.99);
        Duration window = Duration.ofMillis(250);
        double near = figures.result().millis(0.99, server.moments(), window, true);
        double elsewhere = figures.result().millis(0.99, server.moments(), window, false);
        TABLE.append(String.format(
                Locale.ROOT, "  p99 of messages near a renewal %.2f ms, of the others %.2f ms%n", near, elsewhere));
        assertNoFailures(figures);
        int most = (int) SPAN.toSeconds() / 5 + 4;
        assertThat(List.of(figures.callsOfOne(), figures.callsOfTwo())).allMatch(calls -> calls <= most);
    }

    @Test
    @Order(3)
    void tokensOfFiveSecondsKeepNobodyWaiting() throws Exception {
        longLived("tokens of 1 h, again");
        assumeTrue(
                LOAD_AT_START < Runtime.getRuntime().availableProcessors() / 2.0,
                "the machine was busy (load " + LOAD_AT_START + "): latencies of different runs tell nothing");
        assertThat(p99OfShortLived)
                .as("p99 in ms with tokens of 5 s, against %s with tokens of an hour", p99OfLongLived)
                .isLessThan(p99OfLongLived + MARGIN_MS);
    }

    @Test
    @Order(4)
    void serverThatIsDownForHalfOfTheRunFailsNoMessage() throws Exception {
        TokenStub server = new TokenStub(servers, tokens, Duration.ofSeconds(60));
        try (TandemProcess tandem = tandem(server)) {
            load(tandem, WARM_UP);
            Future<?> outage = downForHalfOfTheRun(server);
            Figures figures = measure(
                    "tokens of 60 s, server down for " + SPAN.dividedBy(2).toSeconds() + " s",
                    server,
                    () -> load(tandem, SPAN));
            outage.get(1, TimeUnit.MINUTES);
            assertNoFailures(figures);
            assertThat(figures.refused()).isZero();
        }
    }

    @Test
    @Order(5)
    void tokensThatAreAllRevokedCostOneCallEach() throws Exception {
        TokenStub server = new TokenStub(servers, tokens, Duration.ofHours(1));
        try (TandemProcess tandem = tandem(server)) {
            load(tandem, WARM_UP);
            Future<?> revocation =
                    clock.schedule(tokens::revokeAll, SPAN.dividedBy(2).toMillis(), TimeUnit.MILLISECONDS);
            Figures figures = measure("tokens of 1 h, all revoked once", server, () -> load(tandem, SPAN));
            revocation.get(1, TimeUnit.MINUTES);
            assertNoFailures(figures);
            assertThat(figures.refused()).isPositive();
            assertThat(List.of(figures.callsOfOne(), figures.callsOfTwo())).containsOnly(1);
        }
    }

    private Future<?> downForHalfOfTheRun(TokenStub server) {
        Duration after = SPAN.dividedBy(4);
        clock.schedule(
                () -> {
                    server.down();
                    return null;
                },
                after.toMillis(),
                TimeUnit.MILLISECONDS);
        return clock.schedule(
                () -> {
                    server.up();
                    return null;
                },
                after.plus(SPAN.dividedBy(2)).toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
