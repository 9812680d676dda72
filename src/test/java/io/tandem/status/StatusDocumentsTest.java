package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.Callers;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is behind the status page. */
class StatusDocumentsTest {
    @TempDir
    private static Path folder;

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        tandem = RunningTandem.start(settings(Map.of(
                "tandem.inbox.enabled", "true",
                "tandem.inbox.dir", folder.resolve("inbox").toString(),
                "tandem.inbox.window", "2")));
    }

    private static Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.putAll(RunningTandem.target("api-one", targets.url("api-one")));
        settings.putAll(RunningTandem.target("api-two", targets.url("api-two")));
        return settings;
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void bothAnswer() {
        targets.answers("api-one", WireMock.okJson("{}"));
        targets.answers("api-two", WireMock.okJson("{}"));
    }

    private static JsonNode document(String path) {
        return RunningTandem.json(tandem.get(tandem.uri(path)));
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("Tandem-Message-Id").orElseThrow();
    }

    @Test
    void messageIsRememberedWithItsAttemptsWhenItIsNotJournaled() {
        targets.answers("api-two", WireMock.serviceUnavailable());
        String id = id(tandem.postJson("{\"secret\":\"not to be remembered\"}"));

        JsonNode story = document("/status/message?id=" + id.toLowerCase(java.util.Locale.ROOT));

        assertThat(story.at("/message/outcome").asText()).isEqualTo("partial");
        assertThat(story.at("/message/journaled").asBoolean()).isFalse();
        assertThat(story.path("rounds")).hasSize(2);
        JsonNode attempts = story.at("/rounds/1/attempts");
        assertThat(attempts.size()).isGreaterThan(1);
        double before = 0;
        for (JsonNode attempt : attempts) {
            assertThat(attempt.path("status").asInt()).isEqualTo(503);
            assertThat(attempt.path("queuedMs").asDouble()).isGreaterThanOrEqualTo(before);
            assertThat(attempt.path("sentMs").asDouble())
                    .isGreaterThanOrEqualTo(attempt.path("queuedMs").asDouble());
            before = attempt.path("endedMs").asDouble();
            assertThat(before).isGreaterThanOrEqualTo(attempt.path("sentMs").asDouble());
        }
        assertThat(story.toString()).doesNotContain("not to be remembered");
    }

    @Test
    void everyRoundIsRememberedWhenAJournaledMessageIsReplayed() {
        targets.answers("api-two", WireMock.aResponse().withStatus(422));
        String id = id(tandem.postJson("{}", "Prefer", "wait=10"));
        Awaitility.await().until(() -> document("/messages/" + id)
                .at("/deliveries/api-two/state")
                .asText()
                .equals("dead"));
        targets.answers("api-two", WireMock.okJson("{}"));

        tandem.send(HttpRequest.newBuilder(tandem.uri("/messages/" + id + "/replay"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());

        Awaitility.await()
                .until(() -> document("/status/message?id=" + id).path("rounds").size() == 3);
        assertThat(StreamSupport.stream(
                                document("/status/message?id=" + id)
                                        .path("rounds")
                                        .spliterator(),
                                false)
                        .map(round -> round.at("/delivery/target").asText() + " "
                                + round.at("/delivery/outcome").asText()))
                .containsExactlyInAnyOrder("api-one delivered", "api-two rejected", "api-two delivered");
    }

    @Test
    void nothingIsKnownOfAMessageThatNeverWas() {
        JsonNode story = document("/status/message?id=01JD8X4Q6T3K5M7N9P0R2S4V6W");

        assertThat(story.has("message")).isFalse();
        assertThat(story.path("rounds")).isEmpty();
    }

    @Test
    void refusalsAreAmongTheLatest() {
        String reference = id(tandem.post("application/json", "{"));

        Awaitility.await().until(() -> StreamSupport.stream(
                        document("/status/messages").path("messages").spliterator(), false)
                .anyMatch(message -> message.path("id").asText().equals(reference)
                        && message.path("outcome").asText().equals("refused")
                        && message.at("/problem/status").asInt() == 400));
    }

    @Test
    void arrowsCountWhatCameAndWhereItWent() {
        tandem.postJson("{}");

        Awaitility.await().until(() -> perSecond("source HTTP receive-http", "receive-http") > 0);

        assertThat(perSecond("receive-http", "scatter-gather")).isPositive();
        assertThat(perSecond("scatter-gather", "target api-one")).isPositive();
        assertThat(perSecond("source Folder receive-folder", "receive-folder")).isNotNegative();
        assertThat(document("/status").at("/routes/nodes").findValuesAsText("id"))
                .as("those that lead to no target are left out")
                .contains("redeliver")
                .doesNotContain("show-message", "list-messages");
    }

    private static double perSecond(String from, String to) {
        for (JsonNode edge : document("/status").at("/routes/edges")) {
            if (edge.path("from").asText().equals(from)
                    && edge.path("to").asText().equals(to)) {
                return edge.path("perSecond").asDouble(-1);
            }
        }
        throw new AssertionError("no arrow from " + from + " to " + to);
    }

    @Test
    void nothingIsToldOfKafkaWhereThereIsNone() {
        assertThat(document("/status").has("inbox")).isTrue();
        assertThat(document("/status").has("kafka")).isFalse();
    }

    @Test
    void fileThatIsWorkedOnShowsHowFarItIs() throws Exception {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(100));
        String records = "{\"record\":1}\n".repeat(60);
        Files.createDirectories(folder.resolve("inbox"));
        Files.writeString(folder.resolve("inbox/orders.tmp"), records);
        Files.move(folder.resolve("inbox/orders.tmp"), folder.resolve("inbox/orders.ndjson"));

        JsonNode file = Awaitility.await()
                .until(
                        () -> document("/status").at("/inbox/files/0"),
                        found -> found.path("answered").asLong() > 0);

        assertThat(file.path("name").asText()).isEqualTo("orders.ndjson");
        assertThat(file.path("size").asLong()).isEqualTo(records.length());
        assertThat(file.path("read").asLong()).isBetween(1L, (long) records.length());
        assertThat(file.path("records").asLong())
                .isGreaterThanOrEqualTo(file.path("answered").asLong());
        Awaitility.await().until(() -> document("/status").at("/inbox/files").isEmpty());
    }

    @Test
    void nothingIsSentAgainWhileItIsTheSame() {
        String etag = tandem.get(tandem.uri("/status/history"))
                .headers()
                .firstValue("ETag")
                .orElseThrow();

        HttpResponse<String> again = tandem.send(HttpRequest.newBuilder(tandem.uri("/status/history"))
                .header("If-None-Match", etag)
                .build());

        // a new sample may have come in between
        assertThat(again.statusCode() == 304
                        || !again.headers().firstValue("ETag").orElseThrow().equals(etag))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?id=",
                "?id=../../etc",
                "?id=01JD8X4Q6T3K5M7N9P0R2S4V6W&x=1",
                "?ID=01JD8X4Q6T3K5M7N9P0R2S4V6W"
            })
    void queryThatIsNoneIsRefused(String query) {
        assertThat(tandem.get(tandem.uri("/status/message" + query)).statusCode())
                .isEqualTo(400);
    }

    @Test
    void pageIsForEverybodyAndDocumentsForReadersWhenCallersAreAsked() {
        try (RunningTandem guarded = RunningTandem.start(settings(Callers.settings("api-key")))) {
            for (String path : List.of("/", "/status/main.js", "/status/page.css", "/status/uplot.js")) {
                HttpResponse<String> file = guarded.get(guarded.uri(path));
                assertThat(file.statusCode()).as(path).isEqualTo(200);
                assertThat(file.headers().firstValue("Content-Security-Policy"))
                        .hasValueSatisfying(policy -> assertThat(policy)
                                .contains("default-src 'none'", "require-trusted-types-for 'script'")
                                .doesNotContain("unsafe", "data:", "http"));
            }
            for (String path :
                    List.of("/status", "/status/history", "/status/messages", "/status/message?id=" + "0".repeat(26))) {
                assertThat(status(guarded.uri(path), guarded, "nobody's"))
                        .as(path)
                        .isEqualTo(401);
                assertThat(status(guarded.uri(path), guarded, Callers.SHOP_KEY))
                        .as(path)
                        .isEqualTo(403);
                assertThat(status(guarded.uri(path), guarded, Callers.OPERATOR_KEY))
                        .as(path)
                        .isEqualTo(200);
            }
        }
    }

    private static int status(URI uri, RunningTandem of, String key) {
        return of.send(HttpRequest.newBuilder(uri).header("X-Api-Key", key).build())
                .statusCode();
    }

    @Test
    void nothingIsServedWhenItIsTurnedOff() {
        try (RunningTandem without = RunningTandem.start(settings(Map.of("tandem.status-page", "false")))) {
            assertThat(without.postJson("{}").statusCode()).isEqualTo(200);
            for (String path : List.of("/", "/status", "/status/messages", "/status/main.js")) {
                assertThat(without.get(without.uri(path)).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(without.get(without.uri("/openapi.json")).body()).doesNotContain("/status");
        }
    }
}
