package io.tandem.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.cluster.Balancer.Server;
import io.tandem.proof.Arrivals;
import io.tandem.proof.Busy;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.OpenLoad;
import io.tandem.proof.Report;
import io.tandem.support.Postgres;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rollout: three instances on one PostgreSQL, told to end and started again one after the other, while messages come
 * through a load balancer: {@code mvn verify -Pcluster -Dit.test=RollingRestartIT}. None may fail.
 */
@Tag("cluster")
class RollingRestartIT {
    private static final int INSTANCES = 3;
    private static final int PER_SECOND = Integer.getInteger("restart.rate", 100);
    private static final int MESSAGES = PER_SECOND * Integer.getInteger("restart.seconds", 120);
    private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:+UseSerialGC");
    private static final int TOOK_MS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void noMessageFailsWhenAllAreRestartedOneAfterTheOther() throws Exception {
        double loadAtStart = Busy.load();
        Vertx vertx = Vertx.vertx();
        List<Instance> instances = new ArrayList<>();
        List<String> restarts = new ArrayList<>();
        try (Postgres postgres = Postgres.start();
                LoadTarget one = new LoadTarget(vertx, "api-one", MESSAGES, TOOK_MS);
                LoadTarget two = new LoadTarget(vertx, "api-two", MESSAGES, TOOK_MS)) {
            Map<String, String> settings = settings(postgres.newDatabase(), one, two);
            List<Server> servers = new ArrayList<>();
            for (int i = 0; i < INSTANCES; i++) {
                Instance instance = new Instance(folder.resolve("tandem-" + i), OPTIONS, settings);
                instances.add(instance);
                instance.start();
                servers.add(new Server(instance.port(), instance.managementPort()));
            }
            Files.createDirectories(folder);
            try (Balancer balancer = new Balancer(folder)
                    .serve("messages", "/observe/health/ready", servers)
                    .start()) {
                await("the first health check").pollDelay(Duration.ofSeconds(2)).until(() -> true);
                Set<String> refusals = ConcurrentHashMap.newKeySet();
                OpenLoad load = new OpenLoad(
                        vertx,
                        balancer.port("messages"),
                        OpenLoad.Plan.of(PER_SECOND, MESSAGES).withBodies(LoadTarget::body, (number, status, body) -> {
                            if (status != 200) {
                                refusals.add(status + body.replaceAll("\\s+|urn:ulid:\\w+", " "));
                            }
                        }));
                for (int i = 0; i < INSTANCES; i++) {
                    Instance instance = instances.get(i);
                    awaitMessages(load, 3 * PER_SECOND);
                    long start = System.nanoTime();
                    instance.terminate();
                    assertThat(instance.awaitEnd(PATIENCE)).isZero();
                    long ended = System.nanoTime();
                    instance.start();
                    restarts.add(String.format(
                            Locale.ROOT,
                            "tandem-%d: ended after %.1f s, ready again after %.1f s",
                            i,
                            (ended - start) / 1e9,
                            (System.nanoTime() - ended) / 1e9));
                }
                assertThat(load.isOver())
                        .as("the load ended before the restarts")
                        .isFalse();
                await().atMost(Duration.ofSeconds(MESSAGES / PER_SECOND).plus(PATIENCE))
                        .pollInterval(Duration.ofMillis(200))
                        .until(load::isOver);

                Report.add(
                        "cluster.txt",
                        "rolling restart of %d instances, Java %s, %d messages/s, load average at start %.1f"
                                .formatted(INSTANCES, Instance.javaVersion(), PER_SECOND, loadAtStart),
                        String.join("\n", restarts),
                        Arrivals.row(
                                "due to answered", IntStream.range(0, MESSAGES).mapToLong(load::took)),
                        "answers " + load.answers() + ", repeats at the targets " + one.repeats() + " and "
                                + two.repeats());
                assertThat(load.answers()).as(refusals.toString()).isEqualTo(Map.of(200, MESSAGES));
                assertThat(one.distinct()).isEqualTo(MESSAGES);
                assertThat(two.distinct()).isEqualTo(MESSAGES);
            }
        } finally {
            instances.forEach(Instance::close);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static void awaitMessages(OpenLoad load, int more) {
        int from = load.sent();
        await().atMost(PATIENCE).until(() -> load.sent() >= from + more);
    }

    private static Map<String, String> settings(String database, LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tandem.journal.url", database,
                "tandem.journal.user", Postgres.user(),
                // each message goes through the database
                "tandem.journal.sync", "true",
                "tandem.inbox.enabled", "false",
                "tandem.access-log", "off",
                "tandem.http.drain-delay", "2s",
                "tandem.http.drain-timeout", "40s",
                // long enough for a busy machine: what takes its time has not failed
                "tandem.deadline", "30s"));
        for (LoadTarget target : targets) {
            settings.putAll(target.settings());
            settings.put("target." + target.name() + ".timeout", "20s");
        }
        return settings;
    }
}
