package io.tandem.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.support.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The packaged Tandem in a process of its own, which can be killed and started again: always on the same ports and in
 * the same folder. Started, killed and closed by one thread; the rest is thread-safe.
 */
final class Instance implements AutoCloseable {
    static final Path JAR =
            Path.of(System.getProperty("crash.jar", "target/tandem.jar")).toAbsolutePath();

    /** Starts fast rather than running fast: for processes that live for seconds. */
    static final List<String> SHORT_LIVED = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Duration START = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> options;
    private final int port = Ports.free();
    private final int management = Ports.free();
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile @Nullable Process process;

    /**
     * Writes its configuration, and starts nothing.
     *
     * @param folder its working folder, made if missing
     * @param options of the virtual machine
     */
    Instance(Path folder, List<String> options, Map<String, String> settings) throws IOException {
        this.folder = Files.createDirectories(folder).toAbsolutePath();
        this.options = options;
        String lines = settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
        Files.writeString(
                folder.resolve("application.properties"),
                lines + "tandem.http.port=" + port + "\ntandem.management.port=" + management + "\ntandem.routes="
                        + Path.of("routes").toAbsolutePath() + "\n");
    }

    /** Starts it, and does not wait for anything. */
    void launch() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException("it runs");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", JAR.toString(), "run"));
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** Waits until it takes messages. */
    void awaitReady() {
        Awaitility.await("start of Tandem in " + folder)
                .atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .failFast("Tandem ended; see " + log(), () -> !isAlive())
                .ignoreExceptions()
                .until(() -> get("/messages?limit=1").statusCode() == 200);
    }

    void start() throws IOException {
        launch();
        awaitReady();
    }

    /** SIGKILL; returns when it is dead. */
    void kill() {
        Process current = process;
        if (current == null) {
            return;
        }
        current.destroyForcibly();
        try {
            if (!current.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + current.pid() + " can't be killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for its end, and returns the exit code. */
    int awaitEnd(Duration patience) throws InterruptedException {
        Process current = process;
        if (current == null || !current.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("it runs on; see " + log());
        }
        return current.exitValue();
    }

    boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    Path folder() {
        return folder;
    }

    /** All that its processes said. */
    Path log() {
        return folder.resolve("tandem.log");
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(uri(path));
    }

    HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        return get(URI.create("http://127.0.0.1:" + management + path));
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Processor time it has used. */
    Duration cpu() {
        Process current = process;
        return current == null
                ? Duration.ZERO
                : current.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Memory it has now, in MiB. */
    long residentMib() throws IOException {
        Process current = process;
        Path status = Path.of("/proc/" + (current == null ? 0 : current.pid()) + "/status");
        if (!Files.exists(status)) {
            return -1;
        }
        for (String line : Files.readAllLines(status, StandardCharsets.US_ASCII)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        kill();
    }
}
