package io.tandem.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Busy;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.Report;
import io.tandem.scaling.Simulation.Result;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the simulation says of one, two and three instances, and what they do: {@code mvn verify -Pscaling
 * -Dit.test=ScalingIT -Dscaling.seconds=20}. Bounds are low and targets slow, so that these decide and not the
 * processors, which all share. Messages come by chance at each instance in turn, and targets answer after times by
 * chance: the simulation gets the same ones, and from a quiet moment what a message takes besides.
 */
@Tag("scaling")
class ScalingIT {
    private static final int MOST = 3;
    private static final int BOUND = 16;
    private static final int TARGETS = 2;
    private static final double TARGET_SECONDS = 0.05;
    private static final int SECONDS = Integer.getInteger("scaling.seconds", 20);
    private static final int QUIET_PER_SECOND = 20;
    private static final int QUIET_MESSAGES = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final double RATE_PERCENT = 3;
    private static final double REFUSED_SHARE = 0.03;
    private static final double MEDIAN_PERCENT = 10;
    private static final double P99_PERCENT = 10;

    private static final String HEADER = String.format(
            "%-10s %9s %9s | %-17s | %-15s | %-15s | %-15s | %s",
            "bound by", "instances", "offered/s", "answered/s", "refused %", "p50 ms", "p99 ms", "CPU us");

    @TempDir
    private Path folder;

    @Test
    void refusesAsManyAsTheSimulationWhenTooManyAreInFlight() throws Exception {
        compare("in flight", 200, Map.of("tandem.max-in-flight", "16"), Deployment.bounded(1, BOUND));
    }

    @Test
    void answersAsLateAsTheSimulationWhenMessagesWaitForAPlaceAtTheTarget() throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < TARGETS; i++) {
            settings.put("target." + name(i) + ".bulkhead.max-in-flight", "16");
            settings.put("target." + name(i) + ".bulkhead.wait", "10s");
        }
        compare(
                "places",
                270,
                settings,
                Deployment.bounded(1, Deployment.UNBOUNDED).withPlaces(BOUND));
    }

    private void compare(String name, int perSecond, Map<String, String> settings, Deployment one) throws Exception {
        double loadAtStart = Busy.load();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        List<Instance> instances = new ArrayList<>();
        int most = MOST * perSecond * SECONDS;
        try (LoadTarget first = new LoadTarget(servers, name(0), most, millis(0));
                LoadTarget second = new LoadTarget(servers, name(1), most, millis(1))) {
            Map<String, String> all = new HashMap<>(settings);
            for (LoadTarget target : List.of(first, second)) {
                all.put("target." + target.name() + ".url", target.url());
                all.put("target." + target.name() + ".auth", "none");
            }
            all.put("tandem.inbox.enabled", "false");
            all.put("tandem.access-log", "off");
            for (int i = 0; i < MOST; i++) {
                Instance instance = new Instance(folder.resolve("tandem-" + i), List.of("-Xmx256m"), all);
                instances.add(instance);
                instance.start();
            }
            // warm
            Round.run(callers, instances, Chance.poisson(MOST * perSecond / 2.0, MOST * perSecond * 10));
            Round quiet = Round.run(callers, instances.subList(0, 1), Chance.poisson(QUIET_PER_SECOND, QUIET_MESSAGES));
            List<Round> rounds = new ArrayList<>();
            List<Result> simulated = new ArrayList<>();
            for (int count = 1; count <= MOST; count++) {
                double[] due = Chance.poisson(count * perSecond, count * perSecond * SECONDS);
                Round round = Round.run(callers, instances.subList(0, count), due);
                double cpu = round.cpuSeconds();
                Deployment deployment = new Deployment(
                        count, one.maxInFlight(), one.places(), 2, cpu, quiet.overhead() - cpu, one.journal());
                Result result = Simulation.open(deployment, due, ScalingIT::seconds);
                rounds.add(round);
                simulated.add(result);
            }
            report(name, perSecond, loadAtStart, quiet, rounds, simulated);
            assumeTrue(
                    loadAtStart < Runtime.getRuntime().availableProcessors(),
                    "the machine was busy: times tell nothing");
            for (int i = 0; i < MOST; i++) {
                check(rounds.get(i), simulated.get(i));
            }
        } finally {
            instances.forEach(Instance::close);
            callers.close();
            servers.close();
        }
    }

    private static String name(int target) {
        return target == 0 ? "api-one" : "api-two";
    }

    private static IntUnaryOperator millis(int target) {
        return message -> (int) Math.round(1000 * seconds(message)[target]);
    }

    /** In whole milliseconds, as timers have them. */
    private static double[] seconds(int message) {
        IntFunction<double[]> times = Chance.exponential(TARGET_SECONDS, TARGETS);
        return DoubleStream.of(times.apply(message))
                .map(seconds -> Math.max(1, Math.round(1000 * seconds)) / 1000.0)
                .toArray();
    }

    private static void report(
            String name, int perSecond, double load, Round quiet, List<Round> rounds, List<Result> simulated)
            throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            Round round = rounds.get(i);
            Result result = simulated.get(i);
            rows.add(String.format(
                    Locale.ROOT,
                    "%-10s %9d %9d | %7.1f ~ %7.1f | %6.2f ~ %6.2f | %6.1f ~ %6.1f | %6.1f ~ %6.1f | %.0f",
                    name,
                    i + 1,
                    (i + 1) * perSecond,
                    round.perSecond(),
                    result.perSecond(),
                    100 * round.refusedShare(),
                    100 * result.refusedShare(),
                    1000 * percentile(round.times(), 0.5),
                    1000 * percentile(result.times(), 0.5),
                    1000 * percentile(round.times(), 0.99),
                    1000 * percentile(result.times(), 0.99),
                    1e6 * round.cpuSeconds()));
        }
        Report.add(
                "scaling.txt",
                String.format(
                        Locale.ROOT,
                        "Java %s, load at start %.1f; a message takes %.2f ms besides its targets; measured ~ simulated%n%s",
                        Instance.javaVersion(),
                        load,
                        1000 * quiet.overhead(),
                        HEADER),
                rows.toArray(String[]::new));
    }

    private static void check(Round measured, Result simulated) {
        assertThat(measured.perSecond()).isCloseTo(simulated.perSecond(), withPercentage(RATE_PERCENT));
        assertThat(measured.refusedShare()).isCloseTo(simulated.refusedShare(), within(REFUSED_SHARE));
        assertThat(percentile(measured.times(), 0.5))
                .isCloseTo(percentile(simulated.times(), 0.5), withPercentage(MEDIAN_PERCENT));
        assertThat(percentile(measured.times(), 0.99))
                .isCloseTo(percentile(simulated.times(), 0.99), withPercentage(P99_PERCENT));
    }

    private static double percentile(double[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }

    /** Messages to each instance in turn, and what came of them. Times are in seconds. */
    private record Round(List<OpenLoad> loads, double[] due, Duration cpu) {
        static Round run(Vertx vertx, List<Instance> instances, double[] due) {
            int count = instances.size();
            Duration before = cpu(instances);
            List<OpenLoad> loads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int instance = i;
                loads.add(new OpenLoad(
                        vertx,
                        instances.get(i).port(),
                        OpenLoad.Plan.of(number -> (long) (1e9 * due[number * count + instance]), due.length / count)
                                .withBodies(
                                        number -> LoadTarget.body(number * count + instance),
                                        (number, status, body) -> {})));
            }
            await().atMost(PATIENCE).until(() -> loads.stream().allMatch(OpenLoad::isOver));
            loads.forEach(load -> assertThat(load.answers()).containsKey(200));
            loads.forEach(load -> assertThat(load.answers().keySet()).isSubsetOf(200, 503));
            return new Round(loads, due, cpu(instances).minus(before));
        }

        private static Duration cpu(List<Instance> instances) {
            return instances.stream().map(Instance::cpu).reduce(Duration.ZERO, Duration::plus);
        }

        private OpenLoad load(int message) {
            return loads.get(message % loads.size());
        }

        private IntStream accepted() {
            return IntStream.range(0, due.length)
                    .filter(message -> load(message).status(message / loads.size()) == 200);
        }

        private double took(int message) {
            return load(message).took(message / loads.size()) / 1e9;
        }

        /** Sorted. */
        double[] times() {
            return accepted().mapToDouble(this::took).sorted().toArray();
        }

        double perSecond() {
            return accepted().count()
                    / accepted()
                            .mapToDouble(message -> due[message] + took(message))
                            .max()
                            .orElseThrow();
        }

        double refusedShare() {
            return 1 - accepted().count() / (double) due.length;
        }

        double cpuSeconds() {
            return cpu.toNanos() / 1e9 / accepted().count();
        }

        /** What a message took besides its slowest target. */
        double overhead() {
            return accepted()
                    .mapToDouble(message -> took(message)
                            - Arrays.stream(seconds(message)).max().orElseThrow())
                    .average()
                    .orElseThrow();
        }
    }
}
