package io.tandem.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.proof.Bodies;
import io.tandem.proof.Faults;
import io.tandem.proof.Instance;
import io.tandem.proof.Ledger;
import io.tandem.proof.RecordingTarget;
import io.tandem.proof.Report;
import io.tandem.support.ImmutableFiles;
import io.tandem.support.SmallDisk;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal's disk is full, or can't be written, while Tandem runs; and it can be written again. */
@Tag("crash")
class DiskIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Ledger ledger = new Ledger();
    private final Evidence evidence = new Evidence();
    private Vertx vertx;
    private RecordingTarget one;
    private RecordingTarget two;
    private int numbers;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        one = new RecordingTarget(vertx, "api-one", ledger, Faults.none());
        two = new RecordingTarget(vertx, "api-two", ledger, Faults.none());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        vertx.close();
    }

    private Instance tandem(Path journal, String minFree) throws IOException {
        Map<String, String> settings = CrashRun.settings(List.of(one, two));
        settings.put("tandem.inbox.enabled", "false");
        settings.put("tandem.journal.url", "jdbc:sqlite:" + journal);
        settings.put("tandem.journal.min-free", minFree);
        return new Instance(folder.resolve("tandem"), Instance.SHORT_LIVED, settings);
    }

    @Test
    void messagesAreRefusedAndNothingIsLostWhenTheDiskIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m");
                Instance tandem = tandem(disk.path().resolve("tandem.db"), "1")) {
            tandem.start();
            sendUntil(tandem, 202, 50);
            Path filler = disk.fill();

            HttpResponse<String> refused = sendUntil(tandem, 503, 1);
            assertRefused(refused);
            assertHealthSaysWhy(tandem);
            // those that wait for the answer and need not be journaled go through
            assertThat(send(tandem, false).statusCode()).isEqualTo(200);

            Files.delete(filler);
            assertRecovers(tandem, disk.path().resolve("tandem.db"), "disk full", refused);
        }
    }

    @Test
    void messagesAreRefusedBeforeTheDiskIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m");
                Instance tandem = tandem(disk.path().resolve("tandem.db"), "12MiB")) {
            tandem.start();
            sendUntil(tandem, 202, 5);
            Path filler = Files.write(disk.path().resolve("filler"), new byte[14 << 20]);

            HttpResponse<String> refused = sendUntil(tandem, 503, 1);
            assertRefused(refused);
            assertHealthSaysWhy(tandem);

            Files.delete(filler);
            assertRecovers(tandem, disk.path().resolve("tandem.db"), "disk nearly full", refused);
        }
    }

    @Test
    void messagesAreRefusedAndNothingIsLostWhenTheJournalIsReadOnly() throws Exception {
        Path journal = folder.resolve("journal/tandem.db");
        try (Instance tandem = tandem(journal, "1")) {
            tandem.start();
            sendUntil(tandem, 202, 50);
            // no mount that is being written to can be made read-only, but files can
            HttpResponse<String> refused;
            ImmutableFiles files = ImmutableFiles.of(journal, Path.of(journal + "-wal"));
            try {
                refused = sendUntil(tandem, 503, 1);
                assertRefused(refused);
                assertHealthSaysWhy(tandem);
            } finally {
                files.close();
            }
            assertRecovers(tandem, journal, "journal read-only", refused);
        }
    }

    private HttpResponse<String> sendUntil(Instance tandem, int status, int times) {
        int[] seen = new int[1];
        return await("answers with " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> {
                            HttpResponse<String> response = send(tandem, true);
                            seen[0] += response.statusCode() == status ? 1 : 0;
                            return response;
                        },
                        response -> seen[0] >= times);
    }

    private HttpResponse<String> send(Instance tandem, boolean async) throws Exception {
        String body = "disk-" + ++numbers;
        HttpRequest.Builder request = HttpRequest.newBuilder(tandem.uri("/messages"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Bodies.of(body)));
        if (async) {
            request.header("Prefer", "respond-async");
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 202 || response.statusCode() == 200) {
            evidence.accepted(
                    body,
                    response.statusCode() + " for message "
                            + response.headers().firstValue("Tandem-Message-Id").orElse("?"));
        } else if (response.statusCode() != 503) {
            evidence.complain(body + " was answered " + response.statusCode() + " " + response.body());
        }
        return response;
    }

    private static void assertRefused(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(new ObjectMapper().readTree(response.body()).path("type").asText())
                .isEqualTo("urn:tandem:problem:journal-unavailable");
        assertThat(response.body()).doesNotContain("Exception", "SQL", "/");
    }

    /** Ready all the same: those that wait for their answer need no journal. */
    private static void assertHealthSaysWhy(Instance tandem) {
        await("health says so").atMost(PATIENCE).until(() -> !reason(tandem).isEmpty());
    }

    private static String reason(Instance tandem) throws Exception {
        for (JsonNode check : new ObjectMapper()
                .readTree(tandem.manage("/observe/health/ready").body())
                .path("checks")) {
            if (check.path("name").asText().equals("journal")) {
                return check.path("data").path("reason").asText();
            }
        }
        throw new IllegalStateException("no check of the journal");
    }

    private void assertRecovers(Instance tandem, Path journal, String name, HttpResponse<String> refused)
            throws Exception {
        long start = System.nanoTime();
        sendUntil(tandem, 202, 1);
        long recovered = System.nanoTime() - start;
        sendUntil(tandem, 202, 50);
        await("all is delivered").atMost(PATIENCE).ignoreExceptions().until(() -> tandem.json(
                        "/messages?state=pending&limit=1")
                .path("messages")
                .isEmpty());
        await("health says so")
                .atMost(PATIENCE)
                .until(() -> tandem.manage("/observe/health/ready").statusCode() == 200);
        tandem.kill();
        JournalDisk.sqlite(journal).tell(evidence);
        Verdicts verdicts = new Verdicts(Set.of("api-one", "api-two"), ledger.arrivals(), evidence);
        Report.add(
                "crash.txt",
                name,
                "refused with: " + refused.body() + " Retry-After: "
                        + refused.headers().firstValue("Retry-After").orElse("none"),
                "takes messages again after %d ms; accepted %d, delivered %d, lost %d, repeats %d, of unknown %d"
                        .formatted(
                                recovered / 1_000_000,
                                verdicts.figures().accepted(),
                                verdicts.figures().delivered(),
                                verdicts.figures().lost(),
                                verdicts.figures().repeats(),
                                verdicts.figures().repeatsOfUnknown()));
        verdicts.all().forEach(Verdict::check);
        assertThat(JournalDisk.sqlite(journal).faults()).isEmpty();
    }
}
