package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.serviceUnavailable;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.support.Logs;
import io.tandem.support.RemovedTarget;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefer, Idempotency-Key, redelivery and replay, from HTTP to the targets and back. */
class GuaranteedDeliveryTest {
    private static final String BODY = "{\"order\":1}";

    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new HashMap<>(targets.settings());

    @TempDir
    private Path folder;

    GuaranteedDeliveryTest() {
        for (String target : List.of("api-one", "api-two")) {
            settings.put("target." + target + ".redelivery.min-backoff", "50ms");
            settings.put("target." + target + ".redelivery.max-backoff", "200ms");
        }
    }

    @AfterEach
    void stop() {
        targets.close();
    }

    @Test
    void messageIsTakenAndDeliveredWhenTheCallerDoesNotWait() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> taken = tandem.postJson(BODY, "Prefer", "respond-async");

            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
            assertThat(taken.headers().firstValue("preference-applied")).hasValue("respond-async");
            String id = taken.headers().firstValue("tandem-message-id").orElseThrow();
            assertThat(taken.headers().firstValue("location")).hasValue("/messages/" + id);
            assertThat(RunningTandem.json(taken).path("state").asText()).isEqualTo("pending");

            JsonNode message = awaitState(tandem, id, "complete");
            assertThat(message.at("/deliveries/api-one/outcome").asText()).isEqualTo("delivered");
            assertThat(message.at("/deliveries/api-two/body/from").asText()).isEqualTo("two");
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(targets.received("api-two")).hasSize(1);
            assertThat(targets.received("api-one").get(0).getBodyAsString()).isEqualTo(BODY);
            assertThat(targets.received("api-one").get(0).getHeader("Content-Type"))
                    .isEqualTo("application/json");
        }
    }

    @Test
    void answerIsTheSameByteForByteWhenTheKeyComesAgain() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> first = tandem.postJson(BODY, "Idempotency-Key", "order-1");
            HttpResponse<String> second = tandem.postJson(BODY, "Idempotency-Key", "order-1");
            HttpResponse<String> quoted = tandem.postJson(BODY, "Idempotency-Key", "\"order-1\"");

            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
            assertThat(RunningTandem.json(first).path("outcome").asText()).isEqualTo("complete");
            for (HttpResponse<String> again : List.of(second, quoted)) {
                assertThat(again.statusCode()).isEqualTo(200);
                assertThat(again.body()).isEqualTo(first.body());
                for (String header : List.of("content-type", "tandem-message-id", "tandem-outcome", "server-timing")) {
                    assertThat(again.headers().firstValue(header))
                            .as(header)
                            .isEqualTo(first.headers().firstValue(header));
                }
            }
            assertThat(targets.received()).hasSize(2);
        }
    }

    @Test
    void keyIsRefusedWhenItBelongsToAnotherBodyOrContentType() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            tandem.postJson(BODY, "Idempotency-Key", "k");

            HttpResponse<String> otherBody = tandem.postJson("{\"order\":2}", "Idempotency-Key", "k");
            HttpResponse<String> otherType = tandem.post("text/plain", BODY, "Idempotency-Key", "k");

            for (HttpResponse<String> refused : List.of(otherBody, otherType)) {
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
                assertThat(RunningTandem.json(refused).path("type").asText())
                        .isEqualTo("urn:tandem:problem:idempotency-key-reused");
            }
            assertThat(targets.received()).hasSize(2);
        }
    }

    @Test
    void keyIsRefusedWhenItsMessageIsInFlight() {
        targets.answers("api-one", okJson("{}").withFixedDelay(1500));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            CompletableFuture<HttpResponse<String>> first =
                    CompletableFuture.supplyAsync(() -> tandem.postJson(BODY, "Idempotency-Key", "k"));
            await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == 1);

            HttpResponse<String> second = tandem.postJson(BODY, "Idempotency-Key", "k");

            assertThat(second.statusCode()).as(second.body()).isEqualTo(409);
            assertThat(RunningTandem.json(second).path("type").asText()).isEqualTo("urn:tandem:problem:in-flight");
            assertThat(second.headers().firstValue("retry-after")).isPresent();
            assertThat(first.join().statusCode()).isEqualTo(200);
            assertThat(targets.received("api-one")).hasSize(1);
        }
    }

    @Test
    void oneOfManyIsSentWhenTheSameKeyComesAtTheSameMoment() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(CompletableFuture.supplyAsync(() -> tandem.postJson(BODY, "Idempotency-Key", "k")));
            }

            assertThat(calls)
                    .allSatisfy(call -> assertThat(call.join().statusCode()).isIn(200, 409));
            assertThat(calls)
                    .anySatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(targets.received("api-two")).hasSize(1);
        }
    }

    @Test
    void onlyWhatWasNotDeliveredIsSentWhenTheKeyComesAgain() {
        targets.answers("api-two", serviceUnavailable());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> first = tandem.postJson(BODY, "Idempotency-Key", "k");
            assertThat(first.statusCode()).isEqualTo(502);
            String id = first.headers().firstValue("tandem-message-id").orElseThrow();
            assertThat(message(tandem, id).path("state").asText()).isEqualTo("partial");
            targets.answers("api-two", okJson("{\"from\":\"two\"}"));

            HttpResponse<String> second = tandem.postJson(BODY, "Idempotency-Key", "k");

            assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
            assertThat(RunningTandem.json(second).path("outcome").asText()).isEqualTo("complete");
            assertThat(RunningTandem.json(second).path("id").asText()).isEqualTo(id);
            assertThat(RunningTandem.json(second)
                            .at("/replies/api-one/body/from")
                            .asText())
                    .isEqualTo("one");
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(targets.received("api-two")).hasSize(2);
            assertThat(keys("api-two")).hasSize(1);
            assertThat(message(tandem, id).path("state").asText()).isEqualTo("complete");
            assertThat(message(tandem, id).at("/deliveries/api-two/attempts").asInt())
                    .isEqualTo(2);
            assertThat(tandem.postJson(BODY, "Idempotency-Key", "k").body()).isEqualTo(second.body());
        }
    }

    @Test
    void deliveryIsMadeLaterWhenItsTargetIsDown() {
        targets.answers("api-two", serviceUnavailable());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = sendAsync(tandem);
            await().atMost(10, SECONDS).until(() -> targets.received("api-two").size() >= 3);
            assertThat(message(tandem, id).path("state").asText()).isEqualTo("pending");
            assertThat(message(tandem, id)
                            .at("/deliveries/api-two/problem/type")
                            .asText())
                    .isEqualTo("urn:tandem:problem:target-failed");

            targets.answers("api-two", okJson("{}"));

            awaitState(tandem, id, "complete");
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(keys("api-two")).hasSize(1);
        }
    }

    @Test
    void nothingIsLostWhenTandemEndsBetweenTheTwo() {
        settings.put("tandem.journal.url", "jdbc:sqlite:" + folder.resolve("journal.db"));
        targets.answers("api-two", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        String id;
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            id = sendAsync(tandem);
            await().atMost(10, SECONDS).until(() -> targets.received("api-two").size() >= 1);
        }
        targets.answers("api-two", okJson("{}"));

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            JsonNode message = awaitState(tandem, id, "complete");

            assertThat(message.path("contentType").asText()).isEqualTo("application/json");
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(keys("api-two")).containsExactly(id + "-api-two");
            assertThat(targets.received("api-two"))
                    .allSatisfy(request -> assertThat(request.getBodyAsString()).isEqualTo(BODY));
        }
    }

    @Test
    void deliveryIsDeadWhenTheTargetSaysNoAndIsMadeWhenReplayed() {
        targets.answers("api-one", aResponse().withStatus(422).withBody("no such customer"));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = sendAsync(tandem);
            JsonNode message = awaitState(tandem, id, "partial");
            assertThat(message.at("/deliveries/api-one/state").asText()).isEqualTo("dead");
            assertThat(message.at("/deliveries/api-one/outcome").asText()).isEqualTo("rejected");
            assertThat(targets.received("api-one")).hasSize(1);
            targets.answers("api-one", okJson("{}"));

            HttpResponse<String> replayed = replay(tandem, id, "{\"targets\":[\"api-one\"]}");

            assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(202);
            awaitState(tandem, id, "complete");
            assertThat(targets.received("api-one")).hasSize(2);
            assertThat(targets.received("api-two")).hasSize(1);
        }
    }

    @Test
    void deliveryWaitsForATargetThatWasRemoved() throws Exception {
        settings.put("tandem.journal.url", RemovedTarget.journalIn(folder));
        settings.put("tandem.journal.sync", "true");
        settings.put("tandem.journal.max-pending", "1");
        String id = RemovedTarget.MESSAGE;
        try (Logs logs = new Logs(Map.of("io.tandem.delivery", Level.INFO));
                RunningTandem tandem = RunningTandem.start(settings)) {
            await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == 1);
            JsonNode waiting = message(tandem, id);
            assertThat(waiting.path("state").asText()).isEqualTo("pending");
            assertThat(waiting.at("/deliveries/api-three/state").asText()).isEqualTo("pending");
            assertThat(waiting.at("/deliveries/api-three/targetRemoved").asBoolean())
                    .isTrue();
            assertThat(waiting.at("/deliveries/api-one").has("targetRemoved")).isFalse();
            assertThat(logs.of("io.tandem.delivery"))
                    .filteredOn(line -> line.contains("not configured"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN 1 deliveries wait for targets that are not configured (api-three: 1)");

            HttpResponse<String> ready = tandem.get(tandem.managementUri("/observe/health/ready"));
            assertThat(ready.body()).contains("target api-three", "1 deliveries wait for it");

            HttpResponse<String> replayed = replay(tandem, id, "{\"targets\":[\"api-three\"]}");
            assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(409);
            assertThat(RunningTandem.json(replayed).path("type").asText())
                    .isEqualTo("urn:tandem:problem:target-removed");
            assertThat(RunningTandem.json(replayed).path("detail").asText()).contains("api-three");
            assertThat(replay(tandem, id, "").statusCode()).isEqualTo(409);

            // it takes no place in the backlog, and is still there when its caller comes again
            await().atMost(30, SECONDS)
                    .until(() -> tandem.get(tandem.managementUri("/observe/health/ready"))
                                    .statusCode()
                            == 200);
            assertThat(tandem.postJson(BODY, "Idempotency-Key", "other").statusCode())
                    .isEqualTo(200);
            tandem.postJson(BODY, "Idempotency-Key", "key-of-removed");
            assertThat(message(tandem, id).at("/deliveries/api-three/state").asText())
                    .isEqualTo("pending");
            assertThat(targets.received("api-one")).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"targets\":[\"api-three\"]}",
                "{\"targets\":[]}",
                "{\"x\":1}",
                "{\"targets\":\"api-one\"}",
                "{"
            })
    void replayIsRefusedWhenItsBodyIsWrong(String body) {
        targets.answers("api-one", aResponse().withStatus(422));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = sendAsync(tandem);
            awaitState(tandem, id, "partial");

            assertThat(replay(tandem, id, body).statusCode()).isEqualTo(400);

            assertThat(message(tandem, id).path("state").asText()).isEqualTo("partial");
        }
    }

    @Test
    void unknownDeliveryIsNotRepeatedWhenTheTargetIsNotIdempotent() {
        settings.put("target.api-one.idempotent", "false");
        targets.answers("api-one", aResponse().withFault(Fault.EMPTY_RESPONSE));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = sendAsync(tandem);

            JsonNode message = awaitState(tandem, id, "partial");

            assertThat(message.at("/deliveries/api-one/state").asText()).isEqualTo("dead");
            assertThat(message.at("/deliveries/api-one/problem/type").asText())
                    .isEqualTo("urn:tandem:problem:delivery-unknown");
            assertThat(targets.received("api-one")).hasSize(1);
        }
    }

    @Test
    void certainlyNotProcessedDeliveryIsRepeatedThoughTheTargetIsNotIdempotent() throws Exception {
        int port;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        settings.put("target.api-one.idempotent", "false");
        settings.put("target.api-one.url", "http://127.0.0.1:" + port + "/api-one");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = sendAsync(tandem);

            await().atMost(10, SECONDS)
                    .until(() -> message(tandem, id)
                                    .at("/deliveries/api-one/attempts")
                                    .asInt()
                            >= 3);

            assertThat(message(tandem, id).at("/deliveries/api-one/state").asText())
                    .isEqualTo("pending");
        }
    }

    @Test
    void mergedReplyIsTheAnswerWhenItComesWithinTheWait() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(BODY, "Prefer", "wait=5");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("preference-applied")).hasValue("wait=5");
            assertThat(RunningTandem.json(answer).path("outcome").asText()).isEqualTo("complete");
            String id = RunningTandem.json(answer).path("id").asText();
            assertThat(message(tandem, id).path("state").asText()).isEqualTo("complete");
        }
    }

    @Test
    void whatIsThereIsTheAnswerWhenTheWaitIsOverAndTheRestGoesOn() {
        targets.answers("api-two", okJson("{}").withFixedDelay(2500));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(BODY, "Prefer", "wait=1");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            JsonNode message = RunningTandem.json(answer);
            assertThat(message.at("/deliveries/api-one/outcome").asText()).isEqualTo("delivered");
            assertThat(message.at("/deliveries/api-two/inFlight").asBoolean()).isTrue();
            awaitState(tandem, message.path("id").asText(), "complete");
            assertThat(targets.received("api-two")).hasSize(1);
        }
    }

    @Test
    void messageGoesOnAfterTheReplyWhenThatIsSet() {
        settings.put("tandem.redelivery.after-reply", "true");
        targets.answers("api-two", serverError());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(BODY);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            assertThat(RunningTandem.json(answer)
                            .at("/deliveries/api-one/body/from")
                            .asText())
                    .isEqualTo("one");
            targets.answers("api-two", okJson("{}"));

            awaitState(tandem, RunningTandem.json(answer).path("id").asText(), "complete");
            assertThat(targets.received("api-one")).hasSize(1);
        }
    }

    @Test
    void messagesComeInTheirOrderWhenTheTargetIsOrdered() {
        settings.put("target.api-two.ordered", "true");
        targets.server()
                .stubFor(post(urlPathEqualTo("/api-two"))
                        .inScenario("late")
                        .whenScenarioStateIs(Scenario.STARTED)
                        .willReturn(serviceUnavailable())
                        .willSetStateTo("second"));
        targets.server()
                .stubFor(post(urlPathEqualTo("/api-two"))
                        .inScenario("late")
                        .whenScenarioStateIs("second")
                        .willReturn(serviceUnavailable())
                        .willSetStateTo("there"));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ids.add(sendAsync(tandem));
            }
            ids.forEach(id -> awaitState(tandem, id, "complete"));

            List<String> order = targets.received("api-two").stream()
                    .map(request -> request.getHeader("Tandem-Message-Id"))
                    .toList();
            assertThat(order.subList(0, 3)).containsOnly(ids.get(0));
            assertThat(order.subList(2, 12)).isEqualTo(ids);
            assertThat(targets.received("api-one")).hasSize(10);
        }
    }

    @Test
    void callerWhoWaitsGetsTheReplyOfAnOrderedTarget() {
        settings.put("target.api-two.ordered", "true");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(BODY, "Idempotency-Key", "k");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(RunningTandem.json(answer)
                            .at("/replies/api-two/body/from")
                            .asText())
                    .isEqualTo("two");
        }
    }

    @Test
    void newWorkIsRefusedWhenTheBacklogIsFull() {
        settings.put("tandem.journal.max-pending", "3");
        targets.answers("api-two", serviceUnavailable());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ids.add(sendAsync(tandem));
            }

            HttpResponse<String> refused = tandem.postJson(BODY, "Prefer", "respond-async");

            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(RunningTandem.json(refused).path("type").asText()).isEqualTo("urn:tandem:problem:backlog-full");
            targets.answers("api-two", okJson("{}"));
            ids.forEach(id -> awaitState(tandem, id, "complete"));
            await().atMost(10, SECONDS)
                    .until(() ->
                            tandem.postJson(BODY, "Prefer", "respond-async").statusCode() == 202);
        }
    }

    @Test
    void otherTargetGetsItsMessagesAtOnceWhenOneIsDown() {
        settings.put("target.api-two.redelivery.concurrency", "2");
        targets.answers("api-two", aResponse().withFixedDelay(60_000));
        settings.put("target.api-two.timeout", "5s");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 50; i++) {
                sendAsync(tandem);
            }

            await().atMost(5, SECONDS).until(() -> targets.received("api-one").size() == 50);
        }
    }

    @Test
    void nothingIsJournaledWhenNobodyAskedForIt() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = RunningTandem.json(tandem.postJson(BODY)).path("id").asText();

            assertThat(tandem.get(tandem.uri("/messages/" + id)).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void everyMessageIsJournaledWhenThatIsSet() {
        settings.put("tandem.journal.sync", "true");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String id = RunningTandem.json(tandem.postJson(BODY)).path("id").asText();

            assertThat(message(tandem, id).path("state").asText()).isEqualTo("complete");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "a\tb", "a\"b", "a\\b"})
    void keyIsRefusedWhenItIsNone(String key) {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson(BODY, "Idempotency-Key", key).statusCode())
                    .isEqualTo(400);
            assertThat(targets.received()).isEmpty();
        }
    }

    @Test
    void keyIsRefusedWhenItIsTooLongOrThereAreTwo() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson(BODY, "Idempotency-Key", "k".repeat(256)).statusCode())
                    .isEqualTo(400);
            assertThat(tandem.postJson(BODY, "Idempotency-Key", "a", "Idempotency-Key", "b")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(tandem.postJson(BODY, "Idempotency-Key", "k".repeat(255)).statusCode())
                    .isEqualTo(200);
        }
    }

    private static String sendAsync(RunningTandem tandem) {
        HttpResponse<String> taken = tandem.postJson(BODY, "Prefer", "respond-async");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        return RunningTandem.json(taken).path("id").asText();
    }

    private static JsonNode message(RunningTandem tandem, String id) {
        HttpResponse<String> response = tandem.get(tandem.uri("/messages/" + id));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningTandem.json(response);
    }

    private static JsonNode awaitState(RunningTandem tandem, String id, String state) {
        return await().atMost(20, SECONDS).until(() -> message(tandem, id), message -> message.path("state")
                .asText()
                .equals(state));
    }

    private static HttpResponse<String> replay(RunningTandem tandem, String id, String body) {
        return tandem.send(HttpRequest.newBuilder(tandem.uri("/messages/" + id + "/replay"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private List<String> keys(String target) {
        return targets.received(target).stream()
                .map((LoggedRequest request) -> request.getHeader("Idempotency-Key"))
                .distinct()
                .toList();
    }
}
