package io.tandem.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/tandem} as a user starts it: the jar, in a process of its own. */
class TandemProcessIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern HTTP = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern MANAGEMENT = Pattern.compile("management on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern API_TWO = Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)/behaviour");

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void readmesCommandsWorkWhenTyped() throws Exception {
        Process demo = demo();
        String http = await().atMost(START).until(() -> find(HTTP), found -> !found.isEmpty());
        await().atMost(START).until(() -> !find(API_TWO).isEmpty());
        List<String> commands = readmeCommands();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);

        for (String command : commands) {
            Process typed = new ProcessBuilder(
                            "sh", "-c", command.replace(":8080", ":" + http).replace(":9876", ":" + find(MANAGEMENT)))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(typed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(typed.waitFor()).as(command + "%n%s", output).isZero();
            if (command.contains("/messages")) {
                assertThat(output).contains("200 OK", "\"outcome\":\"complete\"");
            }
            if (command.contains("/observe/health")) {
                assertThat(output).contains("\"status\":\"UP\"");
            }
        }

        Path reply = folder.resolve("data/replies/orders.ndjson.reply.ndjson");
        await().atMost(START).until(() -> Files.exists(reply));
        assertThat(Files.readAllLines(reply)).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("\"outcome\":\"complete\""));
        await().atMost(START).until(() -> Files.exists(folder.resolve("data/done/orders.ndjson")));
        assertThat(demo.isAlive()).isTrue();
    }

    @Test
    void messagesInFlightAreAnsweredWhenTerminated() throws Exception {
        Process demo = demo();
        String http = await().atMost(START).until(() -> find(HTTP), found -> !found.isEmpty());
        String apiTwo = await().atMost(START).until(() -> find(API_TWO), found -> !found.isEmpty());
        client.send(
                HttpRequest.newBuilder(URI.create(apiTwo + "/behaviour"))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"latencyMs\":1500}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        HttpRequest message = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/messages"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"order\":1}"))
                .build();

        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(message, HttpResponse.BodyHandlers.ofString());
        URI metrics = URI.create("http://127.0.0.1:" + find(MANAGEMENT) + "/observe/metrics");
        await().atMost(START).until(() -> get(metrics).contains("tandem_messages_in_flight 1.0"));
        demo.destroy();

        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isZero();
    }

    @Test
    void mistypedKeyStopsTheStart() throws Exception {
        Files.writeString(
                folder.resolve("application.properties"),
                "target.api-one.url=http://127.0.0.1:1/\ntandem.http.prot=8080\n");

        Process run = start("run");

        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(output())
                .contains("application.properties:2: unknown key 'tandem.http.prot'; did you mean 'tandem.http.port'?")
                .doesNotContain("Exception", "\tat ");
    }

    @Test
    void brokenRouteStopsTheStart() throws Exception {
        Path routes = Files.createDirectories(folder.resolve("routes"));
        Files.writeString(
                routes.resolve("1-broken.camel.yaml"),
                "- route:\n    id: broken\n    from:\n      uri: direct:x\n      steps:\n        - nonsense: 1\n");
        Files.writeString(folder.resolve("application.properties"), "target.api-one.url=http://127.0.0.1:1/\n");

        Process run = start(
                "run",
                "--set",
                "tandem.http.port=0",
                "--set",
                "tandem.management.port=0",
                "--set",
                "tandem.inbox.enabled=false");

        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(output()).contains("1-broken.camel.yaml", "nonsense").doesNotContain("\tat ");
    }

    @Test
    void unknownCommandIsWrongUsage() throws Exception {
        Process run = start("fly");

        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(2);
        assertThat(output()).contains("fly");
    }

    private Process demo() throws IOException {
        return start(
                "demo",
                "--set",
                "tandem.http.port=0",
                "--set",
                "tandem.management.port=0",
                "--set",
                "demo.api-one.port=0",
                "--set",
                "demo.api-two.port=0",
                "--set",
                "demo.authorization-server.port=0");
    }

    private Process start(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PROJECT.resolve("bin/tandem").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        started.add(process);
        return process;
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output.log"));
    }

    private String find(Pattern pattern) throws IOException {
        Matcher matcher = pattern.matcher(output());
        return matcher.find() ? matcher.group(1) : "";
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The lines of README's shell blocks that are not about building or starting. */
    private static List<String> readmeCommands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean shell = false;
        for (String line : Files.readAllLines(PROJECT.resolve("README.md"))) {
            if (line.startsWith("```")) {
                shell = line.equals("```sh");
            } else if (shell && !line.startsWith("bin/tandem") && !line.startsWith("mvn") && !line.isBlank()) {
                commands.add(line);
            }
        }
        return commands;
    }
}
