package io.tandem.openapi;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.serviceUnavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.RawHttp;
import io.tandem.support.RemovedTarget;
import io.tandem.support.RunningTandem;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every status that the document has is really answered, and as the document says. */
class EveryStatusTest {
    private static final String SEND = "post /messages";
    private static final String LIST = "get /messages";
    private static final String SHOW = "get /messages/{id}";
    private static final String REPLAY = "post /messages/{id}/replay";

    private static final String NO_ID = "01JD8X4Q6T3K5M7N9P0R2S4V6W";

    /** A call that ends in a certain status. */
    private interface Way {
        Contract.Answer go() throws Exception;
    }

    @TempDir
    private static Path folder;

    private static Instance instance;
    private static Instance broken;
    private static Instance small;
    private static Contract contract;
    private static String id;
    private static Map<String, Way> ways;

    @BeforeAll
    static void start() throws Exception {
        instance = Instance.start(
                Map.of("tandem.http.read-timeout", "500ms", "tandem.journal.url", RemovedTarget.journalIn(folder)));
        broken = Instance.startBroken(folder);
        small = Instance.start(Map.of("tandem.max-in-flight", "1"));
        contract = Contract.of(instance);
        instance.targetAnswers("api-one", okJson("{\"taken\":true}"));
        instance.targetAnswers("api-two", okJson("[1,\"2\"]"));
        small.targetAnswers("api-one", okJson("{}").withFixedDelay(2500));
        small.targetAnswers("api-two", okJson("{}"));
        HttpResponse<String> sent = instance.send("/messages", post("{}", "Prefer", "wait=10"));
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        id = RunningTandem.json(sent).path("id").asText();
        ways = ways();
    }

    @AfterAll
    static void stop() {
        small.close();
        broken.close();
        instance.close();
    }

    @BeforeEach
    void bothAnswer() {
        instance.targetAnswers("api-one", okJson("{\"taken\":true}"));
        instance.targetAnswers("api-two", okJson("[1,\"2\"]"));
    }

    static Stream<Arguments> documented() {
        return contract.operations().entrySet().stream()
                .flatMap(operation -> Contract.names(operation.getValue().path("responses")).stream()
                        .map(status -> Arguments.of(operation.getKey(), Integer.parseInt(status))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("documented")
    void answerIsAsDocumented(String call, int status) throws Exception {
        Way way = ways.get(call + " " + status);
        assertThat(way).as("a way to get it").isNotNull();

        Contract.Answer answer = way.go();

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        contract.assertDocuments(call, answer);
    }

    @Test
    void everyWayIsDocumented() {
        assertThat(documented()
                        .map(arguments -> arguments.get()[0] + " " + arguments.get()[1]))
                .containsExactlyInAnyOrderElementsOf(ways.keySet());
    }

    @Test
    void messageThatWaitsIsDocumented() throws Exception {
        instance.targetAnswers("api-two", serviceUnavailable());
        HttpResponse<String> sent = instance.send("/messages", post("{}", "Prefer", "respond-async"));
        String path = "/messages/" + RunningTandem.json(sent).path("id").asText();
        HttpResponse<String> waiting =
                await().until(() -> instance.get(path), shown -> shown.body().contains("\"nextAttempt\""));

        contract.assertDocuments(SHOW, Contract.Answer.of(waiting));
        contract.assertDocuments(LIST, Contract.Answer.of(instance.get("/messages?limit=1&state=pending")));
        contract.assertDocuments(
                REPLAY, Contract.Answer.of(instance.send(path + "/replay", post("{\"targets\":[\"api-two\"]}"))));
        instance.targetAnswers("api-two", okJson("{}"));
        await().until(() -> instance.get(path).body().contains("\"state\":\"complete\""));
    }

    @Test
    void answerThatIsGivenAgainIsDocumented() throws Exception {
        HttpResponse<String> first = instance.send("/messages", post("{}", "Idempotency-Key", "again"));
        HttpResponse<String> second = instance.send("/messages", post("{}", "Idempotency-Key", "again"));

        assertThat(second.body()).isEqualTo(first.body());
        contract.assertDocuments(second);
    }

    @Test
    void refusalIsDocumentedWhenTheBacklogIsFull() throws Exception {
        try (Instance full = Instance.start(Map.of("tandem.journal.max-pending", "1"))) {
            full.targetAnswers("api-one", serviceUnavailable());
            full.targetAnswers("api-two", serviceUnavailable());
            assertThat(full.send("/messages", post("{}", "Prefer", "respond-async"))
                            .statusCode())
                    .isEqualTo(202);

            HttpResponse<String> refused = full.send("/messages", post("{}", "Prefer", "respond-async"));

            assertThat(refused.body()).contains("urn:tandem:problem:backlog-full");
            contract.assertDocuments(refused);
        }
    }

    private static Map<String, Way> ways() {
        Map<String, Way> all = new HashMap<>();
        String message = "/messages/" + id;
        String replay = message + "/replay";

        all.put(SEND + " 200", () -> answer("/messages", post("{}", "Prefer", "wait=10")));
        all.put(SEND + " 202", () -> answer("/messages", post("{}", "Prefer", "respond-async")));
        all.put(SEND + " 400", () -> answer("/messages", post("{}", "Idempotency-Key", "")));
        all.put(SEND + " 405", () -> answer("/messages", HttpRequest.Builder::DELETE));
        all.put(SEND + " 409", EveryStatusTest::inFlight);
        all.put(SEND + " 422", EveryStatusTest::keyOfAnother);
        all.put(SEND + " 502", () -> {
            instance.targetAnswers("api-two", serverError());
            return answer("/messages", post("{}"));
        });
        all.put(SEND + " 504", () -> {
            instance.targetAnswers("api-two", okJson("{}").withFixedDelay(20_000));
            return answer("/messages", post("{}"));
        });

        all.put(LIST + " 200", () -> answer("/messages?state=complete&target=api-one&limit=1", get()));
        all.put(LIST + " 400", () -> answer("/messages?limit=0", get()));

        all.put(SHOW + " 200", () -> answer(message, get()));
        all.put(SHOW + " 400", () -> answer(message, get("Content-Type", "nonsense")));
        all.put(SHOW + " 404", () -> answer("/messages/" + NO_ID, get()));

        all.put(REPLAY + " 202", () -> answer(replay, post("")));
        all.put(REPLAY + " 400", () -> answer(replay, post("{\"targets\":[\"api-nine\"]}")));
        all.put(
                REPLAY + " 409",
                () -> answer("/messages/" + RemovedTarget.MESSAGE + "/replay", post("{\"targets\":[\"api-three\"]}")));
        all.put(REPLAY + " 404", () -> answer("/messages/" + NO_ID + "/replay", post("")));

        Map.of(SEND, "/messages", LIST, "/messages", SHOW, message, REPLAY, replay)
                .forEach((call, path) -> {
                    boolean get = call.startsWith("get");
                    all.put(call + " 406", () -> answer(path, request(get, "Accept", "image/png")));
                    all.put(call + " 431", () -> answer(path, request(get, "X-Large", "x".repeat(20_000))));
                    all.put(call + " 500", () -> Contract.Answer.of(broken.send(path, request(get))));
                    all.put(call + " 503", () -> saturated(path, request(get)));
                    if (!get) {
                        all.put(call + " 408", () -> stalled(path));
                        all.put(call + " 413", () -> answer(path, post("x".repeat(Instance.MAX_BODY + 1))));
                        all.put(call + " 415", () -> answer(path, post("{}", "Content-Encoding", "gzip")));
                    }
                });
        for (String path : List.of("/status", "/status/history", "/status/messages", "/status/message")) {
            String call = "get " + path;
            String asked = path.equals("/status/message") ? path + "?id=" + id : path;
            all.put(call + " 200", () -> answer(asked, get()));
            all.put(call + " 431", () -> answer(asked, get("X-Large", "x".repeat(20_000))));
            all.put(call + " 503", () -> saturated(asked, get()));
        }
        all.put("get /status/message 400", () -> answer("/status/message?id=1", get()));
        return all;
    }

    private static Contract.Answer inFlight() throws Exception {
        instance.targetAnswers("api-two", okJson("{}").withFixedDelay(2000));
        int before = instance.received("api-two");
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> {
            try {
                return instance.send("/messages", post("{}", "Idempotency-Key", "slow"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> instance.received("api-two") > before);
        Contract.Answer second = answer("/messages", post("{}", "Idempotency-Key", "slow"));
        assertThat(first.join().statusCode()).isEqualTo(200);
        return second;
    }

    private static Contract.Answer keyOfAnother() throws Exception {
        assertThat(answer("/messages", post("{}", "Idempotency-Key", "mine")).status())
                .isEqualTo(200);
        return answer("/messages", post("[]", "Idempotency-Key", "mine"));
    }

    private static Contract.Answer stalled(String path) throws Exception {
        try (RawHttp connection = new RawHttp(instance.port())) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
            return Contract.Answer.of(connection.read());
        }
    }

    /** While another message takes the only place. */
    private static Contract.Answer saturated(String path, UnaryOperator<HttpRequest.Builder> request) throws Exception {
        int before = small.received("api-one");
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> {
            try {
                return small.send("/messages", post("{}"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(Duration.ofSeconds(5)).until(() -> small.received("api-one") > before);
        Contract.Answer second = Contract.Answer.of(small.send(path, request));
        first.join();
        return second;
    }

    private static Contract.Answer answer(String path, UnaryOperator<HttpRequest.Builder> request) throws Exception {
        return Contract.Answer.of(instance.send(path, request));
    }

    private static UnaryOperator<HttpRequest.Builder> request(boolean get, String... headers) {
        return get ? get(headers) : post("{}", headers);
    }

    private static UnaryOperator<HttpRequest.Builder> get(String... headers) {
        return builder -> headers.length == 0 ? builder : builder.headers(headers);
    }

    private static UnaryOperator<HttpRequest.Builder> post(String body, String... headers) {
        return builder -> {
            builder.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
            return headers.length == 0 ? builder : builder.headers(headers);
        };
    }
}
