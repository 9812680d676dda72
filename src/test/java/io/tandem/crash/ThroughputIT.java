package io.tandem.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Report;
import io.tandem.support.Postgres;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journaled messages per second over HTTP with 64 callers, each on disk before its answer, callers and targets on the
 * same processors; and the same with millions of messages in the journal: {@code mvn verify -Pcrash
 * -Dit.test=ThroughputIT -Dcrash.seconds=30 -Dcrash.rows=5000000}.
 */
@Tag("crash")
class ThroughputIT {
    private static final int CALLERS = 64;
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("crash.seconds", 30));
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final int MOST = 4_000_000;
    private static final int ROWS = Integer.getInteger("crash.rows", 5_000_000);
    private static final String HEADER = String.format(
            "%-36s %9s %7s %7s %8s %9s %9s %9s %9s %6s %s",
            "run",
            "msgs/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "CPU-s/1k",
            "MiB start",
            "MiB end",
            "drained s",
            "load",
            "answers");

    private static final String PLAIN = "";
    private static final String SYNC = "Idempotency-Key: \"%d\"\r\n";
    private static final String ASYNC = "Prefer: respond-async\r\n";

    /** How much slower a full journal may be. */
    private static final double TOLERANCE = 0.8;

    private static final double FIRST_PAGE_MS = 20;

    @TempDir
    private Path folder;

    /** A running Tandem between two targets. */
    private interface Measurement {
        void with(Instance tandem, Bench bench) throws Exception;
    }

    private static final class Bench {
        private final Vertx callers;
        private final LoadTarget one;
        private final LoadTarget two;
        private int next;

        Bench(Vertx callers, LoadTarget one, LoadTarget two) {
            this.callers = callers;
            this.one = one;
            this.two = two;
        }

        double measure(String name, Instance tandem, String headers) throws IOException {
            run(tandem, headers, WARM_UP);
            drain();
            Duration cpu = tandem.cpu();
            long resident = tandem.residentMib();
            int before = next;
            ClosedLoad.Result result = run(tandem, headers, SPAN);
            int sent = next - before;
            long start = System.nanoTime();
            long residentAtEnd = tandem.residentMib();
            drain();
            Duration drained = Duration.ofNanos(System.nanoTime() - start);
            Duration used = tandem.cpu().minus(cpu);
            Report.add(
                    "crash.txt",
                    HEADER,
                    String.format(
                            Locale.ROOT,
                            "%-36s %9.0f %7.2f %7.2f %8.1f %9.3f %9d %9d %9.1f %6.1f %s",
                            name,
                            result.perSecond(),
                            result.millis(0.5),
                            result.millis(0.99),
                            result.millis(1),
                            used.toMillis() / (double) Math.max(1, sent),
                            resident,
                            residentAtEnd,
                            drained.toMillis() / 1000.0,
                            Busy.load(),
                            result.answers()));
            assertThat(result.answers()).hasSize(1).containsAnyOf(Map.entry(200, sent), Map.entry(202, sent));
            return result.perSecond();
        }

        private ClosedLoad.Result run(Instance tandem, String headers, Duration span) {
            ClosedLoad.Result result = ClosedLoad.run(callers, tandem.port(), headers, CALLERS, next, MOST, span);
            next = result.end();
            return result;
        }

        /** Until all that was accepted is delivered. */
        private void drain() {
            await("deliveries")
                    .atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> one.distinct() == next && two.distinct() == next);
        }
    }

    private void run(Map<String, String> journal, Measurement measurement) throws Exception {
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (LoadTarget one = new LoadTarget(servers, "api-one", MOST, 0);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, 0)) {
            Map<String, String> settings = new HashMap<>(journal);
            for (LoadTarget target : List.of(one, two)) {
                settings.put("target." + target.name() + ".url", target.url());
                settings.put("target." + target.name() + ".auth", "none");
            }
            settings.put("tandem.inbox.enabled", "false");
            settings.put("tandem.access-log", "off");
            try (Instance tandem = new Instance(folder.resolve("tandem"), List.of("-Xmx512m"), settings)) {
                measurement.with(tandem, new Bench(callers, one, two));
            }
        } finally {
            callers.close();
            servers.close();
        }
    }

    @Test
    void embeddedJournalTakesAndFindsMessagesFast() throws Exception {
        run(
                Map.of(),
                (tandem, bench) -> measureEmptyAndFull(
                        "embedded",
                        tandem,
                        bench,
                        () -> Refill.sqlite(tandem.folder().resolve("data/journal/tandem.db"), ROWS)));
    }

    @Test
    void postgresTakesAndFindsMessagesFast() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            String url = postgres.newDatabase();
            run(
                    Map.of("tandem.journal.url", url, "tandem.journal.user", Postgres.user()),
                    (tandem, bench) ->
                            measureEmptyAndFull("PostgreSQL", tandem, bench, () -> Refill.postgres(url, ROWS)));
        }
    }

    private interface Filler {
        void fill() throws Exception;
    }

    private static void measureEmptyAndFull(String name, Instance tandem, Bench bench, Filler filler) throws Exception {
        double load = Busy.load();
        tandem.start();
        bench.measure(name + ", not journaled", tandem, PLAIN);
        double sync = bench.measure(name + ", sync with key", tandem, SYNC);
        double async = bench.measure(name + ", async", tandem, ASYNC);
        if (ROWS == 0) {
            return;
        }
        tandem.kill();
        filler.fill();
        tandem.start();
        double firstPage = pages(name, tandem);
        String full = name + ", " + ROWS + " messages";
        double syncWhenFull = bench.measure(full + ", sync", tandem, SYNC);
        double asyncWhenFull = bench.measure(full + ", async", tandem, ASYNC);
        assumeTrue(!Busy.is(load), "the machine was busy: times tell nothing");
        assertThat(firstPage).as("first page, median in ms").isLessThan(FIRST_PAGE_MS);
        assertThat(syncWhenFull).isGreaterThan(sync * TOLERANCE);
        assertThat(asyncWhenFull).isGreaterThan(async * TOLERANCE);
    }

    /** The median of the first page in milliseconds. */
    private static double pages(String name, Instance tandem) throws Exception {
        double first = Double.NaN;
        for (String query :
                List.of("", "?state=complete", "?state=pending", "?state=dead", "?target=api-one&state=complete")) {
            double[] millis = new double[200];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                assertThat(tandem.get("/messages" + query).statusCode()).isEqualTo(200);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            double cold = millis[0];
            Arrays.sort(millis);
            Report.add(
                    "crash.txt",
                    "first page, " + name + ", " + ROWS + " messages",
                    String.format(
                            Locale.ROOT,
                            "GET /messages%-32s first %7.1f ms  p50 %6.2f ms  p99 %6.2f ms",
                            query,
                            cold,
                            millis[100],
                            millis[198]));
            if (query.isEmpty()) {
                first = millis[100];
            }
        }
        return first;
    }
}
