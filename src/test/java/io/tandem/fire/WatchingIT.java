package io.tandem.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Outcome;
import io.tandem.observe.MessageWatch;
import io.tandem.observe.Meters;
import io.tandem.observe.Registries;
import io.tandem.observe.Tracing;
import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Processors;
import io.tandem.proof.Report;
import io.tandem.support.TraceCollector;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it costs to be watched, in processor time per message: with an access log, one message in a hundred traced, and a
 * scrape every 15 seconds, over none of that. Two Tandems take turns, so that whatever else the machine does meets both.
 * Meters can't be turned off: what they cost is measured by themselves, and taken from the one that shall have none.
 */
@Tag("fire")
class WatchingIT {
    private static final List<String> OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");
    private static final int CALLERS = 32;
    private static final int MOST = 10_000_000;
    private static final int TURNS = Integer.getInteger("fire.turns", 9);
    private static final int WARM_UP = 30_000;
    private static final int TURN = Integer.getInteger("fire.turn", 8000);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SCRAPE_SECONDS = 15;
    private static final int MEASURED = 200_000;

    @TempDir
    private Path folder;

    @Test
    void watchingCostsASmallPartOfAMessage() throws Exception {
        double loadAtStart = Busy.load();
        double meters = metersMicros();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        ScheduledExecutorService scraper = Executors.newSingleThreadScheduledExecutor();
        try (Processors processors = Processors.divide();
                TraceCollector collector = new TraceCollector();
                LoadTarget one = new LoadTarget(servers, "api-one", MOST, 1);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, 1);
                Instance watched = processors.give(
                        new Instance(folder.resolve("watched"), OPTIONS, watched(collector, one, two)));
                Instance alone = processors.give(new Instance(folder.resolve("alone"), OPTIONS, alone(one, two)))) {
            watched.start();
            alone.start();
            scraper.scheduleAtFixedRate(() -> scrape(watched), 0, SCRAPE_SECONDS, TimeUnit.SECONDS);
            load(watched, callers, WARM_UP);
            load(alone, callers, WARM_UP);
            List<Double> ratios = new ArrayList<>();
            double watchedMicros = 0;
            double aloneMicros = 0;
            for (int turn = 0; turn < TURNS; turn++) {
                boolean first = turn % 2 == 0;
                double before = load(first ? watched : alone, callers, TURN);
                double after = load(first ? alone : watched, callers, TURN);
                double with = first ? before : after;
                double without = first ? after : before;
                ratios.add(with / (without - meters));
                watchedMicros += with / TURNS;
                aloneMicros += without / TURNS;
            }
            double median = ratios.stream().sorted().toList().get(ratios.size() / 2);
            Report.add(
                    "fire.txt",
                    String.format(
                            Locale.ROOT,
                            "watching, Java %s: %d turns of %d messages each, %s, load average at start %.1f",
                            Instance.javaVersion(),
                            TURNS,
                            TURN,
                            processors,
                            loadAtStart),
                    String.format(
                            Locale.ROOT,
                            "CPU per message: watched %.1f us, alone %.1f us, of which meters %.2f us; %d spans",
                            watchedMicros,
                            aloneMicros,
                            meters,
                            collector.spans().size()),
                    String.format(
                            Locale.ROOT,
                            "watched / (alone - meters): median %.3f, over all %.3f; %s",
                            median,
                            watchedMicros / (aloneMicros - meters),
                            ratios.stream()
                                    .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
                                    .toList()));
            assertThat(collector.spans()).isNotEmpty();
            assumeTrue(!Busy.is(loadAtStart), "the machine was busy: times tell nothing");
            assertThat(median).isLessThan(1.15);
        } finally {
            scraper.shutdownNow();
            callers.close();
            servers.close();
        }
    }

    private static void scrape(Instance tandem) {
        try {
            tandem.manage("/observe/metrics");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Processor time per message, in microseconds. */
    private static double load(Instance tandem, Vertx callers, int messages) {
        Duration before = tandem.cpu();
        ClosedLoad.Result result = ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, messages, PATIENCE);
        assertThat(result.answers()).containsOnlyKeys(200);
        return tandem.cpu().minus(before).toNanos() / 1e3 / result.nanos().length;
    }

    private static Map<String, String> alone(LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>(Neighbours.settings(targets));
        settings.put("tandem.access-log", "off");
        for (LoadTarget target : targets) {
            // on a busy machine, they are slower than they want to be
            settings.put("target." + target.name() + ".timeout", "9s");
        }
        return settings;
    }

    private static Map<String, String> watched(TraceCollector collector, LoadTarget... targets) {
        Map<String, String> settings = alone(targets);
        settings.put("tandem.access-log", "json");
        settings.put("tandem.tracing.sample", "0.01");
        settings.put("tandem.otlp.url", collector.url());
        return settings;
    }

    /** What the meters of one message to two targets cost, in microseconds of processor time. */
    private static double metersMicros() {
        Settings.Telemetry none = new Settings.Telemetry(
                false, 0, new Settings.Otlp("http://127.0.0.1:1", null, false, Duration.ofMinutes(1)));
        try (Tracing tracing = new Tracing(none);
                Registries registries = new Registries(none, tracing)) {
            MessageWatch watch = new MessageWatch(Settings.AccessLog.OFF, new Meters(registries.all()), tracing);
            watch.watch("api-one");
            watch.watch("api-two");
            double best = Double.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                for (int i = 0; i < MEASURED; i++) {
                    measureOne(watch);
                }
                long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
                best = Math.min(best, took / 1e3 / MEASURED);
            }
            return best;
        }
    }

    private static void measureOne(MessageWatch watch) {
        Message message =
                Message.create("http", Map.of(), watch.begin("http", null, System.nanoTime()), Duration.ofSeconds(10));
        watch.accepted(message);
        Delivery one = delivered("api-one");
        Delivery two = delivered("api-two");
        watch.delivered(message, one);
        watch.delivered(message, two);
        watch.replied(
                message, new MergedReply(message.id(), "all", true, List.of(one, two), null), Duration.ofMillis(3));
    }

    private static Delivery delivered(String target) {
        return new Delivery(target, Outcome.DELIVERED, 200, Duration.ofMillis(2), 1, null, null, null);
    }
}
