package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.tandem.support.Logs;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OAuth2 through all of Tandem, against a token endpoint that takes nothing on trust. */
class TokensEndToEndTest {
    private static final String BODY = "{\"b0dy\":1}";
    private static final String CLIENT_ID = "tandem:client/1";
    private static final String SECRET = "s3cr:t/b+ &%";

    /** RFC 6749 §2.3.1: both parts are form-encoded first. */
    private static final String BASIC = "Basic "
            + Base64.getEncoder()
                    .encodeToString((encode(CLIENT_ID) + ":" + encode(SECRET)).getBytes(StandardCharsets.UTF_8));

    private final StubTargets stubs = new StubTargets();
    private final ExecutorService callers = Executors.newFixedThreadPool(200);
    private Logs logs;

    @BeforeEach
    void start() {
        logs = new Logs(
                Map.of("io.tandem", Level.TRACE, "org.apache.camel", Level.DEBUG, "org.apache.hc", Level.TRACE));
        stubs.server().stubFor(post("/token").willReturn(unauthorized().withBody("{\"error\":\"invalid_client\"}")));
        for (String target : List.of("api-one", "api-two")) {
            stubs.server().stubFor(post("/" + target).willReturn(unauthorized()));
            stubs.server()
                    .stubFor(post("/" + target)
                            .withHeader("Authorization", equalTo("Bearer t0ken-of-" + target))
                            .willReturn(okJson("{}")));
        }
    }

    @AfterEach
    void nothingSecretWasLogged() {
        callers.shutdownNow();
        stubs.close();
        logs.close();
        assertThat(logs.all())
                .isNotEmpty()
                .noneMatch(line -> line.contains("t0ken")
                        || line.contains(SECRET)
                        || line.contains(encode(SECRET))
                        || line.contains(BASIC)
                        || line.contains("b0dy"));
    }

    @Test
    void oneTokenCallForEachKeyWhenManyMessagesComeFirst() {
        tokens("one", okToken("t0ken-of-api-one").withFixedDelay(500));
        tokens("two", okToken("t0ken-of-api-two").withFixedDelay(500));
        try (RunningTandem tandem = RunningTandem.start(settings())) {
            List<HttpResponse<String>> replies = postAtOnce(tandem, 200);

            assertThat(replies).hasSize(200).allSatisfy(reply -> assertThat(reply.statusCode())
                    .as(reply.body())
                    .isEqualTo(200));
            assertThat(stubs.received("token")).hasSize(2);
            assertThat(stubs.received("api-one")).hasSize(200);
            assertThat(stubs.received("api-two")).hasSize(200);
        }
    }

    @Test
    void oneTokenCallWhenTargetsShareTheirClient() {
        tokens("both", okToken("t0ken-of-api-one"));
        stubs.answers("api-two", okJson("{}"));
        Map<String, String> settings = settings();
        settings.put("target.api-one.oauth.scope", "both");
        settings.put("target.api-two.oauth.scope", "both");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson(BODY).statusCode()).isEqualTo(200);
            assertThat(stubs.received("token")).hasSize(1);
        }
    }

    @Test
    void oneNewTokenWhenTargetNoLongerTakesTheOld() {
        stubs.server()
                .stubFor(tokenRequest("one")
                        .inScenario("revoked")
                        .whenScenarioStateIs(Scenario.STARTED)
                        .willReturn(okToken("t0ken-revoked"))
                        .willSetStateTo("new"));
        stubs.server()
                .stubFor(tokenRequest("one")
                        .inScenario("revoked")
                        .whenScenarioStateIs("new")
                        .willReturn(okToken("t0ken-of-api-one").withFixedDelay(200)));
        tokens("two", okToken("t0ken-of-api-two"));
        try (RunningTandem tandem = RunningTandem.start(settings())) {
            List<HttpResponse<String>> replies = postAtOnce(tandem, 20);

            assertThat(replies).hasSize(20).allSatisfy(reply -> {
                JsonNode one = RunningTandem.json(reply).at("/replies/api-one");
                assertThat(one.path("outcome").asText()).as(reply.body()).isEqualTo("delivered");
                assertThat(one.path("attempts").asInt()).isBetween(1, 2);
            });
            assertThat(stubs.received("token"))
                    .as("api-one twice, api-two once")
                    .hasSize(3);
        }
    }

    @Test
    void answerOfTheTargetCountsWhenNewTokenFaresNoBetter() {
        tokens("one", okToken("t0ken-nobody-knows"));
        tokens("two", okToken("t0ken-of-api-two"));
        try (RunningTandem tandem = RunningTandem.start(settings())) {
            JsonNode one = RunningTandem.json(tandem.postJson(BODY)).at("/replies/api-one");

            assertThat(one.path("outcome").asText()).isEqualTo("rejected");
            assertThat(one.path("status").asInt()).isEqualTo(401);
            assertThat(one.path("attempts").asInt()).isEqualTo(2);
            assertThat(stubs.received("api-one")).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"all,502,503,DOWN", "any,200,200,UP", "best-effort,200,200,UP"})
    void unreachableAtOnceWhenNoTokenIsToBeHad(String policy, int status, int ready, String health) {
        tokens("one", aResponse().withStatus(503));
        tokens("two", okToken("t0ken-of-api-two"));
        Map<String, String> settings = settings();
        settings.put("tandem.completion", policy);
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            long start = System.nanoTime();
            HttpResponse<String> reply = tandem.postJson(BODY);
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
            JsonNode replies = RunningTandem.json(reply).path("replies");
            assertThat(replies.at("/api-one/outcome").asText()).isEqualTo("unreachable");
            assertThat(replies.at("/api-one/attempts").asInt()).isZero();
            assertThat(replies.at("/api-one/problem/type").asText()).isEqualTo("urn:tandem:problem:token-unavailable");
            assertThat(replies.at("/api-two/outcome").asText()).isEqualTo("delivered");
            assertThat(reply.body()).doesNotContain("127.0.0.1", "localhost", "/token");
            assertThat(took).isLessThan(Duration.ofSeconds(5));
            assertThat(stubs.received("api-one")).isEmpty();

            HttpResponse<String> readiness = tandem.get(tandem.managementUri("/observe/health/ready"));
            assertThat(readiness.statusCode()).as(readiness.body()).isEqualTo(ready);
            assertThat(RunningTandem.json(readiness).path("status").asText()).isEqualTo(health);
            assertThat(readiness.body()).contains("api-one");
            assertThat(tandem.get(tandem.managementUri("/observe/health/live")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void readyAgainWhenTokenEndpointIsBack() {
        tokens("one", aResponse().withStatus(503));
        tokens("two", okToken("t0ken-of-api-two"));
        try (RunningTandem tandem = RunningTandem.start(settings())) {
            await().atMost(10, SECONDS)
                    .until(() -> tandem.get(tandem.managementUri("/observe/health/ready"))
                                    .statusCode()
                            == 503);
            String failing =
                    tandem.get(tandem.managementUri("/observe/metrics")).body();
            assertThat(failing)
                    .containsPattern("tandem_token_failures\\{source=\"api-one\"} [1-9]")
                    .contains("tandem_token_age{source=\"api-one\"} NaN", "result=\"server-error\",source=\"api-one\"");

            tokens("one", okToken("t0ken-of-api-one"));

            await().atMost(10, SECONDS).until(() -> tandem.postJson(BODY).statusCode() == 200);
            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).statusCode())
                    .isEqualTo(200);
            assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                    .contains("tandem_token_failures{source=\"api-one\"} 0.0")
                    .containsPattern("tandem_token_age\\{source=\"api-one\"} \\d");
        }
    }

    private List<HttpResponse<String>> postAtOnce(RunningTandem tandem, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> tandem.postJson(BODY), callers))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private void tokens(String scope, ResponseDefinitionBuilder answer) {
        stubs.server().stubFor(tokenRequest(scope).willReturn(answer));
    }

    private static MappingBuilder tokenRequest(String scope) {
        return post("/token")
                .withHeader("Authorization", equalTo(BASIC))
                .withHeader("Content-Type", equalTo("application/x-www-form-urlencoded"))
                .withRequestBody(equalTo("grant_type=client_credentials&scope=" + scope));
    }

    private static ResponseDefinitionBuilder okToken(String token) {
        return okJson("{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(stubs.settings());
        settings.put("tandem.deadline", "30s");
        Map.of("api-one", "one", "api-two", "two").forEach((target, scope) -> {
            // not what is tested here: many callers on a busy machine
            settings.put("target." + target + ".timeout", "20s");
            settings.put("target." + target + ".auth", "client-credentials");
            settings.put("target." + target + ".oauth.token-url", stubs.url("token"));
            settings.put("target." + target + ".oauth.client-id", CLIENT_ID);
            settings.put("target." + target + ".oauth.client-secret", SECRET);
            settings.put("target." + target + ".oauth.scope", scope);
            settings.put("target." + target + ".oauth.allow-http", "true");
        });
        return settings;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
