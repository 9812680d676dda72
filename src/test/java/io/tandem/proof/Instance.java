package io.tandem.proof;

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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The packaged Tandem in a process of its own, which can be killed and started again: always on the same ports and in
 * the same folder. Started, killed and closed by one thread; the rest is thread-safe.
 */
public final class Instance implements AutoCloseable {
    static final Path JAR =
            Path.of(System.getProperty("tandem.jar", "target/tandem.jar")).toAbsolutePath();

    /** The JDK that runs it. */
    private static final Path JDK = Path.of(System.getProperty("tandem.jdk", System.getProperty("java.home")));

    /** Starts fast rather than running fast: for processes that live for seconds. */
    public static final List<String> SHORT_LIVED = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Duration START = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> options;
    private final int port = Ports.free();
    private final int management = Ports.free();
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable Integer processor;
    private volatile @Nullable Process process;

    /**
     * Writes its configuration, and starts nothing.
     *
     * @param folder its working folder, made if missing
     * @param options of the virtual machine
     */
    public Instance(Path folder, List<String> options, Map<String, String> settings) throws IOException {
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

    /** The program that runs it. */
    public static Path java() {
        return JDK.resolve("bin/java");
    }

    /** The version of the Java that runs it. */
    public static String javaVersion() throws IOException {
        for (String line : Files.readAllLines(JDK.resolve("release"), StandardCharsets.UTF_8)) {
            if (line.startsWith("JAVA_VERSION=")) {
                return line.substring(line.indexOf('=') + 1).replace("\"", "");
            }
        }
        return "unknown";
    }

    /** Where there is {@code taskset}: it runs on that processor alone, and knows of no other. Before the start. */
    public Instance onProcessor(int number) {
        processor = number;
        return this;
    }

    /** Starts it, and does not wait for anything. */
    public void launch() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException("it runs");
        }
        List<String> command = new ArrayList<>();
        if (processor != null) {
            command.addAll(List.of("taskset", "-c", processor.toString()));
        }
        command.add(java().toString());
        command.addAll(options);
        command.addAll(List.of("-jar", JAR.toString(), "run"));
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** Waits until it takes messages. */
    public void awaitReady() {
        Awaitility.await("start of Tandem in " + folder)
                .atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .failFast("Tandem ended; see " + log(), () -> !isAlive())
                .ignoreExceptions()
                .until(() -> get("/messages?limit=1").statusCode() == 200);
    }

    public void start() throws IOException {
        launch();
        awaitReady();
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() {
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

    /** SIGTERM, and does not wait. */
    public void terminate() {
        Process current = process;
        if (current != null) {
            current.destroy();
        }
    }

    /** Waits for its end, and returns the exit code. */
    public int awaitEnd(Duration patience) throws InterruptedException {
        Process current = process;
        if (current == null || !current.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("it runs on; see " + log());
        }
        return current.exitValue();
    }

    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    public Path folder() {
        return folder;
    }

    /** All that its processes said. */
    public Path log() {
        return folder.resolve("tandem.log");
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return management;
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(uri(path));
    }

    public HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        return get(URI.create("http://127.0.0.1:" + management + path));
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Processor time it has used. */
    public Duration cpu() {
        Process current = process;
        return current == null
                ? Duration.ZERO
                : current.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Memory it has now, in MiB. */
    public long residentMib() throws IOException {
        long kib = status("VmRSS:");
        return kib < 0 ? -1 : kib / 1024;
    }

    /** Threads it has now, other than virtual ones. */
    public long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String name) throws IOException {
        Path status = proc().resolve("status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status, StandardCharsets.US_ASCII)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return -1;
    }

    /** Connections and listening sockets it has now. */
    public long sockets() throws IOException {
        try (Stream<Path> open = Files.list(proc().resolve("fd"))) {
            return open.filter(Instance::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // closed meanwhile
            return false;
        }
    }

    /** What is left of its heap after a collection, in MiB. */
    public long heapMib() throws IOException, InterruptedException {
        Process current = process;
        Process collection = new ProcessBuilder(
                        JDK.resolve("bin/jcmd").toString(),
                        Long.toString(current == null ? 0 : current.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!collection.waitFor(30, TimeUnit.SECONDS) || collection.exitValue() != 0) {
            throw new IOException("no garbage collection in " + folder);
        }
        double used = manage("/observe/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        return (long) (used / (1 << 20));
    }

    private Path proc() {
        Process current = process;
        return Path.of("/proc", Long.toString(current == null ? 0 : current.pid()));
    }

    @Override
    public void close() {
        kill();
    }
}
