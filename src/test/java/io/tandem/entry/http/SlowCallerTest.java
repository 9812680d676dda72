package io.tandem.entry.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who take their time, or leave early: they hold nothing for long, and spoil nothing for others. */
class SlowCallerTest {
    private static final Duration READ_TIMEOUT = Duration.ofMillis(500);

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.read-timeout", READ_TIMEOUT.toMillis() + "ms");
        settings.put("tandem.max-in-flight", "5");
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

    /** With so few messages at a time, a slot that is not given back would show. */
    @AfterEach
    void nextMessageWorks() {
        await().atMost(5, SECONDS)
                .untilAsserted(() -> assertThat(tandem.postJson("{\"order\":2}").statusCode())
                        .isEqualTo(200));
    }

    @Test
    void timeoutIsToldWhenBodyNeverCompletes() throws IOException {
        List<RawHttp> connections = new ArrayList<>();
        for (String rest : List.of(
                "Content-Length: 11\r\n\r\n",
                "Content-Length: 11\r\n\r\n{\"ord",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"ord",
                "Transfer-Encoding: chunked\r\n\r\nb\r\n{\"order\":1}\r\n",
                "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n")) {
            connections.add(new RawHttp(tandem.port()).send("POST /messages HTTP/1.1\r\nHost: localhost\r\n" + rest));
        }
        for (RawHttp connection : connections) {
            RawHttp.Reply reply = connection.read();
            if (reply.status() == 100) {
                reply = connection.read();
            }

            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.body()).contains("urn:tandem:problem:request-timeout", "tandem.http.read-timeout");
            assertThat(connection.isClosed()).isTrue();
            connection.close();
        }
        assertThat(targets.received()).isEmpty();
    }

    /** What needs no body is answered at once; the rest of a body that was begun is not waited for. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /openapi.json", "GET /"})
    void connectionIsClosedWhenBodyThatIsNotNeededNeverCompletes(String start) throws IOException {
        for (String rest : List.of(
                "Content-Length: 11\r\n\r\n{\"ord",
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n")) {
            try (RawHttp connection = new RawHttp(tandem.port())) {
                RawHttp.Reply reply = connection
                        .send(start + " HTTP/1.1\r\nHost: localhost\r\n" + rest)
                        .read();

                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.header("connection")).isEqualTo("close");
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    @Test
    void timeoutIsToldWhenBodyDrips() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
            await().pollInterval(Duration.ofMillis(50)).atMost(5, SECONDS).until(() -> {
                connection.send("x");
                return connection.hasReply();
            });

            assertThat(connection.read().status()).isEqualTo(408);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\u0001\u0002\u0003\r\n\r\n",
                "\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4\u0003\u0003"
            })
    void refusalIsToldWhenItIsNoHttp(String start) throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            assertThat(connection.send(start).read().status()).isEqualTo(400);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void connectionIsClosedWhenHeadNeverCompletes() throws IOException {
        List<RawHttp> connections = new ArrayList<>();
        for (String start :
                List.of("", "\r\n\r\n", "POST /mess", "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Le")) {
            connections.add(new RawHttp(tandem.port()).send(start));
        }
        for (RawHttp connection : connections) {
            assertThat(connection.isClosed()).isTrue();
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /mess",
                "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n",
                "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"ord",
                "POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ord",
            })
    void nothingIsSentWhenCallerHangsUpInTheMiddle(String start) throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send(start).reset();
        }
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send(start);
        }

        nextMessageWorks();
        assertThat(targets.received())
                .extracting(request -> request.getBodyAsString())
                .containsOnly("{\"order\":2}");
    }

    @Test
    void messageIsDeliveredWhenCallerHangsUpBeforeTheReply() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(300));
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send(BadInput.GOOD);
            await().atMost(5, SECONDS)
                    .untilAsserted(() -> assertThat(targets.received("api-two")).hasSize(1));
            connection.reset();
        }

        await().atMost(5, SECONDS)
                .untilAsserted(() -> assertThat(targets.received("api-one")).hasSize(1));
        targets.answers("api-one", WireMock.okJson("{}"));
    }

    @Test
    void repliesComeInOrderWhenRequestsArePipelined() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send(BadInput.GOOD + BadInput.post("Content-Length: 3\r\n", "two") + "GET /none HTTP/1.1\r\n"
                    + "Host: localhost\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(404);
        }
        assertThat(targets.received("api-one"))
                .extracting(request -> request.getBodyAsString())
                .containsExactly(BadInput.GOOD_BODY, "two");
    }

    @Test
    void connectionIsReusedWhenRequestsAreGood() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(connection.send(BadInput.GOOD).read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void interimReplyIsSentWhenCallerWaitsForIt() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            connection.send(BadInput.post("Content-Length: 11\r\nExpect: 100-continue\r\n", ""));

            assertThat(connection.read().status()).isEqualTo(100);
            assertThat(connection.send(BadInput.GOOD_BODY).read().status()).isEqualTo(200);
        }
    }
}
