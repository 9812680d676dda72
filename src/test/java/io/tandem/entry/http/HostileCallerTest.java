package io.tandem.entry.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
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

/** Callers who ask for more than their share: it costs them, and nobody else. */
class HostileCallerTest {
    private static final int MAX_IN_FLIGHT = 2;
    private static final int MAX_CONNECTIONS = 20;
    private static final int SLOW_MS = 1500;

    private static StubTargets targets;
    private static RunningTandem tandem;

    private final List<RawHttp> connections = new ArrayList<>();

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.max-in-flight", Integer.toString(MAX_IN_FLIGHT));
        settings.put("tandem.http.max-connections", Integer.toString(MAX_CONNECTIONS));
        settings.put("tandem.http.read-timeout", "20s");
        settings.put("tandem.http.idle-timeout", "4s");
        settings.put("target.api-one.timeout", "9s");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void forget() {
        targets.answers("api-one", WireMock.okJson("{}"));
        targets.forgetRequests();
    }

    @AfterEach
    void nextMessageWorks() throws IOException {
        for (RawHttp connection : connections) {
            connection.close();
        }
        await().atMost(10, SECONDS).ignoreExceptions().untilAsserted(() -> assertThat(
                        tandem.postJson("{\"order\":2}").statusCode())
                .isEqualTo(200));
    }

    private RawHttp connect() throws IOException {
        RawHttp connection = new RawHttp(tandem.port());
        connections.add(connection);
        return connection;
    }

    /** As many messages as there may be, at a slow target. */
    private void saturate() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(SLOW_MS));
        for (int i = 0; i < MAX_IN_FLIGHT; i++) {
            connect().send(BadInput.GOOD);
        }
        await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == MAX_IN_FLIGHT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"order\":1}",
                "GET /messages/none HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void connectionStaysWhenRefusedForNow(String request) throws IOException {
        saturate();
        RawHttp connection = connect();

        for (int i = 0; i < 3; i++) {
            RawHttp.Reply refused = connection.send(request).read();

            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isNotEmpty();
            assertThat(refused.headers()).doesNotContainKey("connection");
        }
        assertThat(targets.received("api-one")).hasSize(MAX_IN_FLIGHT);
        for (RawHttp taken : connections.subList(0, MAX_IN_FLIGHT)) {
            assertThat(taken.read().status()).isEqualTo(200);
        }
        assertThat(connection.send(BadInput.GOOD).read().status()).isEqualTo(200);
    }

    @Test
    void refusalComesBeforeTheBodyAndConnectionStaysInStep() throws IOException {
        saturate();
        RawHttp connection = connect()
                .send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 39\r\n\r\nGET / HTTP/1.1\r\n");

        assertThat(connection.read().status()).isEqualTo(503);
        assertThat(connection
                        .send("Host: localhost\r\nX: 1\r\n" + BadInput.GOOD)
                        .read()
                        .status())
                .isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1000000\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
                "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n"
            })
    void connectionIsClosedWhenTheRestOfTheRefusedIsUncertain(String rest) throws IOException {
        saturate();
        RawHttp connection = connect().send("POST /messages HTTP/1.1\r\nHost: localhost\r\n" + rest);

        RawHttp.Reply refused = connection.read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("connection")).isEqualTo("close");
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void connectionIsClosedWhenTheRestOfTheRefusedNeverComes() throws IOException {
        saturate();
        RawHttp connection =
                connect().send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{");

        assertThat(connection.read().status()).isEqualTo(503);
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void othersAreServedWhenBodiesDrip() throws IOException {
        for (int i = 0; i < 5 * MAX_IN_FLIGHT; i++) {
            connect().send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"or");
        }

        assertThat(tandem.postJson("{\"order\":3}").statusCode()).isEqualTo(200);
    }

    @Test
    void connectionIsTurnedAwayWhenThereAreTooMany() throws IOException {
        List<RawHttp> more = new ArrayList<>();
        await().atMost(10, SECONDS).until(() -> {
            more.add(connect().send("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n"));
            for (RawHttp connection : more) {
                // by now, or when the next one has come
                if (connection.hasReply()) {
                    return connection.read().status() == 503 && connection.isClosed();
                }
            }
            return false;
        });

        assertThat(more).hasSizeGreaterThanOrEqualTo(MAX_CONNECTIONS);
    }

    @Test
    void connectionIsClosedWhenNoFurtherRequestComes() throws IOException {
        RawHttp connection = connect().send(BadInput.GOOD);

        assertThat(connection.read().status()).isEqualTo(200);
        assertThat(connection
                        .send("POST /messages HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                        .isClosed())
                .isTrue();
    }

    @Test
    void connectionIsClosedWhenRequestsFloodIn() throws IOException {
        String large = "x".repeat(900_000);
        RawHttp connection = connect();
        // from now on, much is read of it at a time
        assertThat(connection
                        .send(BadInput.post("Content-Length: 900000\r\n", large))
                        .read()
                        .status())
                .isEqualTo(200);
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(SLOW_MS));
        connection.send(BadInput.GOOD + "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2000));

        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void allAreAnsweredWhenSomeRequestsArePipelined() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(300));
        RawHttp connection = connect()
                .send(BadInput.GOOD
                        + BadInput.post("Transfer-Encoding: chunked\r\n", "3\r\ntwo\r\n0\r\n\r\n")
                        + "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(50)
                        + BadInput.post("Content-Length: 5\r\n", "th"));

        assertThat(connection.read().status()).isEqualTo(200);
        assertThat(connection.read().status()).isEqualTo(200);
        for (int i = 0; i < 50; i++) {
            assertThat(connection.read().status()).isEqualTo(404);
        }
        assertThat(connection.send("ree").read().status()).isEqualTo(200);
        assertThat(targets.received("api-one"))
                .extracting(request -> request.getBodyAsString())
                .containsExactly(BadInput.GOOD_BODY, "two", "three");
    }

    @Test
    void messageIsWholeWhenItComesInTinyChunks() throws IOException {
        String body = "x".repeat(20_000);
        RawHttp connection = connect()
                .send(BadInput.post(
                        "Transfer-Encoding: chunked\r\n",
                        ("1;name=\"a value\"\r\nx\r\n").repeat(body.length()) + "0\r\n\r\n"));

        assertThat(connection.read().status()).isEqualTo(200);
        assertThat(targets.received("api-two"))
                .singleElement()
                .satisfies(request -> assertThat(request.getBodyAsString()).isEqualTo(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;%s\r\nabcde\r\n0\r\n\r\n", "%s\r\n", "5\r\nabcde\r\n0\r\nX-Trailer: %s\r\n\r\n"})
    void connectionIsClosedWhenWhatIsAroundTheChunksIsHuge(String chunks) throws IOException {
        RawHttp connection = connect();

        RawHttp.Reply reply = connection
                .send(BadInput.post("Transfer-Encoding: chunked\r\n", chunks.replace("%s", "0".repeat(30_000))))
                .read();

        assertThat(reply.status()).isIn(0, 400);
        assertThat(connection.isClosed()).isTrue();
        assertThat(targets.received()).isEmpty();
    }
}
