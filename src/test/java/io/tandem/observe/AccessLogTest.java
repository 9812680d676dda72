package io.tandem.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tandem.config.Settings;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.support.Logs;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One line per message, and nothing in it that a caller or a target has written. */
class AccessLogTest {
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String ULID = "[0-9A-HJKMNP-TV-Z]{26}";

    private final StubTargets targets = new StubTargets();
    private Logs logs;

    @BeforeEach
    void listen() {
        logs = new Logs(Map.of("io.tandem", Level.INFO));
    }

    @AfterEach
    void stop() {
        logs.close();
        targets.close();
    }

    private RunningTandem tandem(String format) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.access-log", format);
        settings.put("tandem.http.forward-headers", "X-Tenant");
        return RunningTandem.start(settings);
    }

    private List<String> lines(int count) {
        return lines("io.tandem.access", count);
    }

    private List<String> lines(String logger, int count) {
        return await().until(() -> logs.of(logger), lines -> lines.size() == count);
    }

    private JsonNode json(int number) {
        return RunningTandem.json(
                lines("io.tandem.access.json", number).get(number - 1).substring("INFO ".length()));
    }

    @Test
    void lineTellsWhatCameOfTheMessageWhenItIsText() {
        targets.answers("api-two", aResponse().withStatus(422));
        try (RunningTandem tandem = tandem("text")) {
            HttpResponse<String> reply = tandem.postJson("{}");

            String id = reply.headers().firstValue("tandem-message-id").orElseThrow();
            assertThat(lines(1))
                    .singleElement()
                    .asString()
                    .matches("INFO " + id + " http partial not-met \\d+ms api-one=delivered/200/1/\\d+ms"
                            + " api-two=rejected/422/1/\\d+ms/target-rejected");

            tandem.postJson("{");
            assertThat(lines(2).get(1)).matches("INFO " + ULID + " http refused 400 urn:tandem:problem:malformed-json");
        }
    }

    @Test
    void lineTellsWhatCameOfTheMessageWhenItIsJson() {
        targets.answers("api-two", aResponse().withFault(Fault.EMPTY_RESPONSE));
        try (RunningTandem tandem = tandem("json")) {
            HttpResponse<String> reply =
                    tandem.postJson("{}", "traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-00");

            JsonNode line = json(1);
            assertThat(line.fieldNames())
                    .toIterable()
                    .containsExactly("time", "id", "entry", "outcome", "tookMs", "traceId", "policyMet", "targets");
            assertThat(Instant.parse(line.path("time").asText())).isBefore(Instant.now());
            assertThat(line.path("traceId").asText()).isEqualTo(TRACE_ID);
            assertThat(line.path("id").asText())
                    .isEqualTo(reply.headers().firstValue("tandem-message-id").orElseThrow());
            assertThat(line.path("entry").asText()).isEqualTo("http");
            assertThat(line.path("outcome").asText()).isEqualTo("partial");
            assertThat(line.path("policyMet").isBoolean()).isTrue();
            assertThat(line.path("tookMs").isIntegralNumber()).isTrue();
            assertThat(line.path("targets").fieldNames()).toIterable().containsExactly("api-one", "api-two");
            assertThat(line.at("/targets/api-one").fieldNames())
                    .toIterable()
                    .containsExactly("outcome", "status", "attempts", "tookMs");
            assertThat(line.at("/targets/api-one/outcome").asText()).isEqualTo("delivered");
            assertThat(line.at("/targets/api-one/status").asInt()).isEqualTo(200);
            assertThat(line.at("/targets/api-two/outcome").asText()).isEqualTo("failed");
            assertThat(line.at("/targets/api-two/status").asInt()).isZero();
            assertThat(line.at("/targets/api-two/problem").asText()).startsWith("urn:tandem:problem:");

            tandem.postJson("{");
            JsonNode refused = json(2);
            assertThat(refused.fieldNames())
                    .toIterable()
                    .containsExactly("time", "id", "entry", "outcome", "tookMs", "problem", "status");
            assertThat(refused.path("id").asText()).matches(ULID);
            assertThat(refused.path("problem").asText()).isEqualTo("urn:tandem:problem:malformed-json");
        }
    }

    @Test
    void lineIsOfTheElasticCommonSchemaWhenItIsWanted() {
        targets.answers("api-two", aResponse().withStatus(422));
        try (RunningTandem tandem = tandem("ecs")) {
            HttpResponse<String> reply =
                    tandem.postJson("{}", "traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-00");

            JsonNode line = json(1);
            assertThat(Instant.parse(line.path("@timestamp").asText())).isBefore(Instant.now());
            assertThat(line.path("log.level").asText()).isEqualTo("INFO");
            assertThat(line.path("message").asText()).contains("api-two=rejected/422/1/");
            assertThat(line.path("event.outcome").asText()).isEqualTo("failure");
            assertThat(line.path("event.duration").asLong()).isPositive();
            assertThat(line.path("trace.id").asText()).isEqualTo(TRACE_ID);
            assertThat(line.at("/tandem/id").asText())
                    .isEqualTo(reply.headers().firstValue("tandem-message-id").orElseThrow());
            assertThat(line.at("/tandem/targets/api-one/outcome").asText()).isEqualTo("delivered");

            tandem.postJson("{");
            assertThat(json(2).path("error.type").asText()).isEqualTo("urn:tandem:problem:malformed-json");
        }
    }

    @Test
    void failureInTheBackgroundIsToldWhenItHappens() {
        targets.answers("api-two", aResponse().withStatus(503));
        try (RunningTandem tandem = tandem("text")) {
            HttpResponse<String> reply = tandem.postJson("{}", "Prefer", "respond-async");

            String id = reply.headers().firstValue("tandem-message-id").orElseThrow();
            List<String> lines = await().until(() -> logs.of("io.tandem.access"), written -> written.size() >= 2);
            assertThat(lines)
                    .anySatisfy(line -> assertThat(line).matches("INFO " + id + " http accepted \\d+ms"))
                    .anySatisfy(line -> assertThat(line)
                            .matches("INFO " + id + " journal partial not-met \\d+ms api-one=delivered/200/1/\\d+ms"
                                    + " api-two=failed/503/1/\\d+ms/target-failed"));
        }
    }

    /** One a second: what is refused for being too much must not become too much in the log. */
    @Test
    void fewLinesAreWrittenWhenManyRequestsAreRefusedUnderLoad() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MessageWatch watch = new MessageWatch(Settings.AccessLog.TEXT, new Meters(registry), Tracing.off());
        for (int i = 0; i < 1000; i++) {
            watch.refused("http", "one", Problem.of(ProblemType.SATURATED, null));
        }
        watch.refused("http", "two", Problem.of(ProblemType.DRAINING, null));
        watch.refused("http", "three", Problem.of(ProblemType.DRAINING, null));

        List<String> lines = await().until(() -> logs.of("io.tandem.access"), written -> written.stream()
                .anyMatch(line -> line.contains("three")));
        assertThat(lines).filteredOn(line -> line.contains("draining")).hasSize(2);
        assertThat(lines)
                .filteredOn(line -> line.contains("saturated"))
                .hasSizeBetween(1, 100)
                .first()
                .isEqualTo("INFO one http refused 503 urn:tandem:problem:saturated");
        assertThat(registry.counter("tandem.messages.refused", "entry", "http", "problem", "saturated")
                        .count())
                .isEqualTo(1000);
    }

    @Test
    void thereIsNoLineWhenItIsOff() {
        try (RunningTandem tandem = tandem("off")) {
            tandem.postJson("{}");
            tandem.postJson("{");
        }
        assertThat(logs.all()).noneMatch(line -> line.startsWith("io.tandem.access"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json", "ecs"})
    void nothingOfOthersIsLoggedWhenTheyTry(String format) throws IOException {
        String evil = "evil\u001b[2K\\n2026 INFO evil=delivered/200";
        for (String target : List.of("api-one", "api-two")) {
            targets.answers(
                    target,
                    aResponse()
                            .withStatus(400)
                            .withStatusMessage("evil \u001b[31m")
                            .withHeader("Content-Type", "text/evil\u001b[31m")
                            .withHeader("Tandem-Message-Id", "evil")
                            .withHeader("Tandem-Outcome", "evil")
                            .withBody("evil\r\n\u001b[31m"));
        }
        List<String> requests = List.of(
                "POST /messages?id=evil HTTP/1.1\r\nTandem-Message-Id: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\nIdempotency-Key: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\ntraceparent: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\nX-Tenant: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\nUser-Agent: " + evil + "\r\nReferer: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\nContent-Type: " + evil + "\r\n",
                "POST /messages HTTP/1.1\r\nAccept: " + evil + "\r\n",
                "POST /evil%0a%0d%1b[31m HTTP/1.1\r\n",
                "POST /evil\u001b[31m HTTP/1.1\r\n",
                "EVIL /messages HTTP/1.1\r\n",
                "POST /messages HTTP/1.1\r\nX: a\rb: evil\r\n",
                "POST /messages HTTP/1.1\r\nX: a\n evil\r\n",
                "POST /messages HTTP/1.1\r\nX: evil\u0000\r\n");
        try (RunningTandem tandem = tandem(format)) {
            for (String head : requests) {
                try (RawHttp http = new RawHttp(tandem.port())) {
                    int status = http.send(head + "Host: localhost\r\n"
                                    + (head.contains("Content-Type") ? "" : "Content-Type: application/json\r\n")
                                    + "Content-Length: 13\r\n\r\n{\"evil\":\"\\n\"}")
                            .read()
                            .status();
                    assertThat(status).as(head).isBetween(200, 502);
                }
            }
            String line = format.equals("text")
                    ? "INFO " + ULID
                            + " http ((failed not-met \\d+ms( api-(one|two)=rejected/400/1/\\d+ms/target-rejected){2})"
                            + "|(refused \\d{3} urn:tandem:problem:[a-z-]+))"
                    : "INFO \\{[\\x20-\\x7e]+}";
            String logger = format.equals("text") ? "io.tandem.access" : "io.tandem.access.json";
            assertThat(lines(logger, requests.size()))
                    .allSatisfy(logged -> assertThat(logged).matches(line).doesNotContain("evil"));
        }
        assertThat(logs.all()).allSatisfy(logged -> assertThat(logged).doesNotContain("evil", "\u001b"));
    }
}
