package io.tandem.fire;

import static org.awaitility.Awaitility.await;

import io.tandem.proof.Arrivals;
import io.tandem.proof.Bodies;
import io.tandem.proof.Faults;
import io.tandem.proof.Instance;
import io.tandem.proof.Ledger;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.RecordingTarget;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Messages at a steady rate, while the network between Tandem and each target does something else every second.
 *
 * @param perSecond messages
 * @param span of the chaos
 * @param calm how long Tandem is left alone before it is looked at what stays of it; zero: it isn't looked at
 */
record ChaosRun(int perSecond, Duration span, Duration calm, long seed) {
    static final Duration DEADLINE = Duration.ofSeconds(3);

    private static final List<String> TARGETS = List.of("api-one", "api-two");
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration PATIENCE = DEADLINE.plusSeconds(30);

    /** What Tandem holds. */
    record Holdings(long threads, long sockets, long heapMib) {
        static Holdings of(Instance tandem) throws IOException, InterruptedException {
            long heap = tandem.heapMib();
            return new Holdings(tandem.threads(), tandem.sockets(), heap);
        }

        @Override
        public String toString() {
            return threads + " threads, " + sockets + " sockets, " + heapMib + " MiB of heap";
        }
    }

    /**
     * What came of it.
     *
     * @param faults what must not be
     * @param slowestMs from due to answered
     * @param before what Tandem held after a while of good weather
     * @param after what it held after as much again, behind the chaos
     */
    record Outcome(List<String> rows, List<String> faults, double slowestMs, Holdings before, Holdings after) {}

    Outcome run(Path folder) throws Exception {
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Ledger ledger = new Ledger();
        try (RecordingTarget one = new RecordingTarget(servers, "api-one", ledger, Faults.none());
                RecordingTarget two = new RecordingTarget(servers, "api-two", ledger, Faults.none());
                ChaosProxy beforeOne = ChaosProxy.before(one.port());
                ChaosProxy beforeTwo = ChaosProxy.before(two.port());
                Instance tandem = new Instance(folder, List.of("-Xmx512m"), settings(beforeOne, beforeTwo))) {
            tandem.start();
            int warm = perSecond * (int) WARM_UP.toSeconds();
            int rough = warm + perSecond * (int) span.toSeconds();
            Answers answers = new Answers(TARGETS);
            OpenLoad goodWeather = load(callers, tandem, answers, 0, warm);
            awaitEnd(goodWeather, WARM_UP);
            Holdings before = Holdings.of(tandem);
            Duration cpuBefore = tandem.cpu();
            OpenLoad load = load(callers, tandem, answers, warm, rough);
            Map<String, Integer> seconds = torment(beforeOne, beforeTwo, load);
            awaitEnd(load, span);
            Duration cpu = tandem.cpu().minus(cpuBefore);
            Holdings atEnd = Holdings.of(tandem);
            Holdings after = atEnd;
            if (!calm.isZero()) {
                Duration rest = calm;
                await("the calm").pollDelay(rest).atMost(rest.plusMinutes(1)).until(() -> true);
                OpenLoad again = load(callers, tandem, answers, rough, rough + warm);
                awaitEnd(again, WARM_UP);
                after = Holdings.of(tandem);
            }
            List<String> faults = answers.faults(ledger.arrivals());
            double slowest = Arrivals.millis(IntStream.range(0, rough - warm).mapToLong(load::took), 1);
            List<String> rows = new ArrayList<>();
            rows.add(Arrivals.row("good weather, due to answered", took(goodWeather, warm)));
            rows.add(Arrivals.row("chaos, due to answered", took(load, rough - warm)));
            rows.add("seconds of each mode " + seconds);
            rows.add("answers " + load.answers() + "; outcomes " + answers.outcomes());
            rows.add(String.format(
                    Locale.ROOT, "CPU-s per 1000 messages %.2f", cpu.toMillis() / (double) (rough - warm)));
            rows.add("before " + before + "; at the end " + atEnd + "; after the calm " + after);
            return new Outcome(rows, faults, slowest, before, after);
        } finally {
            callers.close();
            servers.close();
        }
    }

    private Map<String, Integer> torment(ChaosProxy one, ChaosProxy two, OpenLoad load) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> seconds = new HashMap<>();
        int changes = (int) span.toSeconds();
        for (int i = 0; i < changes; i++) {
            int due = i * perSecond;
            await("second " + i)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> load.sent() >= due);
            seconds.merge(one.misbehave(random), 1, Integer::sum);
            seconds.merge(two.misbehave(random), 1, Integer::sum);
        }
        await("the last second").atMost(Duration.ofMinutes(1)).until(() -> load.sent() >= changes * perSecond);
        one.behave();
        two.behave();
        return seconds;
    }

    private OpenLoad load(Vertx callers, Instance tandem, Answers answers, int first, int end) {
        return new OpenLoad(
                callers,
                tandem.port(),
                OpenLoad.Plan.of(perSecond, end - first)
                        .withConnections(2000)
                        .withBodies(
                                number -> Bodies.of(Answers.id(first + number)),
                                (number, status, body) -> answers.answered(first + number, status, body)));
    }

    private static void awaitEnd(OpenLoad load, Duration span) {
        await("the last answer")
                .atMost(span.plus(PATIENCE))
                .pollInterval(Duration.ofMillis(50))
                .until(load::isOver);
    }

    private static LongStream took(OpenLoad load, int messages) {
        return IntStream.range(0, messages).mapToLong(load::took);
    }

    private static Map<String, String> settings(ChaosProxy one, ChaosProxy two) {
        Map<String, String> settings = new HashMap<>();
        settings.putAll(Neighbours.settings("api-one", "http://127.0.0.1:" + one.port() + "/api-one"));
        settings.putAll(Neighbours.settings("api-two", "http://127.0.0.1:" + two.port() + "/api-two"));
        settings.put("tandem.deadline", DEADLINE.toSeconds() + "s");
        for (String target : TARGETS) {
            settings.put("target." + target + ".timeout", "1s");
            settings.put("target." + target + ".connect-timeout", "500ms");
        }
        return settings;
    }
}
