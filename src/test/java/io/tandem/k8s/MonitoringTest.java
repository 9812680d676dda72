package io.tandem.k8s;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.Kafka;
import io.tandem.support.Ports;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code k8s/monitoring} with the real Prometheus and Alertmanager, of a Tandem that has something to do. */
class MonitoringTest {
    private static final Path FOLDER = Manifests.FOLDER.resolve("monitoring");
    private static final Path RULES = FOLDER.resolve("prometheus/tandem.rules.yaml");

    /** Long enough for a rate: two scrapes; so short that an alert clears while a test runs. */
    private static final String WINDOW = "5s";

    @TempDir
    private Path temp;

    private String topic;

    private static Path program(String... names) {
        return Stream.of(names)
                .map(name -> Path.of("/usr/bin", name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> {
                    Assumptions.abort(
                            names[0] + " is not installed: apt-get install prometheus prometheus-alertmanager");
                    throw new AssertionError("unreachable");
                });
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void rulesAndConfigurationsAreValid() throws Exception {
        String promtool = program("promtool").toString();
        run(FOLDER, promtool, "check", "config", "prometheus/prometheus.yaml");
        run(FOLDER, promtool, "check", "rules", "prometheus/tandem.rules.yaml");
        run(FOLDER, program("amtool").toString(), "check-config", "alertmanager/alertmanager.yaml");
    }

    @Test
    void eachAlertFiresAndClears() throws Exception {
        run(FOLDER.resolve("prometheus"), program("promtool").toString(), "test", "rules", "tandem.rules.test.yaml");

        String tests = Files.readString(FOLDER.resolve("prometheus/tandem.rules.test.yaml"));
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> assertThat(tests).contains("- name: " + alert + "\n"));
    }

    @Test
    void eachAlertHasARunbook() throws Exception {
        String runbooks = Files.readString(Path.of("docs/runbooks.md"));
        String rules = Files.readString(RULES);
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(runbooks).contains("\n## " + alert + "\n");
            assertThat(rules).contains("runbook_url: docs/runbooks.md#" + alert.toLowerCase(Locale.ROOT) + "\n");
        });
    }

    private static List<String> alerts() throws IOException {
        return Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(RULES))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** Two targets with tokens, one of them well guarded, and a Tandem that sends to them. */
    private RunningTandem tandem(StubTargets targets) {
        targets.server()
                .stubFor(post("/token")
                        .willReturn(okJson("{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":3600}")));
        Map<String, String> settings = new HashMap<>(targets.settings());
        for (String target : List.of("api-one", "api-two")) {
            settings.put("target." + target + ".auth", "client-credentials");
            settings.put("target." + target + ".oauth.token-url", targets.url("token"));
            settings.put("target." + target + ".oauth.client-id", target);
            settings.put("target." + target + ".oauth.client-secret", "s3cret");
            settings.put("target." + target + ".oauth.allow-http", "true");
        }
        settings.put("target.api-one.breaker", "true");
        settings.put("target.api-one.bulkhead.max-in-flight", "10");
        topic = Kafka.shared().topic("in", 1);
        settings.put("tandem.kafka.brokers", Kafka.shared().bootstrap());
        settings.put("tandem.kafka.topics", topic);
        settings.put("tandem.kafka.group", topic);
        settings.put("tandem.kafka.reply-topic", Kafka.shared().topic("replies", 1));
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.inbox.dir", temp.resolve("inbox").toString());
        // so that Prometheus sees exemplars
        settings.put("tandem.tracing.sample", "1");
        settings.put("tandem.otlp.url", targets.server().baseUrl());
        targets.server().stubFor(post("/v1/traces").willReturn(ok()));
        targets.server().stubFor(post("/pager").willReturn(ok()));
        return RunningTandem.start(settings);
    }

    /** A program that is ended with the test. */
    private record Server(Process process) implements AutoCloseable {
        static Server start(Path folder, String... command) throws IOException {
            return new Server(new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve(Path.of(command[0]).getFileName() + ".log")
                            .toFile())
                    .start());
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Server prometheus(int port, RunningTandem tandem, int alertmanager) throws IOException {
        String configuration = Files.readString(FOLDER.resolve("prometheus/prometheus.yaml"))
                .replace("127.0.0.1:9876", "127.0.0.1:" + tandem.application().managementPort())
                .replace("127.0.0.1:9093", "127.0.0.1:" + alertmanager)
                .replaceAll("_interval: \\d+s", "_interval: 1s");
        Files.writeString(temp.resolve("prometheus.yaml"), configuration);
        Files.writeString(
                temp.resolve("tandem.rules.yaml"),
                Files.readString(RULES)
                        .replaceAll("for: \\d+m", "for: 1s")
                        .replaceAll("\\[\\d+[mhd]]", "[" + WINDOW + "]"));
        return Server.start(
                temp,
                program("prometheus").toString(),
                "--config.file=prometheus.yaml",
                "--storage.tsdb.path=prometheus",
                "--enable-feature=exemplar-storage",
                "--web.listen-address=127.0.0.1:" + port);
    }

    private static JsonNode query(RunningTandem any, int port, String path, String query) {
        HttpResponse<String> answer = any.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                .build());
        return RunningTandem.json(answer).path("data");
    }

    private void sendSome(RunningTandem tandem) {
        Kafka.shared().send(topic, "k", "{}");
        tandem.postJson("{}");
        tandem.postJson("{}", "Prefer", "respond-async");
    }

    @Test
    void noQueryOfTheDashboardsIsEmptyWhenMessagesFlow() throws Exception {
        program("prometheus");
        int port = Ports.free();
        AtomicInteger files = new AtomicInteger();
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem = tandem(targets);
                Server prometheus = prometheus(port, tandem, Ports.free())) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(300))
                    .ignoreExceptions()
                    .until(() -> {
                        int number = files.incrementAndGet();
                        sendSome(tandem);
                        Files.writeString(
                                Files.createDirectories(temp.resolve("inbox")).resolve(number + ".json"),
                                "{\"number\":" + number + "}");
                        return query(
                                                tandem,
                                                port,
                                                "query",
                                                "rate(tandem_messages_seconds_count{entry=\"folder\",outcome=\"complete\"}[1m]) > 0")
                                        .path("result")
                                        .size()
                                > 0;
                    });
            assertThat(prometheus.process().isAlive()).isTrue();
            List<String> bad = new ArrayList<>();
            for (Query asked : queries().toList()) {
                JsonNode result = query(tandem, port, "query", asked.resolved()).path("result");
                boolean finite = StreamSupport.stream(result.spliterator(), false)
                        .anyMatch(series -> !series.at("/value/1").asText().equals("NaN"));
                if (!finite) {
                    bad.add(asked + " gives " + result);
                }
            }
            assertThat(bad).isEmpty();
            assertThat(query(tandem, port, "query_exemplars", "tandem_deliveries_seconds_bucket"))
                    .as("exemplars that Prometheus has taken")
                    .isNotEmpty();
        }
    }

    /** One query of a panel. */
    private record Query(String dashboard, String panel, String expression) {
        /** With a value for each variable. */
        String resolved() {
            return expression
                    .replace("$__rate_interval", "1m")
                    .replaceAll("\\$(instance|target)\\b", ".*")
                    .replace("$slow", "1")
                    .replace("$slo", "0.999");
        }
    }

    private static List<Path> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("grafana"))) {
            return files.sorted().toList();
        }
    }

    private static Stream<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            for (JsonNode panel : RunningTandem.json(Files.readString(file)).path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(
                            String.valueOf(file.getFileName()),
                            panel.path("title").asText(),
                            target.path("expr").asText()));
                }
            }
        }
        assertThat(queries).hasSizeGreaterThan(60);
        return queries.stream();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void dashboardIsWellFormed(Path file) throws Exception {
        JsonNode dashboard = RunningTandem.json(Files.readString(file));
        assertThat(file.getFileName()).hasToString(dashboard.path("uid").asText() + ".json");
        List<String> variables = new ArrayList<>(List.of("__rate_interval"));
        dashboard
                .at("/templating/list")
                .forEach(variable -> variables.add(variable.path("name").asText()));
        List<JsonNode> panels = new ArrayList<>();
        dashboard.path("panels").forEach(panels::add);
        assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        for (JsonNode panel : panels) {
            JsonNode at = panel.path("gridPos");
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
            for (JsonNode target : panel.path("targets")) {
                Matcher used =
                        Pattern.compile("\\$(\\w+)").matcher(target.path("expr").asText());
                while (used.find()) {
                    assertThat(variables).contains(used.group(1));
                }
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                        .as("%s has a unit", panel.path("title"))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void alertReachesTheWebhookWhenATargetIsDownAndClearsWhenItIsBack() throws Exception {
        program("prometheus");
        Path alertmanager = program("prometheus-alertmanager", "alertmanager");
        int port = Ports.free();
        int alerts = Ports.free();
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem = tandem(targets)) {
            Files.writeString(
                    temp.resolve("alertmanager.yaml"),
                    Files.readString(FOLDER.resolve("alertmanager/alertmanager.yaml"))
                            .replace("http://127.0.0.1:9094", targets.server().baseUrl())
                            .replace("group_wait: 5s", "group_wait: 100ms")
                            .replace("group_interval: 1m", "group_interval: 1s"));
            try (Server prometheus = prometheus(port, tandem, alerts);
                    Server alerting = Server.start(
                            temp,
                            alertmanager.toString(),
                            "--config.file=alertmanager.yaml",
                            "--storage.path=alertmanager",
                            "--cluster.listen-address=",
                            "--web.listen-address=127.0.0.1:" + alerts)) {
                targets.answers("api-two", aResponse().withStatus(503));
                awaitPage(tandem, targets, "firing");
                targets.answers("api-two", ok());
                awaitPage(tandem, targets, "resolved");
                assertThat(prometheus.process().isAlive() && alerting.process().isAlive())
                        .isTrue();
            }
        }
    }

    private static void awaitPage(RunningTandem tandem, StubTargets targets, String status) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    tandem.postJson("{}");
                    return targets.received("pager").stream()
                            .map(request -> RunningTandem.json(request.getBodyAsString()))
                            .flatMap(page ->
                                    StreamSupport.stream(page.path("alerts").spliterator(), false))
                            .anyMatch(alert -> alert.path("status").asText().equals(status)
                                    && alert.at("/labels/alertname").asText().equals("TandemTargetFailing")
                                    && alert.at("/labels/target").asText().equals("api-two"));
                });
    }
}
