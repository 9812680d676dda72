package io.tandem.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is measured beside Tandem's own meters, and where it is sent. */
class RegistriesTest {
    private final StubTargets targets = new StubTargets();

    @AfterEach
    void stop() {
        targets.close();
    }

    private static String scrape(RunningTandem tandem) {
        return tandem.metrics();
    }

    @Test
    void jvmIsMeasured() {
        try (RunningTandem tandem = RunningTandem.start(targets.settings())) {
            assertThat(scrape(tandem))
                    .contains("jvm_memory_used_bytes{", "jvm_gc_", "jvm_threads_live_threads ")
                    .contains("process_cpu_usage ", "process_files_open_files ", "process_uptime_seconds ")
                    .doesNotContain("camel_", "entry=\"kafka\"", "tandem_kafka_");
        }
    }

    @Test
    void routesAreMeasuredWhenTheyShallBe() {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.metrics.routes", "true");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
            assertThat(scrape(tandem))
                    .containsPattern("camel_route_policy_seconds_count\\{.*routeId=\"receive-http\".*} 1\n")
                    .containsPattern("camel_route_policy_seconds_count\\{.*routeId=\"scatter-gather\".*} 1\n");
        }
    }

    @Test
    void metersGoToTheCollectorWhenTheyShall() {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.otlp.metrics", "true");
        settings.put("tandem.otlp.interval", "1s");
        settings.put("tandem.otlp.url", targets.server().baseUrl());
        settings.put("tandem.otlp.authorization", "Bearer c0llector");
        targets.server().stubFor(WireMock.post("/v1/metrics").willReturn(WireMock.ok()));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            tandem.postJson("{}");
            await().untilAsserted(() -> assertThat(
                            sent().filter(metric -> metric.getName().equals("tandem.deliveries")))
                    .anySatisfy(metric -> assertThat(metric.getHistogram().getDataPointsList())
                            .anySatisfy(point -> assertThat(point.getCount()).isEqualTo(1))));
            assertThat(scrape(tandem)).contains("tandem_deliveries_seconds_count{");
        }
        assertThat(targets.received("v1/metrics")).allSatisfy(request -> assertThat(request.getHeader("Authorization"))
                .isEqualTo("Bearer c0llector"));
    }

    private Stream<Metric> sent() {
        return targets.received("v1/metrics").stream().flatMap(request -> metrics(request.getBody()).stream());
    }

    private static List<Metric> metrics(byte[] body) {
        try {
            return ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList().stream()
                    .flatMap(resource -> resource.getScopeMetricsList().stream())
                    .flatMap(scope -> scope.getMetricsList().stream())
                    .toList();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void openMetricsAreServedToWhoAsksForThem() {
        try (RunningTandem tandem = RunningTandem.start(targets.settings())) {
            HttpRequest request = HttpRequest.newBuilder(tandem.managementUri("/observe/metrics"))
                    .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                    .build();
            var response = tandem.send(request);
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(response.body()).endsWith("# EOF\n");
        }
    }
}
