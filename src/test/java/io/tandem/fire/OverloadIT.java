package io.tandem.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Arrivals;
import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.Processors;
import io.tandem.proof.Report;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five times as many messages as Tandem can take: {@code mvn verify -Pfire -Dit.test=OverloadIT -Dfire.overload=60}. What
 * it can take is measured first, with as many callers as it needs to be busy, who wait for their answers.
 */
@Tag("fire")
class OverloadIT {
    private static final int CALLERS = 64;
    private static final int TIMES = 5;
    private static final int CONNECTIONS = 4000;
    private static final List<String> OPTIONS = List.of("-Xmx512m", "-XX:+UseParallelGC");
    private static final int MOST = 4_000_000;
    private static final int TOOK_MS = 5;
    private static final Duration OVERLOAD = Duration.ofSeconds(Integer.getInteger("fire.overload", 60));
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration SPAN = Duration.ofSeconds(15);
    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** What is not yet in balance at the start. */
    private static final int FIRST_SECONDS = 2;

    @TempDir
    private Path folder;

    @Test
    void goodputStaysAndRefusalsAreQuickWhenFiveTimesTooMuchComes() throws Exception {
        double loadAtStart = Busy.load();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (Processors processors = Processors.divide();
                LoadTarget one = new LoadTarget(servers, "api-one", MOST, TOOK_MS);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, TOOK_MS);
                Instance tandem = processors.give(new Instance(folder, OPTIONS, settings(one, two)))) {
            tandem.start();
            ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, WARM_UP);
            Cost cost = Cost.of(tandem, callers);
            ClosedLoad.Result peak = cost.load();

            int perSecond = (int) (TIMES * peak.perSecond());
            int messages = perSecond * (int) OVERLOAD.toSeconds();
            Duration cpuBefore = tandem.cpu();
            OpenLoad load = new OpenLoad(
                    callers,
                    tandem.port(),
                    OpenLoad.Plan.of(perSecond, messages).withConnections(CONNECTIONS));
            await("the end of the overload")
                    .atMost(OVERLOAD.plusMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .until(load::isOver);
            Duration cpu = tandem.cpu().minus(cpuBefore);
            long residentMib = tandem.residentMib();
            ClosedLoad.Result first = ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, RECOVERY);
            ClosedLoad.Result after = ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, SPAN);

            int from = FIRST_SECONDS * perSecond;
            double seconds = OVERLOAD.toSeconds() - FIRST_SECONDS;
            double goodput = took(load, 200, from, messages).count() / seconds;
            double refusedMs = Arrivals.millis(took(load, 503, from, messages), 0.99);
            int accepted = load.answers().getOrDefault(200, 0);
            double refusalCpu = (cpu.toNanos() / 1e3 - accepted * cost.micros()) / Math.max(1, messages - accepted);
            Report.add(
                    "fire.txt",
                    String.format(
                            Locale.ROOT,
                            "overload, Java %s: %d messages/s for %d s, %s, load average at start %.1f",
                            Instance.javaVersion(),
                            perSecond,
                            OVERLOAD.toSeconds(),
                            processors,
                            loadAtStart),
                    capacity("capacity", peak),
                    Arrivals.row("accepted, due to answered", took(load, 200, from, messages)),
                    Arrivals.row("refused, due to answered", took(load, 503, from, messages)),
                    Arrivals.row("refused, sent to answered", waited(load, 503, from, messages)),
                    String.format(
                            Locale.ROOT,
                            "goodput %.0f/s, %.0f %% of capacity; answers %s; CPU per message %.0f us, per refusal %.0f us; MiB %d",
                            goodput,
                            100 * goodput / peak.perSecond(),
                            load.answers(),
                            cost.micros(),
                            refusalCpu,
                            residentMib),
                    capacity("the first " + RECOVERY.toSeconds() + " s after", first),
                    capacity("after that", after));

            assertThat(load.answers()).containsOnlyKeys(200, 503);
            assertThat(after.answers()).containsOnlyKeys(200);
            assumeTrue(!Busy.is(loadAtStart), "the machine was busy: times tell nothing");
            assertThat(goodput).isGreaterThan(0.8 * peak.perSecond());
            assertThat(refusedMs).as("p99 of refusals in ms").isLessThan(10);
            assertThat(after.perSecond()).as("after the recovery").isGreaterThan(0.9 * peak.perSecond());
        } finally {
            callers.close();
            servers.close();
        }
    }

    /** By processor time, which tells more than the clock on a busy machine. */
    @Test
    void refusalCostsASmallPartOfAMessage() throws Exception {
        double loadAtStart = Busy.load();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (Processors processors = Processors.divide();
                LoadTarget one = new LoadTarget(servers, "api-one", MOST, TOOK_MS);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, TOOK_MS)) {
            Map<String, String> settings = settings(one, two);
            settings.put("tandem.max-in-flight", Integer.toString(CALLERS));
            settings.put("tandem.deadline", "5m");
            settings.put("target.api-one.timeout", "5m");
            try (Instance tandem = processors.give(new Instance(folder, OPTIONS, settings))) {
                tandem.start();
                ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, WARM_UP);
                Cost message = Cost.of(tandem, callers);
                one.silence(true);
                OpenLoad stuck = new OpenLoad(callers, tandem.port(), OpenLoad.Plan.of(1000, CALLERS));
                await("all that may be in flight").until(() -> stuck.sent() == CALLERS);
                ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, WARM_UP);
                Cost refusal = Cost.of(tandem, callers);
                Report.add(
                        "fire.txt",
                        String.format(
                                Locale.ROOT,
                                "cost of a refusal, Java %s, %s, load average at start %.1f",
                                Instance.javaVersion(),
                                processors,
                                loadAtStart),
                        capacity("messages", message.load()),
                        capacity("refusals", refusal.load()),
                        String.format(
                                Locale.ROOT,
                                "CPU per message %.1f us, per refusal %.1f us: %.1f %%",
                                message.micros(),
                                refusal.micros(),
                                100 * refusal.micros() / message.micros()));

                assertThat(message.load().answers()).containsOnlyKeys(200);
                assertThat(refusal.load().answers()).containsOnlyKeys(503);
                assumeTrue(!Busy.is(loadAtStart), "the machine was busy: what runs for its own sake weighs too much");
                assertThat(refusal.micros()).isLessThan(0.1 * message.micros());
            }
        } finally {
            callers.close();
            servers.close();
        }
    }

    /** What an answer costs Tandem. */
    private record Cost(ClosedLoad.Result load, double micros) {
        static Cost of(Instance tandem, Vertx callers) {
            Duration before = tandem.cpu();
            ClosedLoad.Result result = ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, SPAN);
            return new Cost(result, tandem.cpu().minus(before).toNanos() / 1e3 / result.nanos().length);
        }
    }

    private static String capacity(String name, ClosedLoad.Result result) {
        return String.format(
                Locale.ROOT,
                "%-34s %d callers %7.0f messages/s  p50 %7.2f ms  p99 %7.2f ms  answers %s",
                name,
                CALLERS,
                result.perSecond(),
                result.millis(0.5),
                result.millis(0.99),
                Map.copyOf(result.answers()));
    }

    private static Map<String, String> settings(LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>(Neighbours.settings(targets));
        for (LoadTarget target : targets) {
            // on a busy machine, they are slower than they want to be
            settings.put("target." + target.name() + ".timeout", "9s");
        }
        return settings;
    }

    private static LongStream took(OpenLoad load, int status, int from, int end) {
        return answered(load, status, from, end).mapToLong(load::took);
    }

    private static LongStream waited(OpenLoad load, int status, int from, int end) {
        return answered(load, status, from, end).mapToLong(load::waited);
    }

    private static IntStream answered(OpenLoad load, int status, int from, int end) {
        return IntStream.range(from, end).filter(number -> load.status(number) == status);
    }
}
