package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent to the HTTP entry: a clear answer, nothing of the inside in it, and the next good message works. */
class BadInputTest {
    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.max-body", Integer.toString(BadInput.MAX_BODY));
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void forget() {
        targets.forgetRequests();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.tandem.entry.http.BadInput#all")
    void clearAnswerWhenInputIsBad(BadInput input) throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            RawHttp.Reply reply = connection.send(input.bytes()).read();

            assertThat(reply.status()).as(reply.body()).isEqualTo(input.status());
            assertThat(reply.headers()).containsAllEntriesOf(input.headers());
            assertProblem(reply, input);
            assertThat(targets.received()).isEmpty();
            assertClosedOrInStep(connection);
        }
        try (RawHttp next = new RawHttp(tandem.port())) {
            assertThat(next.send(BadInput.GOOD).read().status()).isEqualTo(200);
        }
    }

    private static void assertProblem(RawHttp.Reply reply, BadInput input) {
        assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
        JsonNode problem = RunningTandem.json(reply.body());
        assertThat(problem.path("type").asText()).isEqualTo("urn:tandem:problem:" + input.problem());
        assertThat(problem.path("status").asInt()).isEqualTo(input.status());
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("instance").asText()).matches("urn:ulid:[0-7][0-9A-HJKMNP-TV-Z]{25}");
        assertThat(reply.body())
                .doesNotContain("Exception", "io.tandem", "netty", "vertx", "camel", "\tat ", "127.0.0.1", "evil");
        assertThat(reply.headers()).doesNotContainKey("access-control-allow-origin");
    }

    /** What was not read of a refused request must never be taken for the next one. */
    private static void assertClosedOrInStep(RawHttp connection) throws IOException {
        RawHttp.Reply next = connection.send(BadInput.GOOD).read();
        if (next.status() == 0) {
            assertThat(targets.received()).isEmpty();
        } else {
            assertThat(next.status()).as(next.body()).isEqualTo(200);
            assertThat(targets.received("api-one"))
                    .singleElement()
                    .satisfies(request -> assertThat(request.getBodyAsString()).isEqualTo(BadInput.GOOD_BODY));
        }
    }
}
