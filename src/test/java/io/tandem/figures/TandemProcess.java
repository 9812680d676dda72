package io.tandem.figures;

import io.tandem.support.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The packaged Tandem in a process of its own, as users run it. */
final class TandemProcess implements AutoCloseable {
    private final Process process;
    private final int port;
    private final int management;

    private TandemProcess(Process process, int port, int management) {
        this.process = process;
        this.port = port;
        this.management = management;
    }

    static TandemProcess start(Path jar, Path folder, Map<String, String> settings) throws IOException {
        int port = freePort();
        int management = freePort();
        Map<String, String> all = new HashMap<>(Map.of(
                "tandem.inbox.enabled", "false",
                "tandem.routes", Path.of("routes").toAbsolutePath().toString(),
                "tandem.http.port", Integer.toString(port),
                "tandem.management.port", Integer.toString(management)));
        all.putAll(settings);
        String lines = all.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
        Path configuration = Files.writeString(folder.resolve("application.properties"), lines);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-jar",
                        jar.toString(),
                        "run",
                        "--config",
                        configuration.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        jar.resolveSibling("figures-tandem.log").toFile()))
                .start();
        TandemProcess tandem = new TandemProcess(process, port, management);
        try {
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest live = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + management + "/observe/health/live"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            Awaitility.await("Tandem's start")
                    .atMost(Duration.ofMinutes(2))
                    .failFast("Tandem ended", () -> !process.isAlive())
                    .ignoreExceptions()
                    .until(() -> client.send(live, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        } catch (RuntimeException e) {
            tandem.close();
            throw e;
        }
        return tandem;
    }

    URI messages() {
        return uri("/messages");
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + management + path);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        Programs.kill(process);
    }
}
