package io.tandem.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovingDemoTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void ordersComeAtTheirRateInEachKind() {
        WireMockServer tandem = new WireMockServer(
                WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
        tandem.start();
        try {
            tandem.stubFor(WireMock.post("/messages").willReturn(WireMock.okJson("{}")));
            long start = System.nanoTime();
            Traffic.start(URI.create(tandem.baseUrl() + "/messages"), Duration.ofMillis(5), timer);

            List<LoggedRequest> orders = await().until(
                            () -> tandem.findAll(WireMock.postRequestedFor(WireMock.anyUrl())),
                            sent -> sent.size() >= 200);

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("200 orders of 5 ms each")
                    .isGreaterThanOrEqualTo(Duration.ofMillis(950));
            assertThat(orders.stream().map(LoggedRequest::getBodyAsString).distinct())
                    .hasSameSizeAs(orders);
            assertThat(orders).anyMatch(order -> order.containsHeader("Prefer"));
            assertThat(orders).anyMatch(order -> order.containsHeader("Idempotency-Key"));
            assertThat(orders)
                    .anyMatch(order -> !order.containsHeader("Prefer") && !order.containsHeader("Idempotency-Key"));
        } finally {
            tandem.stop();
        }
    }

    @Test
    void filesOfOrdersAreDroppedWhole(@TempDir Path folder) throws Exception {
        Path inbox = folder.resolve("inbox");
        Traffic.dropFiles(inbox, Duration.ofMillis(20), timer);

        await().until(() -> Files.isDirectory(inbox) && !files(inbox).isEmpty());
        timer.shutdown();

        assertThat(Files.readAllLines(files(inbox).get(0))).hasSize(100).allSatisfy(order -> assertThat(
                        RunningTandem.json(order).path("item").asText())
                .isNotEmpty());
    }

    private static List<Path> files(Path inbox) throws IOException {
        try (Stream<Path> files = Files.list(inbox)) {
            return files.filter(file -> file.toString().endsWith(".ndjson")).toList();
        }
    }

    @Test
    void eachApiFailsAndRecoversInTurn() {
        DemoSettings settings = DemoSettings.defaults();
        AccessTokens tokens = new AccessTokens(Clock.systemUTC(), Duration.ofMinutes(1));
        DemoApi one = DemoApi.one(settings.apiOne(), tokens, Clock.systemUTC());
        DemoApi two = DemoApi.two(settings.apiTwo(), tokens, Clock.systemUTC());
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Chaos.start(Map.of(Demo.API_ONE, one, Demo.API_TWO, two), timer, Duration.ofMillis(20));

        await().pollInterval(Duration.ofMillis(2)).until(() -> {
            seen.add("one " + state(one));
            seen.add("two " + state(two));
            return seen.containsAll(Set.of(
                    "one ok", "one hang", "one refuse-token", "two ok", "two slow", "two failing", "two garbage"));
        });
    }

    private static String state(DemoApi api) {
        JsonNode behaviour = RunningTandem.json(api.behaviour().body());
        if (behaviour.path("failureRate").asDouble() > 0) {
            return "failing";
        }
        return behaviour.path("latencyMs").asInt() > 500
                ? "slow"
                : behaviour.path("mode").asText();
    }
}
