package io.tandem.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Arrivals;
import io.tandem.proof.Busy;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.Report;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One target is down for minutes, while messages come in steadily: {@code mvn verify -Pcrash -Dit.test=OutageIT
 * -Dcrash.outage=600}.
 */
@Tag("crash")
class OutageIT {
    private static final int RATE = 200;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("crash.outage", 600));
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration BEFORE = Duration.ofSeconds(90);
    private static final Duration PROMISED = Duration.ofMinutes(2);

    /** Messages of 10 s. */
    private static final int PART = 10 * RATE;

    /** How much more the 99th percentile may be. */
    private static final double TOLERANCE = 1.1;

    @TempDir
    private Path folder;

    @Test
    void otherTargetIsUnaffectedAndAllIsDeliveredWhenOneWasDown() throws Exception {
        int warm = RATE * (int) WARM_UP.toSeconds();
        int down = warm + RATE * (int) BEFORE.toSeconds();
        int up = down + RATE * (int) OUTAGE.toSeconds();
        int all = up + RATE * (int) PROMISED.toSeconds();
        double loadAtStart = Busy.load();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (LoadTarget one = new LoadTarget(servers, "api-one", all, 5);
                LoadTarget two = new LoadTarget(servers, "api-two", all, 5);
                Instance tandem = new Instance(folder, List.of("-Xmx512m"), settings(one, two))) {
            tandem.start();
            OpenLoad load = new OpenLoad(
                    callers,
                    tandem.port(),
                    OpenLoad.Plan.of(RATE, all).withConnections(500).withHeaders("Prefer: respond-async\r\n"));
            awaitSent(load, warm);
            Duration cpuBefore = tandem.cpu();
            awaitSent(load, down);
            Duration cpuDown = tandem.cpu();
            long residentDown = tandem.residentMib();
            two.goDown();
            awaitSent(load, up);
            Duration cpuUp = tandem.cpu();
            long residentUp = tandem.residentMib();
            int backlog = load.sent() - two.distinct();
            two.open();
            long back = System.nanoTime();
            // all that came before its return, and what has come since
            await("deliveries after the outage")
                    .atMost(PROMISED.multipliedBy(3))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> two.distinct() >= load.sent() - RATE / 2);
            Duration drained = Duration.ofNanos(System.nanoTime() - back);
            await("the end of the load").atMost(PROMISED.multipliedBy(2)).until(load::isOver);
            awaitAll(tandem, load, two, all);

            double before = Arrivals.middleP99(load, one, warm, down, PART);
            double during = Arrivals.middleP99(load, one, down, up, PART);
            List<String> rows = new ArrayList<>();
            rows.add(String.format(
                    Locale.ROOT,
                    "outage of api-two: %d s, %d messages/s async, backlog %d, load average at start %.1f",
                    OUTAGE.toSeconds(),
                    RATE,
                    backlog,
                    loadAtStart));
            rows.add(Arrivals.row("api-one, due to arrived, before", load, one, warm, down));
            rows.add(Arrivals.row("api-one, due to arrived, during", load, one, down, up));
            rows.add(Arrivals.row("api-one, due to arrived, after", load, one, up, all));
            rows.add(String.format(
                    Locale.ROOT,
                    "p99 in the middle one of parts of %d messages: before %.2f ms, during %.2f ms, after %.2f ms",
                    PART,
                    before,
                    during,
                    Arrivals.middleP99(load, one, up, all, PART)));
            rows.add(String.format(
                    Locale.ROOT,
                    "CPU-s per s before %.3f, during %.3f; resident MiB before %d, at its end %d",
                    cpuDown.minus(cpuBefore).toMillis() / 1000.0 / BEFORE.toSeconds(),
                    cpuUp.minus(cpuDown).toMillis() / 1000.0 / OUTAGE.toSeconds(),
                    residentDown,
                    residentUp));
            rows.add(String.format(
                    Locale.ROOT,
                    "all delivered %.1f s after its return; at most %d at once; repeats one %d, two %d; answers %s",
                    drained.toMillis() / 1000.0,
                    two.mostAtOnce(),
                    one.repeats(),
                    two.repeats(),
                    load.answers()));
            rows.add("deliveries/s after its return: "
                    + IntStream.range(0, (int) drained.toSeconds() + 3)
                            .map(two::inSecond)
                            .boxed()
                            .toList());
            Report.add("crash.txt", "one target down", rows.toArray(String[]::new));

            assertThat(load.answers()).containsOnlyKeys(202);
            assertThat(one.distinct()).isEqualTo(all);
            assertThat(drained).isLessThan(PROMISED);
            assertThat(two.mostAtOnce())
                    .as("at once, of redelivery.concurrency")
                    .isLessThanOrEqualTo(32);
            assumeTrue(!Busy.is(loadAtStart), "the machine was busy: latencies tell nothing");
            assertThat(during).as("p99 in ms, before %s", before).isLessThan(before * TOLERANCE);
        } finally {
            callers.close();
            servers.close();
        }
    }

    /** Tells what the journal says of the deliveries that are missing when they don't come. */
    private static void awaitAll(Instance tandem, OpenLoad load, LoadTarget target, int all) throws Exception {
        try {
            await("the last deliveries").atMost(Duration.ofMinutes(1)).until(() -> target.distinct() == all);
        } catch (ConditionTimeoutException e) {
            String missing = IntStream.range(0, all)
                    .filter(number -> target.arrival(number) == 0)
                    .limit(20)
                    .boxed()
                    .toList()
                    .toString();
            throw new AssertionError(
                    target.distinct() + " of " + all + " at " + target.name() + ", among those missing " + missing
                            + "; answers " + load.answers() + "; pending "
                            + tandem.get("/messages?state=pending&limit=5").body() + "; dead "
                            + tandem.get("/messages?state=dead&limit=5").body() + "; partial "
                            + tandem.get("/messages?state=partial&limit=5").body(),
                    e);
        }
    }

    private static Map<String, String> settings(LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>();
        for (LoadTarget target : targets) {
            settings.putAll(target.settings());
        }
        settings.put("tandem.inbox.enabled", "false");
        settings.put("tandem.access-log", "off");
        return settings;
    }

    private static void awaitSent(OpenLoad load, int number) {
        await("message " + number)
                .atMost(OUTAGE.plus(Duration.ofMinutes(2)))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> load.sent() >= number);
    }
}
