package io.tandem.performance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Processors;
import io.tandem.proof.Report;
import io.tandem.support.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether a message costs more than it did: {@code mvn verify -Pperformance [-Dtandem.jdk=FOLDER]}. Tandem, with all that
 * users run (OAuth2, JSON check, ids, limits, deadline, metrics, access log), and {@link RawVertx}, with nothing, take turns
 * on one processor; the ratio of their processor times is compared with the one in {@code performance/ratios.properties}.
 */
@Tag("performance")
class PerformanceIT {
    private static final List<String> OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");
    private static final int CALLERS = 64;
    private static final int MOST = 10_000_000;
    private static final int TURNS = Integer.getInteger("performance.turns", 5);
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("performance.warm-up", 15));
    private static final Duration TURN = Duration.ofSeconds(Integer.getInteger("performance.turn", 5));

    /** What two runs on one quiet machine differ by. */
    private static final double TOLERANCE = 0.15;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"camel-http", "non-blocking"})
    void messageCostsWhatItDid(String client) throws Exception {
        double loadAtStart = Busy.load();
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        HttpServer tokens = tokens(servers);
        try (Processors processors = Processors.divide();
                LoadTarget one = new LoadTarget(servers, "api-one", MOST, 0);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, 0);
                Instance tandem = processors.give(
                        new Instance(folder, OPTIONS, settings(client, tokens.actualPort(), one, two)));
                Peer peer = Peer.start(processors, one, two)) {
            tandem.start();
            ClosedLoad.run(callers, tandem.port(), "", CALLERS, 0, MOST, WARM_UP);
            ClosedLoad.run(callers, peer.port(), "", CALLERS, 0, MOST, WARM_UP);
            List<Double> ratios = new ArrayList<>();
            List<Double> tandemMicros = new ArrayList<>();
            List<Double> peerMicros = new ArrayList<>();
            for (int turn = 0; turn < TURNS; turn++) {
                double ours = micros(callers, tandem.port(), tandem::cpu);
                double theirs = micros(callers, peer.port(), peer::cpu);
                tandemMicros.add(ours);
                peerMicros.add(theirs);
                ratios.add(ours / theirs);
            }
            String key = "java-" + Runtime.Version.parse(Instance.javaVersion()).feature() + "." + client;
            double last = Double.parseDouble(last().getProperty(key, "NaN"));
            Report.add(
                    "performance.txt",
                    String.format(
                            Locale.ROOT,
                            "performance, Java %s, %s: %d turns of %d s each, %d callers, %s, load average at start %.1f",
                            Instance.javaVersion(),
                            client,
                            TURNS,
                            TURN.toSeconds(),
                            CALLERS,
                            processors,
                            loadAtStart),
                    String.format(
                            Locale.ROOT,
                            "CPU per message: Tandem %.1f us, by hand on Vert.x %.1f us; ratio %.2f, last kept %.2f",
                            median(tandemMicros),
                            median(peerMicros),
                            median(ratios),
                            last));
            assertThat(median(ratios))
                    .as("CPU per message over that of the peer; %s in performance/ratios.properties", key)
                    .isCloseTo(last, within(TOLERANCE * last));
        } finally {
            callers.close();
            servers.close();
        }
    }

    private interface Cpu {
        Duration used();
    }

    /** Processor time per message. */
    private static double micros(Vertx callers, int port, Cpu cpu) {
        Duration before = cpu.used();
        ClosedLoad.Result result = ClosedLoad.run(callers, port, "", CALLERS, 0, MOST, TURN);
        assertThat(result.answers()).containsOnlyKeys(200);
        return cpu.used().minus(before).toNanos() / 1e3 / result.nanos().length;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static Properties last() throws IOException {
        Properties kept = new Properties();
        try (InputStream in = PerformanceIT.class.getResourceAsStream("/performance/ratios.properties")) {
            kept.load(in);
        }
        return kept;
    }

    private static HttpServer tokens(Vertx vertx) {
        return vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end("{\"access_token\":\"0123456789abcdef0123456789abcdef\",\"token_type\":\"Bearer\","
                                + "\"expires_in\":3600}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static Map<String, String> settings(String client, int tokenPort, LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>();
        settings.put("tandem.inbox.enabled", "false");
        for (LoadTarget target : targets) {
            String prefix = "target." + target.name() + ".";
            settings.put(prefix + "url", target.url());
            settings.put(prefix + "client", client);
            settings.put(prefix + "auth", "client-credentials");
            settings.put(prefix + "oauth.token-url", "http://127.0.0.1:" + tokenPort + "/token");
            settings.put(prefix + "oauth.client-id", "tandem");
            settings.put(prefix + "oauth.client-secret", "secret");
        }
        return settings;
    }

    /** The peer in a process of its own, on the same JDK and processor as Tandem. */
    private record Peer(Process process, int port) implements AutoCloseable {
        static Peer start(Processors processors, LoadTarget one, LoadTarget two) throws IOException {
            int port = Ports.free();
            List<String> command = new ArrayList<>();
            command.add(Instance.java().toString());
            command.addAll(OPTIONS);
            command.addAll(List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    RawVertx.class.getName(),
                    Integer.toString(port),
                    one.url(),
                    two.url()));
            Process process = new ProcessBuilder(processors.give(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Peer peer = new Peer(process, port);
            await("the peer")
                    .failFast("the peer ended", () -> !process.isAlive())
                    .ignoreExceptions()
                    .until(peer::listens);
            return peer;
        }

        private boolean listens() throws IOException {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        }

        Duration cpu() {
            return process.info().totalCpuDuration().orElse(Duration.ZERO);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
