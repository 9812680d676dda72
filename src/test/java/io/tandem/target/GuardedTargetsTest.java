package io.tandem.target;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.serviceUnavailable;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Retry budget, breaker, bulkhead, rate and the caller's deadline, over the real routes. */
class GuardedTargetsTest {
    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new HashMap<>();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @BeforeEach
    void bestEffort() {
        settings.putAll(targets.settings());
        settings.put("tandem.completion", "best-effort");
        settings.put("target.api-one.retry.attempts", "1");
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
        targets.close();
    }

    private static JsonNode one(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode replies = RunningTandem.json(reply).path("replies");
        assertThat(replies.path("api-two").path("outcome").asText()).isEqualTo("delivered");
        return replies.path("api-one");
    }

    private static String problem(JsonNode delivery) {
        return delivery.path("problem").path("type").asText().replace("urn:tandem:problem:", "");
    }

    private static String health(RunningTandem tandem) {
        return tandem.get(tandem.managementUri("/observe/health")).body();
    }

    private void breaker(String open) {
        settings.put("target.api-one.breaker", "true");
        settings.put("target.api-one.breaker.min-calls", "4");
        settings.put("target.api-one.breaker.window", "4");
        settings.put("target.api-one.breaker.probes", "1");
        settings.put("target.api-one.breaker.open", open);
    }

    @Test
    void targetIsSkippedAtOnceWhenItHasFailedTooOften() {
        breaker("10m");
        targets.answers("api-one", serverError());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 4; i++) {
                assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("failed");
            }

            JsonNode skipped = one(tandem.postJson("{}"));

            assertThat(skipped.path("outcome").asText()).isEqualTo("skipped");
            assertThat(problem(skipped)).isEqualTo("target-suspended");
            assertThat(skipped.path("attempts").asInt()).isZero();
            assertThat(targets.received("api-one")).hasSize(4);
            assertThat(health(tandem)).contains("breakers").contains("circuit breaker is open");
            assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                    .contains("tandem_breaker{state=\"open\",target=\"api-one\"} 1.0");
        }
    }

    @Test
    void readinessFollowsTheBreakerWhenThePolicyNeedsTheTarget() {
        breaker("10m");
        settings.put("tandem.completion", "all");
        targets.answers("api-one", serverError());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).statusCode())
                    .isEqualTo(200);
            for (int i = 0; i < 4; i++) {
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(502);
            }

            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).statusCode())
                    .isEqualTo(503);
        }
    }

    @Test
    void breakerClosesWhenTheTargetIsBack() {
        breaker("300ms");
        targets.answers("api-one", serverError());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 4; i++) {
                tandem.postJson("{}");
            }
            assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("skipped");

            targets.answers("api-one", okJson("{}"));

            await().atMost(20, SECONDS)
                    .until(() ->
                            one(tandem.postJson("{}")).path("outcome").asText().equals("delivered"));
            assertThat(health(tandem)).doesNotContain("circuit breaker is open");
        }
    }

    @Test
    void breakerStaysClosedWhenTheTargetSaysNo() {
        breaker("10m");
        targets.answers("api-one", okJson("{}").withStatus(422));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 10; i++) {
                assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("rejected");
            }
        }
    }

    @Test
    void breakerStaysClosedWhenOnlyTheCallersAreInAHurry() {
        breaker("10m");
        settings.put("target.api-two.timeout", "10s");
        targets.answers("api-one", okJson("{}").withFixedDelay(600));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 6; i++) {
                HttpResponse<String> reply = tandem.postJson("{}", "Tandem-Deadline", "150ms");
                assertThat(RunningTandem.json(reply)
                                .path("replies")
                                .path("api-one")
                                .path("outcome")
                                .asText())
                        .isNotIn("skipped", "delivered");
            }

            assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("delivered");
        }
    }

    @Test
    void breakerOpensWhenTheTargetIsTooSlow() {
        breaker("10m");
        settings.put("target.api-one.breaker.slow-call", "50ms");
        targets.answers("api-one", okJson("{}").withFixedDelay(150));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 4; i++) {
                assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("delivered");
            }

            assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("skipped");
        }
    }

    @Test
    void journaledDeliveryIsMadeLaterWhenTheBreakerWasOpen() {
        breaker("300ms");
        settings.put("target.api-one.redelivery.min-backoff", "50ms");
        targets.answers("api-one", serverError());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 4; i++) {
                tandem.postJson("{}");
            }
            HttpResponse<String> taken = tandem.postJson("{\"late\":1}", "Prefer", "respond-async");
            assertThat(taken.statusCode()).isEqualTo(202);
            targets.answers("api-one", okJson("{}"));

            String location = taken.headers().firstValue("location").orElseThrow();
            await().atMost(30, SECONDS).until(() -> RunningTandem.json(tandem.get(tandem.uri(location)))
                    .path("state")
                    .asText()
                    .equals("complete"));
            assertThat(targets.received("api-one"))
                    .anyMatch(request -> request.getBodyAsString().equals("{\"late\":1}"));
        }
    }

    @Test
    void neverMoreAtOnceThanTheBulkheadHasPlaces() {
        settings.put("target.api-one.bulkhead.max-in-flight", "2");
        settings.put("target.api-one.bulkhead.wait", "9s");
        targets.answers("api-one", okJson("{}").withFixedDelay(50));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<CompletableFuture<HttpResponse<String>>> replies = IntStream.range(0, 12)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> tandem.postJson("{}"), callers))
                    .toList();

            assertThat(replies).allSatisfy(reply -> assertThat(
                            one(reply.join()).path("outcome").asText())
                    .isEqualTo("delivered"));
        }
        assertThat(targets.received("api-one")).hasSize(12);
        assertThat(targets.mostAtOnce("/api-one")).isLessThanOrEqualTo(2);
    }

    @Test
    void messageThatWaitsForAPlaceIsNotSentWhenTheBreakerOpensMeanwhile() {
        breaker("10m");
        settings.put("target.api-one.breaker.min-calls", "1");
        settings.put("target.api-one.breaker.window", "1");
        settings.put("target.api-one.bulkhead.max-in-flight", "1");
        settings.put("target.api-one.bulkhead.wait", "10s");
        targets.answers("api-one", serverError().withFixedDelay(800));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            CompletableFuture<HttpResponse<String>> first =
                    CompletableFuture.supplyAsync(() -> tandem.postJson("{}"), callers);
            await().until(() -> tandem.get(tandem.managementUri("/observe/metrics"))
                    .body()
                    .contains("tandem_bulkhead{state=\"in-flight\",target=\"api-one\"} 1.0"));

            JsonNode waited = one(tandem.postJson("{}"));

            assertThat(one(first.join()).path("outcome").asText()).isEqualTo("failed");
            assertThat(waited.path("outcome").asText()).isEqualTo("skipped");
            assertThat(problem(waited)).isEqualTo("target-suspended");
            assertThat(targets.received("api-one")).hasSize(1);
        }
    }

    @Test
    void messageIsNotSentWhenNoPlaceIsFreeInTime() {
        settings.put("target.api-one.bulkhead.max-in-flight", "1");
        settings.put("target.api-one.bulkhead.wait", "0s");
        targets.answers("api-one", okJson("{}").withFixedDelay(1500));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            CompletableFuture<HttpResponse<String>> first =
                    CompletableFuture.supplyAsync(() -> tandem.postJson("{}"), callers);
            await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == 1);

            JsonNode limited = one(tandem.postJson("{}"));

            assertThat(limited.path("outcome").asText()).isEqualTo("unreachable");
            assertThat(problem(limited)).isEqualTo("target-limited");
            assertThat(one(first.join()).path("outcome").asText()).isEqualTo("delivered");
            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(one(tandem.postJson("{}")).path("outcome").asText())
                    .as("the place is free again")
                    .isEqualTo("delivered");
        }
    }

    @Test
    void messageIsNotSentWhenItsTurnIsBehindTheDeadline() {
        settings.put("target.api-one.rate", "2/h");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("delivered");
            assertThat(one(tandem.postJson("{}")).path("outcome").asText()).isEqualTo("delivered");

            assertThat(problem(one(tandem.postJson("{}")))).isEqualTo("target-limited");
            assertThat(targets.received("api-one")).hasSize(2);
        }
    }

    @Test
    void retriesStopWhenTheBudgetIsUsedUp() {
        settings.put("target.api-one.retry.attempts", "2");
        settings.put("target.api-one.retry.min-backoff", "1ms");
        settings.put("target.api-one.retry.max-backoff", "1ms");
        settings.put("target.api-one.retry.budget", "0");
        targets.answers("api-one", serviceUnavailable());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<Integer> attempts = IntStream.range(0, 40)
                    .mapToObj(i -> one(tandem.postJson("{}")).path("attempts").asInt())
                    .toList();

            assertThat(attempts.subList(0, 10)).containsOnly(2);
            assertThat(attempts.subList(10, 40)).contains(1);
            assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                    .doesNotContain("tandem_retries_total{result=\"withheld\",target=\"api-one\"} 0.0");
        }
    }

    @Test
    void callerGetsAnAnswerWithinItsDeadlineWhenATargetIsLate() {
        targets.answers("api-one", okJson("{}").withFixedDelay(2500));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            JsonNode late = one(tandem.postJson("{}", "Tandem-Deadline", "1"));

            assertThat(late.path("outcome").asText()).isEqualTo("timed-out");
            assertThat(late.path("tookMs").asInt()).isBetween(900, 2400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "0s", "-1s", "1500", "1ms, 2ms", "99999999999s"})
    void deadlineIsRefusedOrBoundedWhenItIsNone(String deadline) {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> reply = tandem.postJson("{}", "Tandem-Deadline", deadline);

            // 1500 is a number of seconds, and bounded by tandem.deadline
            assertThat(reply.statusCode()).isEqualTo(deadline.equals("1500") ? 200 : 400);
            if (reply.statusCode() == 400) {
                assertThat(reply.body()).contains("malformed-request").contains("Tandem-Deadline must be");
            }
        }
    }
}
