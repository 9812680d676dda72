package io.tandem.demo;

import static io.tandem.demo.RunningDemo.BODY;
import static io.tandem.demo.RunningDemo.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoApiTest {
    @RegisterExtension
    final RunningDemo running = new RunningDemo(Map.of());

    @Test
    void eachConfirmsInItsOwnWordsWhenTheTokenIsGood() {
        HttpResponse<String> one = running.send(running.order(Demo.API_ONE, running.token(Demo.API_ONE))
                .setHeader("Tandem-Message-Id", "01J")
                .build());
        HttpResponse<String> two = running.send(running.order(Demo.API_TWO, running.token(Demo.API_TWO))
                .setHeader("Tandem-Message-Id", "01J")
                .build());

        assertThat(one.statusCode()).isEqualTo(200);
        assertThat(one.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(json(one).get("orderId").textValue()).startsWith("order-");
        assertThat(json(one).at("/received/bytes").intValue()).isEqualTo(BODY.length());
        assertThat(json(one).at("/received/contentType").textValue()).isEqualTo("application/json");
        assertThat(json(one).get("messageId").textValue()).isEqualTo("01J");
        assertThat(two.statusCode()).isEqualTo(200);
        assertThat(json(two).at("/shipment/id").textValue()).startsWith("shipment-");
        assertThat(json(two).get("bytesReceived").intValue()).isEqualTo(BODY.length());
        assertThat(json(two).get("reference").textValue()).isEqualTo("01J");
    }

    @Test
    void refusesWhenThereIsNoToken() {
        HttpResponse<String> reply = running.send(running.request(Demo.API_ONE, "/orders")
                .POST(BodyPublishers.ofString(BODY))
                .build());

        assertThat(reply.statusCode()).isEqualTo(401);
        // RFC 6750 §3.1
        assertThat(reply.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"api-one\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer forged", "Bearer ", "Bearer", "Basic dGFuZGVtOng="})
    void refusesWhenTheTokenIsForeign(String authorization) {
        assertInvalidToken(running.send(running.order(Demo.API_ONE, "")
                .setHeader("Authorization", authorization)
                .build()));
    }

    @Test
    void refusesWhenTheTokenIsForTheOtherApi() {
        assertInvalidToken(running.send(
                running.order(Demo.API_ONE, running.token(Demo.API_TWO)).build()));
    }

    @Test
    void refusesWhenTheTokenHasExpired() {
        String token = running.token(Demo.API_ONE);

        running.clock.advance(Duration.ofSeconds(59));
        assertThat(order(token).statusCode()).isEqualTo(200);
        running.clock.advance(Duration.ofSeconds(1));
        assertInvalidToken(order(token));
    }

    @Test
    void refusesWhenTheTokenIsAnotherDemos() {
        try (Demo other = Demo.start(DemoSettings.parse(RunningDemo.freePorts()))) {
            assertThat(other.configuration().get("target.api-one.oauth.client-secret"))
                    .isNotEqualTo(running.configured(Demo.API_ONE, "oauth.client-secret"));
            HttpResponse<String> reply = running.send(running.order(Demo.API_ONE, running.token(Demo.API_ONE))
                    .uri(other.url(Demo.API_ONE).resolve("/orders"))
                    .build());
            assertInvalidToken(reply);
        }
    }

    private static void assertInvalidToken(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(reply.headers().firstValue("WWW-Authenticate"))
                .contains("Bearer error=\"invalid_token\", realm=\"api-one\"");
        assertThat(json(reply).get("error").textValue()).isEqualTo("invalid_token");
    }

    private HttpResponse<String> order(String token) {
        return running.send(running.order(Demo.API_ONE, token).build());
    }

    private HttpResponse<String> order(String token, String idempotencyKey) {
        return running.send(running.order(Demo.API_ONE, token)
                .setHeader("Idempotency-Key", idempotencyKey)
                .build());
    }

    @Test
    void answersTheSameWhenTheKeyIsRepeated() {
        String token = running.token(Demo.API_ONE);

        String first = order(token, "k1").body();

        assertThat(order(token, "k1").body()).isEqualTo(first);
        assertThat(order(token, "k2").body()).isNotEqualTo(first);
        assertThat(order(token).body()).isNotEqualTo(order(token).body());
    }

    @Test
    void takesOneOrderWhenTheKeyIsRepeatedAtTheSameMoment() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"latencyMs\":50}");

        List<CompletableFuture<HttpResponse<String>>> replies = IntStream.range(0, 8)
                .mapToObj(i -> running.http()
                        .sendAsync(
                                running.order(Demo.API_ONE, token)
                                        .setHeader("Idempotency-Key", "k")
                                        .build(),
                                BodyHandlers.ofString()))
                .toList();

        assertThat(replies.stream().map(reply -> reply.join().body()).distinct())
                .hasSize(1);
    }

    @Test
    void remembersNoKeyWhenItFailed() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"failureRate\":1}");
        assertThat(order(token, "k").statusCode()).isEqualTo(503);

        running.behave(Demo.API_ONE, "{\"failureRate\":0}");
        assertThat(order(token, "k").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesWhenTheKeyIsTooLong() {
        assertThat(order(running.token(Demo.API_ONE), "k".repeat(256)).statusCode())
                .isEqualTo(400);
    }

    @Test
    void takesItsTimeWhenLatencyIsSet() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"latencyMs\":200,\"jitterMs\":20}");

        long start = System.nanoTime();
        assertThat(order(token).statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void waitsWithoutThreadsWhenManyWait() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"latencyMs\":300}");

        long start = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> replies = IntStream.range(0, 100)
                .mapToObj(i -> running.http()
                        .sendAsync(running.order(Demo.API_ONE, token).build(), BodyHandlers.ofString()))
                .toList();

        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.join().statusCode()).isEqualTo(200));
        // one after the other they would take 30 s
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void failsAsOftenAsItWasTold() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"failureRate\":0.5}");

        long failed = IntStream.range(0, 200)
                .filter(i -> order(token).statusCode() == 503)
                .count();

        assertThat(failed).isBetween(40L, 160L);
    }

    @Test
    void answersNothingWhileItHangs() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"mode\":\"hang\"}");

        CompletableFuture<HttpResponse<String>> reply =
                running.http().sendAsync(running.order(Demo.API_ONE, token).build(), BodyHandlers.ofString());

        await().until(() ->
                running.ledger(Demo.API_ONE).at("/entries/0/what").asText().equals("hanging"));
        assertThat(running.ledger(Demo.API_ONE).at("/entries/0").has("status")).isFalse();
        assertThat(reply).isNotDone();
        running.demo().close();
        await().until(reply::isDone);
    }

    @Test
    void takesTheOrderButBreaksOffTheReplyInGarbageMode() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"mode\":\"garbage\"}");
        HttpResponse<String> garbage = order(token, "k");

        assertThat(garbage.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> Reply.JSON.readTree(garbage.body())).isInstanceOf(JsonProcessingException.class);

        running.behave(Demo.API_ONE, "{\"mode\":\"ok\"}");
        assertThat(order(token, "k").body()).startsWith(garbage.body());
    }

    @Test
    void findsEveryTokenInvalidInRefuseTokenMode() {
        String token = running.token(Demo.API_ONE);
        running.behave(Demo.API_ONE, "{\"mode\":\"refuse-token\"}");

        assertInvalidToken(order(token));
    }

    @Test
    void changesOnlyWhatIsNamed() {
        running.behave(Demo.API_ONE, "{\"latencyMs\":7,\"mode\":\"garbage\"}");
        HttpResponse<String> changed = running.behave(Demo.API_ONE, "{\"failureRate\":0.5}");
        HttpResponse<String> shown =
                running.send(running.request(Demo.API_ONE, "/behaviour").build());

        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(shown.body())
                .isEqualTo(changed.body())
                .isEqualTo("{\"latencyMs\":7,\"jitterMs\":0,\"failureRate\":0.5,\"mode\":\"garbage\"}");
        assertThat(running.send(running.request(Demo.API_TWO, "/behaviour").build())
                        .body())
                .contains("\"mode\":\"ok\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"latencyMs\":-1} | latencyMs=-1: expected a whole number from 0 to 60000",
                "{\"latencyMs\":60001} | latencyMs=60001: expected",
                "{\"jitterMs\":1.5} | jitterMs=1.5: expected",
                "{\"failureRate\":2} | failureRate=2: expected a number from 0 to 1",
                "{\"failureRate\":\"0.1\"} | failureRate=\"0.1\": expected",
                "{\"mode\":\"sulk\"} | mode=\"sulk\": expected one of ok, hang, garbage, refuse-token",
                "{\"mode\":null} | mode=null: expected",
                "{\"speed\":1} | unknown member 'speed': expected latencyMs, jitterMs, failureRate, mode",
                "[] | not a JSON object",
                "{\"mode\":\"ok\"}{} | not a JSON object",
                "mode=ok | not a JSON object",
            })
    void saysWhatIsExpectedWhenAChangeIsWrong(String change, String expected) {
        String before = running.send(running.request(Demo.API_ONE, "/behaviour").build())
                .body();

        HttpResponse<String> reply = running.behave(Demo.API_ONE, change);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(json(reply).get("error_description").textValue()).contains(expected);
        assertThat(running.send(running.request(Demo.API_ONE, "/behaviour").build())
                        .body())
                .isEqualTo(before);
    }

    @Test
    void startsWithTheSettings() {
        Map<String, String> properties = RunningDemo.freePorts();
        properties.put("demo.api-two.failure-rate", "1");
        properties.put("demo.api-two.latency", "7ms");
        try (Demo demo = Demo.start(DemoSettings.parse(properties))) {
            HttpResponse<String> reply = running.send(running.request(Demo.API_ONE, "/behaviour")
                    .uri(demo.url(Demo.API_TWO).resolve("/behaviour"))
                    .build());
            assertThat(reply.body()).isEqualTo("{\"latencyMs\":7,\"jitterMs\":10,\"failureRate\":1.0,\"mode\":\"ok\"}");
        }
    }

    @Test
    void writesEachRequestIntoItsLedger() {
        String token = running.token(Demo.API_ONE);
        running.send(running.order(Demo.API_ONE, token)
                .setHeader("Idempotency-Key", "k")
                .setHeader("Tandem-Message-Id", "01J")
                .build());
        order(token, "k");
        order("forged");

        JsonNode ledger = running.ledger(Demo.API_ONE);

        assertThat(ledger.get("total").intValue()).isEqualTo(3);
        assertThat(ledger.get("entries").findValuesAsText("what")).containsExactly("bad token", "repeated", "accepted");
        assertThat(ledger.get("entries").findValuesAsText("status")).containsExactly("401", "200", "200");
        JsonNode first = ledger.at("/entries/2");
        assertThat(first.get("time").textValue()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(first.get("idempotencyKey").textValue()).isEqualTo("k");
        assertThat(first.get("messageId").textValue()).isEqualTo("01J");
        assertThat(first.get("bytes").intValue()).isEqualTo(BODY.length());
        assertThat(ledger.toString()).doesNotContain(token);
        assertThat(running.ledger(Demo.API_TWO).get("total").intValue()).isZero();
    }

    @Test
    void forgetsTheOldestInTheLedger() {
        for (int i = 0; i < 205; i++) {
            order("forged");
        }

        JsonNode ledger = running.ledger(Demo.API_ONE);

        assertThat(ledger.get("total").intValue()).isEqualTo(205);
        assertThat(ledger.get("entries")).hasSize(200);
    }

    @Test
    void tellsNothingBackOfTheRequestsHead() {
        HttpResponse<String> reply = running.send(running.order(Demo.API_ONE, running.token(Demo.API_ONE))
                .setHeader("Idempotency-Key", "k")
                .setHeader("X-Anything", "x")
                .build());

        assertThat(reply.headers().map()).containsOnlyKeys("content-type", "content-length");
    }
}
