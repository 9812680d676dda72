package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code target.<name>.when}, over the real routes. */
class ConditionalTargetsTest {
    private static final StubTargets TARGETS = new StubTargets();

    private final Map<String, String> settings = new HashMap<>(TARGETS.settings());

    @AfterEach
    void forget() {
        TARGETS.forgetRequests();
    }

    @AfterAll
    static void stop() {
        TARGETS.close();
    }

    private static JsonNode replies(HttpResponse<String> reply) {
        return RunningTandem.json(reply).path("replies");
    }

    @ParameterizedTest
    @CsvSource({
        "all, 200",
        "required:api-two, 200",
        "quorum:1, 200",
        "quorum:2, 502",
        "any, 200",
        "best-effort, 200",
        "first, 200"
    })
    void targetIsSkippedWhenTheMessageIsNotMeantForIt(String completion, int status) {
        settings.put("tandem.completion", completion);
        settings.put("target.api-two.when", "jsonpath:$[?(@.country == 'DE')]");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> reply = tandem.postJson("{\"country\":\"FR\"}");

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
            JsonNode two = replies(reply).path("api-two");
            assertThat(two.path("outcome").asText()).isEqualTo("skipped");
            assertThat(two.has("problem")).isFalse();
            assertThat(TARGETS.received("api-two")).isEmpty();

            assertThat(replies(tandem.postJson("{\"country\":\"DE\"}"))
                            .path("api-two")
                            .path("outcome")
                            .asText())
                    .isIn("delivered", completion.equals("first") ? "skipped" : "delivered");
        }
    }

    @Test
    void messageIsCompleteWhenTheTargetsThatItIsMeantForHaveIt() {
        settings.put("target.api-two.when", "simple:${header.X-Kind} == 'order'");
        settings.put("tandem.http.forward-headers", "X-Kind");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> other = tandem.postJson("{}", "X-Kind", "${body} == ''");
            assertThat(RunningTandem.json(other).path("outcome").asText()).isEqualTo("complete");
            assertThat(replies(other).path("api-two").path("outcome").asText()).isEqualTo("skipped");

            HttpResponse<String> order = tandem.postJson("{}", "X-Kind", "order");
            assertThat(replies(order).path("api-two").path("outcome").asText()).isEqualTo("delivered");
            assertThat(TARGETS.received("api-two")).hasSize(1);
        }
    }

    @Test
    void journaledMessageIsCompleteWhenAConditionExcludesATarget() {
        settings.put("target.api-two.when", "jsonpath:$[?(@.country == 'DE')]");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> reply = tandem.postJson("{\"country\":\"FR\"}", "Idempotency-Key", "k1");

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            String id = reply.headers().firstValue("tandem-message-id").orElseThrow();
            JsonNode message = RunningTandem.json(tandem.get(tandem.uri("/messages/" + id)));
            assertThat(message.path("state").asText()).isEqualTo("complete");
            assertThat(message.at("/deliveries/api-two/outcome").asText()).isEqualTo("skipped");
        }
    }

    @Test
    void deliveryFailsAndTheOtherIsMadeWhenTheConditionCantBeApplied() {
        settings.put("target.api-two.when", "jsonpath:$[?(@.country == 'DE')]");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> reply = tandem.post("text/plain", "not JSON at all {");

            assertThat(reply.statusCode()).isEqualTo(502);
            assertThat(replies(reply).at("/api-two/problem/type").asText())
                    .isEqualTo("urn:tandem:problem:target-condition-failed");
            assertThat(replies(reply).at("/api-one/outcome").asText()).isEqualTo("delivered");
            assertThat(TARGETS.received("api-two")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"jsonpath:$[?(@.a == , jsonpath", "simple:${nonsense.here} == 1, simple", "klingon:yes, klingon"})
    void startIsRefusedWithTheKeyWhenTheConditionCantBeRead(String when, String language) {
        settings.put("target.api-two.when", when);

        assertThatThrownBy(() -> RunningTandem.start(settings).close())
                .hasMessageContaining("target.api-two.when")
                .hasMessageContaining(language);
    }
}
