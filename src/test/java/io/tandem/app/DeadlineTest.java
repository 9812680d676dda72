package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RawServer;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The caller's own deadline, and the budget of retries, on the way from the message to the targets and back; and what becomes of targets that are late. */
class DeadlineTest {
    private static final String HEADER = "Tandem-Deadline";

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.deadline", "4s");
        settings.put("target.api-one.timeout", "20s");
        settings.put("target.api-two.timeout", "20s");
        settings.put("target.api-two.idempotent", "false");
        settings.put("target.api-one.retry.attempts", "2");
        settings.put("target.api-one.retry.min-backoff", "0s");
        settings.put("target.api-one.retry.max-backoff", "0s");
        settings.put("target.api-one.retry.budget", "0");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void healthy() {
        targets.answers("api-one", WireMock.okJson("{}"));
        targets.answers("api-two", WireMock.okJson("{}"));
        targets.forgetRequests();
    }

    @ParameterizedTest
    @ValueSource(strings = {"300ms", "1", "PT0.3S"})
    void callerGetsWhatThereIsWhenItsDeadlineIsOver(String deadline) {
        targets.answers("api-two", WireMock.okJson("{}").withFixedDelay(60_000));

        HttpResponse<String> answer = tandem.postJson("{}", HEADER, deadline);

        assertThat(answer.statusCode()).isEqualTo(504);
        JsonNode replies = RunningTandem.json(answer).path("replies");
        assertThat(replies.at("/api-one/outcome").asText()).isEqualTo("delivered");
        assertThat(replies.at("/api-two/outcome").asText()).isEqualTo("timed-out");
        assertThat(replies.at("/api-two/tookMs").asLong()).isLessThan(3_000);
    }

    @Test
    void connectionIsClosedAndThreadFreedWhenTheDeadlineIsOver() throws IOException {
        try (RawServer late = new RawServer((out, request) -> new CountDownLatch(1).await());
                RunningTandem own = RunningTandem.start(with(late, Map.of("tandem.completion", "best-effort")))) {
            HttpResponse<String> answer = own.postJson("{}", HEADER, "300ms");

            assertThat(RunningTandem.json(answer).at("/replies/api-two/outcome").asText())
                    .isEqualTo("timed-out");
            awaitNothingUnderWay(own);
        }
    }

    /** By what the first target answers. */
    static Stream<Arguments> decided() {
        ResponseDefinitionBuilder yes = WireMock.okJson("{}");
        ResponseDefinitionBuilder no = WireMock.aResponse().withStatus(422);
        return Stream.of(
                Arguments.of("any", yes, 200),
                Arguments.of("quorum:1", yes, 200),
                Arguments.of("required:api-one", yes, 200),
                Arguments.of("first", yes, 200),
                Arguments.of("all", no, 502),
                Arguments.of("quorum:2", no, 502),
                Arguments.of("required:api-one", no, 502));
    }

    @ParameterizedTest
    @MethodSource("decided")
    void lateTargetIsCancelledWhenThePolicyIsDecided(String policy, ResponseDefinitionBuilder one, int status)
            throws IOException {
        targets.answers("api-one", one);
        try (RawServer late = new RawServer((out, request) -> new CountDownLatch(1).await());
                RunningTandem own =
                        RunningTandem.start(with(late, Map.of("tandem.completion", policy, "tandem.late", "cancel")))) {
            HttpResponse<String> answer = own.postJson("{}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            JsonNode cancelled = RunningTandem.json(answer).at("/replies/api-two");
            assertThat(cancelled.path("outcome").asText()).isEqualTo("skipped");
            assertThat(cancelled.at("/problem/type").asText()).isEqualTo("urn:tandem:problem:delivery-cancelled");
            awaitNothingUnderWay(own);
        }
    }

    /** By what the first target answers. */
    static Stream<Arguments> undecided() {
        ResponseDefinitionBuilder yes = WireMock.okJson("{}");
        ResponseDefinitionBuilder no = WireMock.aResponse().withStatus(422);
        return Stream.of(
                Arguments.of(yes, Map.of("tandem.completion", "any")),
                Arguments.of(no, Map.of("tandem.completion", "all")),
                Arguments.of(yes, Map.of("tandem.completion", "all", "tandem.late", "cancel")),
                Arguments.of(no, Map.of("tandem.completion", "any", "tandem.late", "cancel")),
                Arguments.of(yes, Map.of("tandem.completion", "best-effort", "tandem.late", "cancel")),
                Arguments.of(no, Map.of("tandem.completion", "best-effort", "tandem.late", "cancel")));
    }

    @ParameterizedTest
    @MethodSource("undecided")
    void lateTargetIsWaitedForWhenItMayStillMatter(ResponseDefinitionBuilder one, Map<String, String> more)
            throws IOException {
        targets.answers("api-one", one);
        AtomicReference<RunningTandem> running = new AtomicReference<>();
        try (RawServer late = new RawServer(whenTheOtherHasEnded(running));
                RunningTandem own = RunningTandem.start(with(late, more))) {
            running.set(own);

            HttpResponse<String> answer = own.postJson("{}");

            assertThat(RunningTandem.json(answer).at("/replies/api-two/outcome").asText())
                    .isEqualTo("delivered");
        }
    }

    @Test
    void journaledMessageIsStillDeliveredWhenItsPolicyIsLost() throws IOException {
        targets.answers("api-one", WireMock.aResponse().withStatus(422));
        AtomicReference<RunningTandem> running = new AtomicReference<>();
        try (RawServer late = new RawServer(whenTheOtherHasEnded(running));
                RunningTandem own = RunningTandem.start(with(late, Map.of("tandem.late", "cancel")))) {
            running.set(own);

            HttpResponse<String> answer = own.postJson("{}", "Idempotency-Key", "lost");

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(RunningTandem.json(answer).at("/replies/api-two/outcome").asText())
                    .isEqualTo("delivered");
        }
    }

    private static RawServer.Reply whenTheOtherHasEnded(AtomicReference<RunningTandem> running) {
        return (out, request) -> {
            Awaitility.await()
                    .until(() -> metric(running.get(), "tandem_deliveries_seconds_count{", "target=\"api-one\"") > 0);
            RawServer.json("{}").write(out, request);
        };
    }

    private static Map<String, String> with(RawServer late, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("target.api-two.url", late.url().toString());
        settings.put("tandem.deadline", "15s");
        settings.put("target.api-two.timeout", "15s");
        settings.putAll(more);
        return settings;
    }

    /** No connection is leased, and so no thread waits for a reply: each has one while it does. */
    private static void awaitNothingUnderWay(RunningTandem tandem) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> metric(tandem, "tandem_connections{", "target=\"api-two\"") == 0);
    }

    private static double metric(RunningTandem tandem, String name, String tag) {
        return tandem.get(tandem.managementUri("/observe/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(tag))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void deadlineIsNotLengthened() {
        targets.answers("api-two", WireMock.okJson("{}").withFixedDelay(60_000));

        HttpResponse<String> answer = tandem.postJson("{}", HEADER, "15s");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(RunningTandem.json(answer).at("/replies/api-two/tookMs").asLong())
                .isBetween(3_500L, 12_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "0", "0ms", "-1s", "1.5", "1s, 2s", "1 s", "1000000000d", "P9999999999D"})
    void requestIsMalformedWhenItsDeadlineIs(String deadline) {
        HttpResponse<String> answer = tandem.postJson("{}", HEADER, deadline);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(RunningTandem.json(answer).path("type").asText()).isEqualTo("urn:tandem:problem:malformed-request");
        assertThat(targets.received()).isEmpty();
    }

    @Test
    void requestIsMalformedWhenItHasTwoDeadlines() {
        assertThat(tandem.postJson("{}", HEADER, "1s", HEADER, "2s").statusCode())
                .isEqualTo(400);
    }

    @Test
    void journaledMessageIsNotGivenUpForItsCallersDeadline() {
        // cut off by the caller's deadline, it could not be sent again: the target is not idempotent
        targets.answers("api-two", WireMock.okJson("{}").withFixedDelay(1_500));

        HttpResponse<String> answer = tandem.postJson("{}", HEADER, "300ms", "Prefer", "wait=3");

        assertThat(answer.statusCode()).isEqualTo(202);
        String location = answer.headers().firstValue("location").orElseThrow();
        Awaitility.await().untilAsserted(() -> assertThat(RunningTandem.json(tandem.get(tandem.uri(location)))
                        .path("state")
                        .asText())
                .isEqualTo("complete"));
        assertThat(targets.received("api-two")).hasSize(1);
    }

    @Test
    void retriesAreWithheldWhenTheBudgetIsUsedUp() {
        targets.answers("api-one", WireMock.aResponse().withStatus(503));
        int calls = 60;

        for (int i = 0; i < calls; i++) {
            tandem.postJson("{}");
        }

        double made = retries("made");
        double withheld = retries("withheld");
        assertThat(made + withheld).isEqualTo(calls);
        assertThat(made).isGreaterThanOrEqualTo(10);
        assertThat(withheld).isPositive();
        assertThat(targets.received("api-one")).hasSize(calls + (int) made);
    }

    private static double retries(String result) {
        return metric(tandem, "tandem_retries_total{result=\"" + result + "\"", "target=\"api-one\"");
    }
}
