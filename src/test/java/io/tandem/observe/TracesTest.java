package io.tandem.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.tandem.config.Settings;
import io.tandem.support.Logs;
import io.tandem.support.Ports;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.tandem.support.TraceCollector;
import io.tandem.support.TraceCollector.Seen;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector gets to see of messages, against what the targets saw. */
class TracesTest {
    private static final int MESSAGES = 1000;
    private static final String CALLERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

    private final TraceCollector collector = new TraceCollector();

    @AfterEach
    void stop() {
        collector.close();
    }

    private Map<String, String> traced(Map<String, String> targets) {
        Map<String, String> settings = new HashMap<>(targets);
        settings.put("tandem.tracing.sample", "1");
        settings.put("tandem.otlp.url", collector.url());
        return settings;
    }

    /** One request that a target got. */
    private record Arrival(String target, String messageId, String traceparent, int status) {}

    /** Two targets and a token endpoint that write down what they get, and now and then say no. */
    private static final class Parties implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        private final HttpServer server;
        private final List<Arrival> ledger = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> times = new ConcurrentHashMap<>();
        private final AtomicInteger tokens = new AtomicInteger();

        Parties() {
            server = vertx.createHttpServer()
                    .requestHandler(request -> request.bodyHandler(body -> take(request, body.toString())))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }

        private void take(HttpServerRequest request, String body) {
            String target = request.path().substring(1);
            if (target.equals("token")) {
                answer(
                        request,
                        200,
                        "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\",\"expires_in\":3600}"
                                .formatted(tokens.incrementAndGet()));
                return;
            }
            int number = Integer.parseInt(body.replaceAll("\\D", ""));
            int status = status(target, number, times.merge(target + number, 1, Integer::sum));
            ledger.add(new Arrival(
                    target, request.getHeader("Tandem-Message-Id"), request.getHeader("traceparent"), status));
            answer(request, status, "{}");
        }

        /** Most are taken, some when they come again, some never, and some tokens are refused. */
        private static int status(String target, int number, int time) {
            if (target.equals("api-one")) {
                return number % 200 == 7 && time == 1 ? 401 : 200;
            }
            if (number % 50 == 3) {
                return 422;
            }
            return number % 20 == 1 && time == 1 ? 503 : 200;
        }

        private static void answer(HttpServerRequest request, int status, String body) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(body);
        }

        Map<String, String> settings() {
            String url = "http://127.0.0.1:" + server.actualPort();
            Map<String, String> settings = new HashMap<>();
            settings.putAll(RunningTandem.target("api-one", url + "/api-one"));
            settings.put("target.api-one.auth", "client-credentials");
            settings.put("target.api-one.oauth.token-url", url + "/token");
            settings.put("target.api-one.oauth.client-id", "tandem");
            settings.put("target.api-one.oauth.client-secret", "s3cret");
            settings.put("target.api-one.oauth.allow-http", "true");
            settings.putAll(RunningTandem.target("api-two", url + "/api-two"));
            settings.put("target.api-two.retry.min-backoff", "1ms");
            settings.put("target.api-two.retry.max-backoff", "5ms");
            // however busy the machine is, nothing but what the targets say is a reason to try again
            settings.put("tandem.deadline", "60s");
            settings.put("target.api-one.timeout", "50s");
            settings.put("target.api-two.timeout", "50s");
            settings.put("target.api-one.connect-timeout", "50s");
            settings.put("target.api-two.connect-timeout", "50s");
            return settings;
        }

        @Override
        public void close() {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void eachMessageIsOneTraceThatSaysWhatTheTargetsSaw() throws Exception {
        try (Parties parties = new Parties()) {
            Set<String> ids;
            try (RunningTandem tandem = RunningTandem.start(traced(parties.settings()))) {
                ExecutorService callers = Executors.newFixedThreadPool(16);
                ids = IntStream.range(0, MESSAGES)
                        .mapToObj(number -> callers.submit(() -> tandem.postJson("{\"number\":" + number + "}")
                                .headers()
                                .firstValue("tandem-message-id")
                                .orElseThrow()))
                        .toList()
                        .stream()
                        .map(TracesTest::got)
                        .collect(Collectors.toSet());
                callers.shutdown();
            }
            // closed, so that all is sent
            Map<String, List<Seen>> traces = collector.spans().stream().collect(Collectors.groupingBy(Seen::traceId));
            Map<String, List<Arrival>> arrivals =
                    parties.ledger.stream().collect(Collectors.groupingBy(Arrival::messageId));
            assertThat(ids).hasSize(MESSAGES);
            assertThat(arrivals.keySet()).isEqualTo(ids);

            Map<String, List<Seen>> ofMessages = traces.values().stream()
                    .filter(trace -> trace.stream().anyMatch(span -> span.tags().containsKey("tandem.message.id")))
                    .collect(Collectors.toMap(trace -> root(trace).tags().get("tandem.message.id"), trace -> trace));
            assertThat(ofMessages.keySet()).isEqualTo(ids);
            ofMessages.forEach((id, trace) -> check(trace, arrivals.get(id)));

            assertThat(collector.spans())
                    .filteredOn(span -> span.name().equals("token call api-one"))
                    .hasSize(parties.tokens.get())
                    .filteredOn(span -> !span.parent().isEmpty())
                    .as("those that a message had to wait for, after a token was refused")
                    .isNotEmpty()
                    .allSatisfy(span -> assertThat(
                                    parentOf(span, traces.get(span.traceId())).name())
                            .isEqualTo("deliver api-one"));
        }
    }

    private static <T> T got(java.util.concurrent.Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Seen root(List<Seen> trace) {
        List<Seen> roots =
                trace.stream().filter(span -> span.parent().isEmpty()).toList();
        assertThat(roots).as("roots of one trace").hasSize(1);
        return roots.get(0);
    }

    private static Seen parentOf(Seen span, List<Seen> trace) {
        return trace.stream()
                .filter(other -> other.id().equals(span.parent()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no parent of " + span.name()));
    }

    private static List<Seen> named(List<Seen> trace, String name) {
        return trace.stream()
                .filter(span -> span.name().equals(name))
                .sorted(Comparator.comparing(Seen::start))
                .toList();
    }

    private static void check(List<Seen> trace, List<Arrival> arrivals) {
        Seen root = root(trace);
        assertThat(root.name()).isEqualTo("message http");
        assertThat(trace).allSatisfy(span -> {
            assertThat(span.end()).isGreaterThanOrEqualTo(span.start());
            if (span != root) {
                Seen parent = parentOf(span, trace);
                assertThat(span.start()).isGreaterThanOrEqualTo(parent.start());
                assertThat(span.end()).as(span.name()).isLessThanOrEqualTo(parent.end());
            }
        });
        for (String step : List.of("wait for a thread", "deliver api-one", "deliver api-two", "merge", "reply")) {
            assertThat(named(trace, step)).as(step).singleElement().satisfies(span -> assertThat(span.parent())
                    .isEqualTo(root.id()));
        }
        Seen one = named(trace, "deliver api-one").get(0);
        Seen two = named(trace, "deliver api-two").get(0);
        Seen merge = named(trace, "merge").get(0);
        assertThat(Math.max(one.end(), two.end())).isLessThanOrEqualTo(merge.start());
        assertThat(named(trace, "reply").get(0).start()).isGreaterThanOrEqualTo(merge.end());
        checkDelivery(one, "api-one", trace, arrivals);
        checkDelivery(two, "api-two", trace, arrivals);
        assertThat(root.tags().get("tandem.outcome")).isEqualTo(one.failed() || two.failed() ? "partial" : "complete");
    }

    private static void checkDelivery(Seen delivery, String target, List<Seen> trace, List<Arrival> arrivals) {
        List<Seen> attempts = named(trace, "POST " + target);
        List<Arrival> seen = arrivals.stream()
                .filter(arrival -> arrival.target().equals(target))
                .toList();
        assertThat(attempts).hasSameSizeAs(seen).allSatisfy(attempt -> assertThat(attempt.parent())
                .isEqualTo(delivery.id()));
        long before = delivery.start();
        for (int i = 0; i < attempts.size(); i++) {
            Seen attempt = attempts.get(i);
            assertThat(seen.get(i).traceparent()).matches("00-" + attempt.traceId() + "-" + attempt.id() + "-0[13]");
            assertThat(attempt.tags())
                    .containsEntry(
                            "http.response.status_code",
                            Integer.toString(seen.get(i).status()))
                    .containsEntry("http.request.resend_count", Integer.toString(i))
                    .containsEntry("peer.service", target);
            assertThat(attempt.failed()).isEqualTo(seen.get(i).status() != 200);
            assertThat(attempt.start()).isGreaterThanOrEqualTo(before);
            before = attempt.end();
        }
        assertThat(delivery.tags()).containsEntry("tandem.attempts", Integer.toString(attempts.size()));
        assertThat(delivery.failed())
                .isEqualTo(attempts.get(attempts.size() - 1).failed());
        long again = seen.stream().filter(arrival -> arrival.status() == 503).count();
        assertThat(named(trace, "wait to try again").stream()
                        .filter(wait -> wait.parent().equals(delivery.id())))
                .as("%s", seen)
                .hasSize((int) again);
    }

    @Test
    void recordOfAFileIsATraceAsWell(@TempDir Path folder) throws Exception {
        try (StubTargets targets = new StubTargets()) {
            Map<String, String> settings = traced(targets.settings());
            settings.put("tandem.inbox.enabled", "true");
            settings.put("tandem.inbox.dir", folder.resolve("inbox").toString());
            Files.writeString(
                    Files.createDirectories(folder.resolve("inbox")).resolve("two.ndjson"), "{\"n\":1}\n{\"n\":2}\n");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                await().untilAsserted(() -> assertThat(named(collector.spans(), "message folder"))
                        .hasSize(2)
                        .allSatisfy(span -> assertThat(span.tags()).containsEntry("tandem.outcome", "complete")));
                assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                        .contains("tandem_messages_seconds_count{entry=\"folder\",outcome=\"complete\"} 2");
            }
            for (Seen message : named(collector.spans(), "message folder")) {
                assertThat(collector.spans().stream()
                                .filter(span -> span.parent().equals(message.id())))
                        .extracting(Seen::name)
                        .contains("deliver api-one", "deliver api-two", "merge");
            }
        }
    }

    @Test
    void aboutAsManyMessagesAreTracedAsShallBe() {
        Settings.Otlp nowhere = new Settings.Otlp(collector.url(), null, false, Duration.ofMinutes(1));
        try (Tracing tracing = new Tracing(new Settings.Telemetry(false, 0.25, nowhere))) {
            long traced = IntStream.range(0, 4000)
                    .filter(i ->
                            tracing.message("http", null, System.nanoTime()).isRecorded())
                    .count();
            assertThat(traced).isBetween(800L, 1200L);
        }
    }

    @Test
    void callersTraceGoesOnWhenItIsRecorded() {
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem = RunningTandem.start(traced(targets.settings()))) {
            tandem.postJson("{}", "traceparent", CALLERS + "01");
            await().untilAsserted(() -> assertThat(named(collector.spans(), "message http"))
                    .singleElement()
                    .satisfies(span -> {
                        assertThat(span.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
                        assertThat(span.parent()).isEqualTo("00f067aa0ba902b7");
                    }));
        }
    }

    @Test
    void callersTraceIsPassedOnAndNoMoreWhenItIsNotRecorded() {
        try (StubTargets targets = new StubTargets()) {
            try (RunningTandem tandem = RunningTandem.start(traced(targets.settings()))) {
                tandem.postJson("{}", "traceparent", CALLERS + "00");
            }
            assertThat(targets.received("api-one")).singleElement().satisfies(request -> assertThat(
                            request.getHeader("traceparent"))
                    .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00")
                    .doesNotContain("00f067aa0ba902b7"));
            assertThat(collector.spans()).isEmpty();
        }
    }

    @Test
    void nothingIsSentWhenTracingIsOff() {
        try (StubTargets targets = new StubTargets()) {
            Map<String, String> settings = traced(targets.settings());
            settings.put("tandem.tracing.sample", "0");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                tandem.postJson("{}", "traceparent", CALLERS + "01");
            }
            assertThat(targets.received("api-one")).singleElement().satisfies(request -> assertThat(
                            request.getHeader("traceparent"))
                    .endsWith("-01"));
            assertThat(collector.spans()).isEmpty();
        }
    }

    @Test
    void redeliveryIsInTheTraceOfItsMessageAndLinkedToIt() {
        try (StubTargets targets = new StubTargets()) {
            targets.answers("api-two", aResponse().withStatus(503));
            Map<String, String> settings = traced(targets.settings());
            settings.put("target.api-two.redelivery.min-backoff", "100ms");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                tandem.postJson("{}", "Prefer", "respond-async");
                await().until(() -> !targets.received("api-two").isEmpty());
                targets.answers("api-two", ok());
                await().untilAsserted(() -> assertThat(named(collector.spans(), "redeliver"))
                        .anySatisfy(span -> assertThat(span.tags()).containsEntry("tandem.outcome", "complete")));
            }
            Seen message = named(collector.spans(), "message http").get(0);
            List<Seen> redeliveries = named(collector.spans(), "redeliver");
            assertThat(redeliveries).allSatisfy(span -> {
                assertThat(span.traceId()).isEqualTo(message.traceId());
                assertThat(span.parent()).isEqualTo(message.id());
                assertThat(span.span().getLinksList()).hasSize(1);
            });
            Seen last = redeliveries.get(redeliveries.size() - 1);
            assertThat(collector.spans().stream().filter(span -> span.parent().equals(last.id())))
                    .extracting(Seen::name)
                    .contains("deliver api-two")
                    .doesNotContain("deliver api-one");
        }
    }

    @Test
    void bucketsShowTracesThatAreInThemWhenOpenMetricsAreAskedFor() {
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem = RunningTandem.start(traced(targets.settings()))) {
            tandem.postJson("{}", "traceparent", CALLERS + "01");
            HttpResponse<String> scraped = tandem.send(HttpRequest.newBuilder(tandem.managementUri("/observe/metrics"))
                    .header("Accept", "application/openmetrics-text;version=1.0.0")
                    .build());
            assertThat(scraped.body())
                    .containsPattern("tandem_messages_seconds_bucket\\{.*} 1 # \\{.*"
                            + "trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"")
                    .containsPattern("tandem_deliveries_seconds_bucket\\{.*} 1 # \\{.*"
                            + "trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"")
                    .doesNotContainPattern("_count\\{.*# \\{");
        }
    }

    @Test
    void messagesDoWithoutTheCollectorAndItIsSaidOnceWhenItIsAway() throws IOException {
        try (StubTargets targets = new StubTargets();
                Logs logs = new Logs(Map.of("io.tandem", Level.INFO))) {
            Map<String, String> settings = traced(targets.settings());
            settings.put("tandem.otlp.url", "http://127.0.0.1:" + Ports.free());
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
                await().until(() -> !logs.of("io.tandem.tracing").isEmpty());
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
            }
            assertThat(logs.of("io.tandem.tracing"))
                    .containsExactly("WARN the collector of tandem.otlp.url does not take traces: they are dropped");
        }
    }
}
