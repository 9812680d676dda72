package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens at and beyond the limit of messages in flight, and that targets are called in parallel. */
class OverloadTest {
    private static final String BODY = "{\"order\":1}";

    private final StubTargets targets = new StubTargets();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        callers.shutdownNow();
        targets.close();
    }

    @Test
    void callersAreToldToComeAgainWhenTooManyMessagesAreInFlight() {
        targets.answers("api-one", okJson("{}").withFixedDelay(1500));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.max-in-flight", "3");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            List<CompletableFuture<HttpResponse<String>>> taken = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> tandem.postJson(BODY), callers))
                    .toList();
            await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == 3);

            long start = System.nanoTime();
            HttpResponse<String> refused = tandem.postJson(BODY);
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after"))
                    .hasValueSatisfying(
                            value -> assertThat(Integer.parseInt(value)).isBetween(1, 60));
            assertThat(RunningTandem.json(refused).path("type").asText()).isEqualTo("urn:tandem:problem:saturated");
            assertThat(took).isLessThan(Duration.ofSeconds(1));

            assertThat(taken)
                    .allSatisfy(reply -> assertThat(reply.join().statusCode()).isEqualTo(200));
            targets.answers("api-one", okJson("{}"));
            assertThat(tandem.postJson(BODY).statusCode()).isEqualTo(200);
            assertThat(targets.received("api-one")).hasSize(4);
        }
    }

    /** The slower of the two, not their sum; the best of a few, as the machine may be busy. */
    @Test
    void answerTakesAsLongAsTheSlowerTargetWhenBothAreSlow() {
        targets.answers("api-one", okJson("{}").withFixedDelay(400));
        targets.answers("api-two", okJson("{}").withFixedDelay(500));
        try (RunningTandem tandem = RunningTandem.start(targets.settings())) {
            long best = IntStream.range(0, 3)
                    .mapToLong(i -> {
                        long start = System.nanoTime();
                        assertThat(tandem.postJson(BODY).statusCode()).isEqualTo(200);
                        return Duration.ofNanos(System.nanoTime() - start).toMillis();
                    })
                    .min()
                    .orElseThrow();

            assertThat(best).isBetween(500L, 850L);
        }
    }

    /** Camel's own limits are lower: 10 threads of a multicast, 20 connections to a host, 20 workers of a server. */
    @Test
    void messagesDoNotWaitForEachOtherWhenThereAreMany() {
        targets.answers("api-one", okJson("{}").withFixedDelay(1000));
        targets.answers("api-two", okJson("{}").withFixedDelay(1000));
        try (RunningTandem tandem = RunningTandem.start(targets.settings())) {
            tandem.postJson(BODY);
            targets.forgetRequests();
            List<CompletableFuture<HttpResponse<String>>> replies = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> tandem.postJson(BODY), callers))
                    .toList();

            assertThat(replies)
                    .allSatisfy(reply -> assertThat(reply.join().statusCode()).isEqualTo(200));
            assertThat(targets.mostAtOnce()).isGreaterThan(100);
        }
    }
}
