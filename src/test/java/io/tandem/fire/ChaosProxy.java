package io.tandem.fire;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Instance;
import io.tandem.support.Ports;
import io.tandem.support.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;

/** A bad network in front of a target: a TCP proxy in a process of its own. For one thread. */
final class ChaosProxy implements AutoCloseable {
    /** The proxy is no part of the project. */
    private static final Path SOURCE = Path.of(System.getProperty(
                    "tandem.shared", Objects.requireNonNullElse(System.getenv("TANDEM_SHARED"), "../shared")))
            .resolve("tools/Chaos.java")
            .toAbsolutePath();

    /** What it can do to connections; {@code ok} is nothing. */
    private static final List<String> MODES = List.of(
            "ok",
            "latency&ms=150&jitter=300",
            "reset",
            "down",
            "blackhole",
            "slow&bps=1000",
            "cut&bytes=20",
            "cut&bytes=150");

    private final Process process;
    private final int port;
    private final int admin;
    private final HttpClient client = HttpClient.newHttpClient();

    private ChaosProxy(Process process, int port, int admin) {
        this.process = process;
        this.port = port;
        this.admin = admin;
    }

    /** Skips the test where there is no such proxy. */
    static void assumeAvailable() {
        assumeTrue(Files.isRegularFile(SOURCE), "there is no fault proxy: " + SOURCE + " is missing");
    }

    /** @param target the port it passes everything on to */
    static ChaosProxy before(int target) throws IOException {
        int port = Ports.free();
        int admin = Ports.free();
        Process process = new ProcessBuilder(
                        Instance.java().toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        SOURCE.toString(),
                        Integer.toString(port),
                        Integer.toString(target),
                        Integer.toString(admin))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        ChaosProxy proxy = new ChaosProxy(process, port, admin);
        try {
            Awaitility.await("start of the fault proxy")
                    .atMost(Duration.ofMinutes(1))
                    .failFast("it ended", () -> !process.isAlive())
                    .ignoreExceptions()
                    .until(() -> proxy.set("ok"));
        } catch (RuntimeException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    int port() {
        return port;
    }

    /** From now on it does something else. */
    String misbehave(RandomGenerator random) throws IOException, InterruptedException {
        String mode = MODES.get(random.nextInt(MODES.size()));
        set(mode);
        return mode;
    }

    /** From now on it only passes on. */
    void behave() throws IOException, InterruptedException {
        set("ok");
    }

    private boolean set(String mode) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/set?mode=" + mode))
                .timeout(Duration.ofSeconds(10))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IOException("the fault proxy answered " + status);
        }
        return true;
    }

    @Override
    public void close() {
        Programs.kill(process);
    }
}
