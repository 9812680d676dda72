package io.tandem.fire;

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
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One target takes messages and never answers, or doesn't even take connections, under {@code best-effort}: as many
 * messages a second as wait for its time-out of a second, so that there are 512 callers who wait. {@code mvn verify
 * -Pfire -Dit.test=BlackholeIT -Dfire.blackhole=30}.
 */
@Tag("fire")
class BlackholeIT {
    private static final int RATE = 512;
    private static final int CONNECTIONS = 1000;

    /** Messages of five seconds. */
    private static final int PART = 5 * RATE;

    private static final int TOOK_MS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("fire.blackhole", 30));
    private static final Pattern OF_TWO = Pattern.compile("\"api-two\":\\{\"outcome\":\"([a-z-]+)\"");

    /** How much more the 99th percentile of the other target may be. */
    private static final double TOLERANCE = 1.1;

    private static final double CPU_FACTOR = 2;

    @TempDir
    private Path folder;

    private interface Fault {
        Cure begin(LoadTarget target) throws Exception;
    }

    private interface Cure {
        void apply() throws Exception;
    }

    /** Messages of one phase. */
    private record Phase(String name, int from, int end, double cpuMicros) {}

    @Test
    void otherTargetIsUnaffectedWhenOneNeverAnswers() throws Exception {
        run("never answers", target -> {
            target.silence(true);
            return () -> target.silence(false);
        });
    }

    @Test
    void otherTargetIsUnaffectedWhenOneTakesNoConnections() throws Exception {
        run("takes no connections", target -> target.deaf()::close);
    }

    private void run(String name, Fault fault) throws Exception {
        double loadAtStart = Busy.load();
        int warm = RATE * (int) WARM_UP.toSeconds();
        int span = RATE * (int) SPAN.toSeconds();
        int all = warm + 3 * span + RATE;
        String[] ofTwo = new String[all];
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (LoadTarget one = new LoadTarget(servers, "api-one", all, TOOK_MS);
                LoadTarget two = new LoadTarget(servers, "api-two", all, TOOK_MS);
                Instance tandem = new Instance(folder, List.of("-Xmx512m"), settings(one, two))) {
            tandem.start();
            OpenLoad load = new OpenLoad(
                    callers,
                    tandem.port(),
                    OpenLoad.Plan.of(RATE, all)
                            .withConnections(CONNECTIONS)
                            .withBodies(LoadTarget::body, (number, status, body) -> ofTwo[number] = outcome(body)));
            awaitSent(load, warm);
            List<Phase> phases = new ArrayList<>();
            phases.add(phase("healthy", load, tandem, span));
            Cure cure = fault.begin(two);
            phases.add(phase(name, load, tandem, span));
            cure.apply();
            phases.add(phase("healthy again", load, tandem, span));
            await("the last answer").atMost(Duration.ofMinutes(1)).until(load::isOver);

            List<String> rows = new ArrayList<>();
            for (Phase phase : phases) {
                rows.add(Arrivals.row(phase.name() + ": due to api-one", load, one, phase.from(), phase.end()));
                rows.add(Arrivals.row(
                        phase.name() + ": due to answered",
                        IntStream.range(phase.from(), phase.end()).mapToLong(load::took)));
                rows.add(String.format(
                        Locale.ROOT,
                        "    p99 due to api-one, middle one of parts: %.2f ms; CPU per message %.0f us; api-two %s",
                        middleP99(load, one, phase),
                        phase.cpuMicros(),
                        outcomes(ofTwo, phase)));
            }
            rows.add("answers " + load.answers());
            Report.add(
                    "fire.txt",
                    "one target %s, Java %s: %d messages/s, load average at start %.1f"
                            .formatted(name, Instance.javaVersion(), RATE, loadAtStart),
                    rows.toArray(String[]::new));

            assertThat(load.answers()).containsOnlyKeys(200);
            assertThat(one.distinct()).isEqualTo(all);
            Phase healthy = phases.get(0);
            Phase sick = phases.get(1);
            assertThat(outcomes(ofTwo, sick)).as("an open breaker skips").containsKey("skipped");
            assumeTrue(!Busy.is(loadAtStart), "the machine was busy: times tell nothing");
            assertThat(middleP99(load, one, sick))
                    .as("p99 at the other target in ms")
                    .isLessThan(TOLERANCE * middleP99(load, one, healthy));
            assertThat(sick.cpuMicros()).as("CPU per message").isLessThan(CPU_FACTOR * healthy.cpuMicros());
        } finally {
            callers.close();
            servers.close();
        }
    }

    private static double middleP99(OpenLoad load, LoadTarget target, Phase phase) {
        return Arrivals.middleP99(load, target, phase.from(), phase.end(), PART);
    }

    private static Phase phase(String name, OpenLoad load, Instance tandem, int messages) {
        int from = load.sent();
        Duration before = tandem.cpu();
        awaitSent(load, from + messages);
        int end = load.sent();
        return new Phase(name, from, end, tandem.cpu().minus(before).toNanos() / 1e3 / (end - from));
    }

    private static void awaitSent(OpenLoad load, int number) {
        await("message " + number)
                .atMost(SPAN.plus(WARM_UP).plusMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> load.sent() >= number);
    }

    private static String outcome(String body) {
        Matcher matcher = OF_TWO.matcher(body);
        return matcher.find() ? matcher.group(1) : "none";
    }

    private static Map<String, Integer> outcomes(String[] ofTwo, Phase phase) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = phase.from(); i < phase.end(); i++) {
            counts.merge(ofTwo[i], 1, Integer::sum);
        }
        return counts;
    }

    private static Map<String, String> settings(LoadTarget one, LoadTarget two) {
        Map<String, String> settings = new HashMap<>(Neighbours.settings(one, two));
        settings.put("tandem.completion", "best-effort");
        settings.put("tandem.deadline", "3s");
        settings.put("target.api-two.timeout", "1s");
        settings.put("target.api-two.connect-timeout", "300ms");
        settings.put("target.api-two.breaker", "true");
        return settings;
    }
}
