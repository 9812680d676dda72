package io.tandem.observe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.tandem.support.Logs;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much is logged of one target, changed while Tandem runs. */
class LogLevelsTest {
    private static final String KEY = "m4nagement-key";

    private static StubTargets targets;
    private static RunningTandem tandem;

    private Logs logs;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        targets.answers("api-two", aResponse().withStatus(422));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.management.key", KEY);
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void listen() {
        logs = new Logs(Map.of("io.tandem.target.api-one", Level.INFO, "io.tandem.target.api-two", Level.INFO));
    }

    @AfterEach
    void restore() {
        logs.close();
    }

    private static HttpResponse<String> set(String target, String level, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(tandem.managementUri("/observe/log-levels/" + target))
                .PUT(HttpRequest.BodyPublishers.ofString(level));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return tandem.send(request.build());
    }

    private List<String> lines() {
        return logs.all().stream()
                .filter(line -> line.startsWith("io.tandem.target."))
                .toList();
    }

    @Test
    void attemptsAtOneTargetAreLoggedAsSoonAsSomebodyAsksForThem() {
        tandem.postJson("{}");
        assertThat(lines()).isEmpty();

        assertThat(set("api-two", "debug", "Authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(204);
        String id =
                tandem.postJson("{}").headers().firstValue("tandem-message-id").orElseThrow();
        assertThat(lines())
                .singleElement()
                .asString()
                .matches("io\\.tandem\\.target\\.api-two DEBUG message " + id
                        + " target api-two attempt 1: rejected 422 \\d+ms urn:tandem:problem:target-rejected");
        assertThat(tandem.get(tandem.managementUri("/observe/log-levels")).body())
                .isEqualTo("{\"api-one\":\"info\",\"api-two\":\"debug\"}");

        assertThat(set("api-two", "info", "Authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(204);
        tandem.postJson("{}");
        assertThat(lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "api-two, debug, Bearer wrong, 401",
        "api-two, debug, m4nagement-key, 401",
        "api-two, debug, , 401",
        "api-nine, debug, Bearer m4nagement-key, 404",
        "../root, debug, Bearer m4nagement-key, 404",
        "api-two, everything, Bearer m4nagement-key, 400",
        "api-two, , Bearer m4nagement-key, 400"
    })
    void nothingChangesWhenItMustNot(String target, String level, String authorization, int status) {
        HttpResponse<String> answer = authorization == null
                ? set(target, level)
                : set(target, level == null ? "" : level, "Authorization", authorization);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        tandem.postJson("{}");
        assertThat(lines()).isEmpty();
    }

    @Test
    void nobodyChangesAnythingWhenThereIsNoKey() {
        try (RunningTandem open = RunningTandem.start(targets.settings())) {
            HttpResponse<String> answer =
                    open.send(HttpRequest.newBuilder(open.managementUri("/observe/log-levels/api-two"))
                            .header("Authorization", "Bearer ")
                            .PUT(HttpRequest.BodyPublishers.ofString("debug"))
                            .build());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("tandem.management.key");
        }
    }
}
