package io.tandem.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code /observe/metrics} after one message, whose first token a target refused, and one bad request. */
class TandemMeterTest {
    private static final Pattern SAMPLE = Pattern.compile("(tandem_\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\",?");

    private static String scrape;
    /** The labels of each name, and the value of each series. */
    private static final Map<String, Set<String>> LABELS = new TreeMap<>();

    private static final Map<String, Double> VALUES = new TreeMap<>();

    @BeforeAll
    static void oneMessage() {
        try (StubTargets stubs = new StubTargets()) {
            stubs.server()
                    .stubFor(post("/token")
                            .willReturn(okJson(
                                    "{\"access_token\":\"t0ken\",\"token_type\":\"Bearer\",\"expires_in\":3600}")));
            stubs.server()
                    .stubFor(post("/api-one")
                            .inScenario("stale")
                            .whenScenarioStateIs(Scenario.STARTED)
                            .willReturn(aResponse().withStatus(401))
                            .willSetStateTo("fresh"));
            Map<String, String> settings = new HashMap<>(stubs.settings());
            settings.put("target.api-one.auth", "client-credentials");
            settings.put("target.api-one.oauth.token-url", stubs.url("token"));
            settings.put("target.api-one.oauth.client-id", "tandem");
            settings.put("target.api-one.oauth.client-secret", "s3cret");
            settings.put("target.api-one.oauth.allow-http", "true");
            settings.put("target.api-one.breaker", "true");
            settings.put("target.api-one.bulkhead.max-in-flight", "10");
            // where no broker is
            settings.put("tandem.kafka.brokers", "127.0.0.1:1");
            settings.put("tandem.kafka.topics", "orders");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                HttpResponse<String> reply = tandem.postJson("{}");
                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
                tandem.postJson("{");
                scrape = tandem.get(tandem.managementUri("/observe/metrics")).body();
            }
        }
        for (String line : scrape.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                String text = sample.group(2) == null ? "" : sample.group(2);
                Set<String> labels = LABELS.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
                LABEL.matcher(text).results().forEach(label -> labels.add(label.group(1)));
                VALUES.put(sample.group(1) + "{" + text + "}", Double.valueOf(sample.group(3)));
            } else {
                assertThat(line).as("a line that is no sample").doesNotStartWith("tandem");
            }
        }
    }

    @AfterAll
    static void forget() {
        LABELS.clear();
        VALUES.clear();
    }

    private static List<String> series(TandemMeter meter) {
        String name = meter.prometheusName();
        return meter.type() == TandemMeter.Type.TIMER
                ? List.of(name + "_bucket", name + "_count", name + "_sum", name + "_max")
                : List.of(name);
    }

    @Test
    void everyMeterIsThereWithItsTagsAndNothingElseIs() {
        Map<String, Set<String>> expected = new TreeMap<>();
        for (TandemMeter meter : TandemMeter.values()) {
            for (String series : series(meter)) {
                Set<String> labels = new TreeSet<>(meter.tags());
                if (series.endsWith("_bucket")) {
                    labels.add("le");
                }
                expected.put(series, labels);
            }
            assertThat(scrape).contains("# HELP " + meter.prometheusName() + " " + meter.description());
        }

        assertThat(LABELS).isEqualTo(expected);
    }

    @Test
    void everyMeterCountsWhatItSaysAfterOneMessage() {
        assertThat(VALUES)
                .containsEntry("tandem_messages_seconds_count{entry=\"http\",outcome=\"complete\"}", 1.0)
                .containsEntry("tandem_messages_refused_total{entry=\"http\",problem=\"malformed-json\"}", 1.0)
                .containsEntry("tandem_messages_seconds_count{entry=\"kafka\",outcome=\"accepted\"}", 0.0)
                .containsEntry("tandem_messages_in_flight{}", 0.0)
                .containsEntry("tandem_deliveries_seconds_count{outcome=\"delivered\",target=\"api-one\"}", 1.0)
                .containsEntry("tandem_deliveries_seconds_count{outcome=\"delivered\",target=\"api-two\"}", 1.0)
                .containsEntry("tandem_deliveries_seconds_count{outcome=\"rejected\",target=\"api-one\"}", 0.0)
                .containsEntry("tandem_attempts_total{target=\"api-one\"}", 2.0)
                .containsEntry("tandem_attempts_total{target=\"api-two\"}", 1.0)
                .containsEntry("tandem_connections{state=\"leased\",target=\"api-one\"}", 0.0)
                .containsEntry("tandem_retries_total{result=\"made\",target=\"api-one\"}", 0.0)
                .containsEntry("tandem_limited_total{target=\"api-one\"}", 0.0)
                .containsEntry("tandem_breaker{state=\"closed\",target=\"api-one\"}", 1.0)
                .containsEntry("tandem_breaker{state=\"open\",target=\"api-one\"}", 0.0)
                .containsEntry("tandem_bulkhead{state=\"in-flight\",target=\"api-one\"}", 0.0)
                .containsEntry("tandem_token_requests_seconds_count{result=\"success\",source=\"api-one\"}", 2.0)
                .containsEntry("tandem_tokens_rejected_total{source=\"api-one\"}", 1.0)
                .containsEntry("tandem_token_failures{source=\"api-one\"}", 0.0);
        double age = VALUES.get("tandem_token_age{source=\"api-one\"}");
        assertThat(age).isBetween(0.0, 60.0);
        assertThat(VALUES.get("tandem_token_remaining{source=\"api-one\"}")).isBetween(3540.0 - age, 3600.0);
    }
}
