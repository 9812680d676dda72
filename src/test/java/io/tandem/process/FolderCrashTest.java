package io.tandem.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.Tandem;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Tandem that is killed in the middle of a file, with SIGKILL, and started again. */
class FolderCrashTest {
    private static final int RECORDS = 1500;
    private static final int WINDOW = 16;

    private final StubTargets targets = new StubTargets();
    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
        targets.close();
    }

    @Test
    void fileIsGoneOnWithAndNothingThatWasDeliveredIsRepeatedWhenTandemWasKilled() throws Exception {
        Path inbox = Files.createDirectories(folder.resolve("data/inbox"));
        Files.writeString(
                inbox.resolve("orders.ndjson"),
                IntStream.range(0, RECORDS).mapToObj(i -> "{\"n\":" + i + "}\n").collect(Collectors.joining()));
        configure();

        Map<String, Integer> delivered = new HashMap<>();
        for (int kill = 1; kill <= 2; kill++) {
            Process tandem = start();
            int until = kill * RECORDS / 3;
            await().atMost(Duration.ofSeconds(60))
                    .failFast("Tandem ended: " + log(), () -> !tandem.isAlive())
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> targets.received("api-two").size() > until);
            tandem.destroyForcibly();
            assertThat(tandem.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(inbox.resolve("orders.ndjson")).doesNotExist();
            Map<String, Integer> sent = requestsByKey();
            delivered.clear();
            deliveredAccordingToTheJournal().forEach(key -> delivered.put(key, sent.get(key)));
            assertThat(delivered).hasSizeGreaterThan(until);
        }
        Process tandem = start();
        await().atMost(Duration.ofSeconds(60))
                .failFast("Tandem ended: " + log(), () -> !tandem.isAlive())
                .until(() -> Files.exists(folder.resolve("data/done/orders.ndjson")));

        List<String> replies = Files.readAllLines(folder.resolve("data/replies/orders.ndjson.reply.ndjson"));
        assertThat(replies).hasSize(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            JsonNode reply = RunningTandem.json(replies.get(i));
            assertThat(reply.path("record").asInt()).isEqualTo(i + 1);
            assertThat(reply.path("outcome").asText()).isEqualTo("complete");
        }
        Map<String, Integer> sent = requestsByKey();
        delivered.forEach((key, times) -> assertThat(sent).containsEntry(key, times));
        // one key per record and target, over all processes
        assertThat(sent).hasSize(2 * RECORDS);
        assertThat(targets.received().stream()
                        .map(request -> request.getUrl() + request.getBodyAsString())
                        .distinct())
                .hasSize(2 * RECORDS);
        assertThat(targets.received().size() - 2 * RECORDS).isBetween(0, 2 * 2 * WINDOW);
    }

    private Map<String, Integer> requestsByKey() {
        Map<String, Integer> sent = new HashMap<>();
        for (LoggedRequest request : targets.received()) {
            sent.merge(request.getHeader("Idempotency-Key"), 1, Integer::sum);
        }
        return sent;
    }

    /** The keys of the deliveries whose success is on disk. */
    private Set<String> deliveredAccordingToTheJournal() throws SQLException {
        Set<String> keys = new HashSet<>();
        try (Connection journal =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/journal/tandem.db"));
                Statement statement = journal.createStatement();
                ResultSet rows =
                        statement.executeQuery("select message_id || '-' || target from delivery where state = 1")) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }

    private void configure() throws IOException {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.port", "0");
        settings.put("tandem.management.port", "0");
        settings.put("tandem.inbox.window", Integer.toString(WINDOW));
        settings.put("tandem.routes", RunningTandem.ROUTES.toString());
        settings.put("tandem.access-log", "off");
        Files.write(
                folder.resolve("application.properties"),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList());
    }

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tandem.class.getName(),
                        "run")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        started.add(process);
        return process;
    }

    private String log() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }
}
