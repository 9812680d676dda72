package io.tandem.app;

import static io.tandem.support.RunningTandem.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RawHttp;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where messages are worked on. Here {@code api-one} gets those alone that are on an event loop: the thread's name is what a
 * condition can look at.
 */
class EventLoopTest {
    private static final String ON_EVENT_LOOP = "simple:${threadName} contains 'vert.x-eventloop'";
    private static final String SCATTER_GATHER = "routes/2-scatter-gather.camel.yaml";
    private static final String CHECK =
            """
            import org.apache.camel.BindToRegistry;
            import org.apache.camel.Exchange;
            import org.apache.camel.Processor;

            @BindToRegistry("check")
            public class Check implements Processor {
                @Override
                public void process(Exchange exchange) {
                    exchange.setProperty("checked", true);
                }
            }
            """;
    private static final String MESSAGE = "{\"order\":1}";

    private static final String REQUEST = "POST /messages HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: " + MESSAGE.length() + "\r\n\r\n" + MESSAGE;

    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new HashMap<>(targets.settings());

    @TempDir
    private Path folder;

    EventLoopTest() {
        settings.put("target.api-one.client", "non-blocking");
        settings.put("target.api-two.client", "non-blocking");
        settings.put("target.api-one.when", ON_EVENT_LOOP);
    }

    @AfterEach
    void close() {
        targets.close();
    }

    private static boolean isOnEventLoop(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).at("/replies/api-two/outcome").asText()).isEqualTo("delivered");
        return json(answer).at("/replies/api-one/outcome").asText().equals("delivered");
    }

    @Test
    void messageStaysOnEventLoopWhenNothingOnItsWayCanBlock() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(isOnEventLoop(tandem.postJson(MESSAGE))).isTrue();
            // and its answer does not depend on where it comes from
            assertThat(isOnEventLoop(tandem.postJson(MESSAGE))).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "target.api-two.client, camel-http",
        "target.api-two.when, 'simple:${bean:branches?method=isShutdown} == false'",
        "target.api-two.when, 'bean:branches?method=isTerminated'"
    })
    void messageLeavesEventLoopWhenSomethingSettingsSayMayBlock(String key, String value) {
        settings.put(key, value);
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(MESSAGE);

            assertThat(json(answer).at("/replies/api-one/outcome").asText())
                    .as(answer.body())
                    .isEqualTo("skipped");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log: on",
                "process: {ref: check}",
                "delay: {constant: 1}",
                "setBody: {simple: '${body}'}",
                "to: mock:elsewhere",
                "multicast: {steps: [{to: 'mock:elsewhere'}]}"
            })
    void messageLeavesEventLoopWhenRouteHasStepThatMayBlock(String step) throws IOException {
        RoutesFolder routes = new RoutesFolder(folder.toRealPath());
        routes.plant(SCATTER_GATHER, "        - multicast:\n", "        - " + step + "\n        - multicast:\n");
        routes.write("routes/Check.java", CHECK);
        settings.put("tandem.routes", routes.path("routes").toString());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(isOnEventLoop(tandem.postJson(MESSAGE))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- errorHandler: {defaultErrorHandler: {redeliveryPolicy: {maximumRedeliveries: 1}}}",
                "- onException: {exception: [java.io.IOException], steps: [{log: failed}]}"
            })
    void messageLeavesEventLoopWhenErrorsAreHandledByWhatMayBlock(String handler) throws IOException {
        RoutesFolder routes = new RoutesFolder(folder.toRealPath());
        routes.write(SCATTER_GATHER, handler + "\n" + routes.read(SCATTER_GATHER));
        settings.put("tandem.routes", routes.path("routes").toString());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(isOnEventLoop(tandem.postJson(MESSAGE))).isFalse();
        }
    }

    @Test
    void largeMessageLeavesEventLoop() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(isOnEventLoop(tandem.postJson("{\"text\":\"" + "x".repeat(40_000) + "\"}")))
                    .isFalse();
        }
    }

    @Test
    void largeReplyIsMergedAsEver() {
        String large = "{\"text\":\"" + "x".repeat(200_000) + "\"}";
        targets.answers("api-two", WireMock.okJson(large));
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(MESSAGE);

            assertThat(isOnEventLoop(answer)).isTrue();
            assertThat(json(answer).at("/replies/api-two/body/text").asText()).hasSize(200_000);
        }
    }

    @Test
    void journaledMessageIsWrittenElsewhere() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            HttpResponse<String> answer = tandem.postJson(MESSAGE, "Idempotency-Key", "\"a\"");

            assertThat(isOnEventLoop(answer)).isFalse();
            assertThat(tandem.postJson(MESSAGE, "Idempotency-Key", "\"a\"").body())
                    .isEqualTo(answer.body());
        }
    }

    @Test
    void connectionsAreSpreadOverEventLoops() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor has one event loop");
        // that of every other event loop
        settings.put("target.api-one.when", "simple:${threadName} regex '.*[13579]'");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            Set<String> outcomes = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                try (RawHttp connection = new RawHttp(tandem.port())) {
                    String answer = connection.send(REQUEST).read().body();
                    outcomes.add(json(answer).at("/replies/api-one/outcome").asText());
                }
            }

            assertThat(outcomes).containsExactlyInAnyOrder("delivered", "skipped");
        }
    }
}
