package io.tandem.entry.http;

import static io.tandem.support.RawHttp2.CONTINUATION;
import static io.tandem.support.RawHttp2.DATA;
import static io.tandem.support.RawHttp2.END_HEADERS;
import static io.tandem.support.RawHttp2.END_STREAM;
import static io.tandem.support.RawHttp2.GOAWAY;
import static io.tandem.support.RawHttp2.HEADERS;
import static io.tandem.support.RawHttp2.NONE;
import static io.tandem.support.RawHttp2.PING;
import static io.tandem.support.RawHttp2.PRIORITY;
import static io.tandem.support.RawHttp2.RST_STREAM;
import static io.tandem.support.RawHttp2.SETTINGS;
import static io.tandem.support.RawHttp2.WINDOW_UPDATE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.netty.handler.codec.http2.Http2Error;
import io.tandem.support.RawHttp;
import io.tandem.support.RawHttp2;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 frame by frame: what holds for callers over HTTP/1.1 holds here, and what only HTTP/2 allows is bounded. */
class Http2Test {
    private static final int MAX_IN_FLIGHT = 50;
    private static final int MAX_BODY = 30_000;
    private static final String BODY = "{\"order\":1}";

    private static final int SETTINGS_MAX_CONCURRENT_STREAMS = 3;
    private static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
    private static final int SETTINGS_MAX_HEADER_LIST_SIZE = 6;

    private static StubTargets targets;
    private static RunningTandem tandem;

    private final List<RawHttp2> connections = new ArrayList<>();

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = targets.settings();
        settings.put("tandem.max-in-flight", Integer.toString(MAX_IN_FLIGHT));
        settings.put("tandem.http.max-body", Integer.toString(MAX_BODY));
        settings.put("tandem.http.max-connections", "20");
        settings.put("tandem.http.read-timeout", "1s");
        settings.put("tandem.http.idle-timeout", "2s");
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
        for (RawHttp2 connection : connections) {
            connection.close();
        }
        await().atMost(10, SECONDS).ignoreExceptions().untilAsserted(() -> assertThat(
                        tandem.postJson("{\"order\":2}").statusCode())
                .isEqualTo(200));
        await().atMost(10, SECONDS).until(() -> inFlight() == 0);
    }

    private static int inFlight() {
        return tandem.get(tandem.managementUri("/observe/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith("tandem_messages_in_flight "))
                .mapToInt(line -> (int) Double.parseDouble(line.split(" ")[1]))
                .sum();
    }

    private RawHttp2 connect(int... settings) throws IOException {
        RawHttp2 connection = RawHttp2.greeted(tandem.port(), settings);
        connections.add(connection);
        return connection;
    }

    @Test
    void answerIsTheSameAsOverHttp1() throws IOException {
        RawHttp2 connection = connect().message(1, BODY);

        RawHttp2.Frame head = connection.read(HEADERS);
        assertThat(head.headers())
                .containsEntry(":status", "200")
                .containsEntry("content-type", "application/json")
                .containsEntry("tandem-outcome", "complete")
                .containsKeys("tandem-message-id", "server-timing", "content-length")
                .doesNotContainKeys("connection", "transfer-encoding", "keep-alive");
        RawHttp2.Frame body = connection.read(DATA);
        assertThat(body.has(END_STREAM)).isTrue();
        assertThat(RunningTandem.json(body.text()).path("outcome").asText()).isEqualTo("complete");
        assertThat(targets.received("api-one"))
                .singleElement()
                .satisfies(request -> assertThat(request.getBodyAsString()).isEqualTo(BODY));
    }

    @Test
    void problemIsTheSameAsOverHttp1() throws IOException {
        RawHttp2 connection = connect()
                .frame(
                        HEADERS,
                        END_HEADERS | END_STREAM,
                        1,
                        RawHttp2.block(
                                ":method", "GET", ":scheme", "http", ":path", "/none", ":authority", "localhost"));

        assertThat(connection.read(HEADERS).headers())
                .containsEntry(":status", "404")
                .containsEntry("content-type", "application/problem+json");
        assertThat(connection.read(DATA).text()).contains("urn:tandem:problem:not-found");
    }

    @Test
    void prefaceMayDripIn() throws IOException {
        RawHttp2 connection = new RawHttp2(tandem.port());
        connections.add(connection);
        for (byte b : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
            connection.send(new byte[] {b});
        }
        connection.frame(SETTINGS, NONE, 0).message(1, BODY);

        assertThat(connection.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSMS\r\n\r\n",
                "PRI /messages HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "P /messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"
            })
    void requestIsStrictlyHttp1WhenItOnlyBeginsLikeThePreface(String start) throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            assertThat(connection.send(start).read().status()).isEqualTo(400);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    /** An intermediary that doesn't know of the upgrade would see another conversation (RFC 9113 §3.1 has dropped it). */
    @Test
    void upgradeIsPassedOver() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            RawHttp.Reply reply = connection
                    .send(BadInput.post(
                            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
                                    + "Content-Length: 11\r\n",
                            BODY))
                    .read();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("tandem-outcome")).isEqualTo("complete");
        }
    }

    @Test
    void requestsOfOneConnectionRunAtTheSameTime() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(2000));
        RawHttp2 connection = connect();
        for (int i = 0; i < 20; i++) {
            connection.message(1 + 2 * i, BODY);
        }

        await().atMost(5, SECONDS).until(() -> inFlight() == 20);
        Set<Integer> answered = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            RawHttp2.Frame head = connection.read(HEADERS);
            assertThat(head.headers()).containsEntry(":status", "200");
            answered.add(head.stream());
        }
        assertThat(answered).hasSize(20);
    }

    @Test
    void streamIsRefusedWhenThereAreTooManyAtATime() throws IOException {
        RawHttp2 connection = connect();
        RawHttp2.Frame settings = connection.read(SETTINGS);
        assertThat(settings.payload())
                .contains(RawHttp2.settings(SETTINGS_MAX_CONCURRENT_STREAMS, 100))
                .contains(RawHttp2.settings(SETTINGS_MAX_HEADER_LIST_SIZE, 16 * 1024));
        // its settings are never acknowledged, and bodies never come
        for (int i = 0; i < 101; i++) {
            connection.frame(HEADERS, END_HEADERS, 1 + 2 * i, RawHttp2.post());
        }

        RawHttp2.Frame refused = connection.read(RST_STREAM);
        assertThat(refused.stream()).isEqualTo(201);
        assertThat(refused.errorCode()).isEqualTo(Http2Error.REFUSED_STREAM.code());
    }

    @Test
    void refusalComesBeforeTheBodyAndOtherStreamsGoOn() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(3000));
        RawHttp2 connection = connect();
        for (int i = 0; i < MAX_IN_FLIGHT; i++) {
            connection.message(1 + 2 * i, BODY);
        }
        await().atMost(5, SECONDS).until(() -> inFlight() == MAX_IN_FLIGHT);
        int refused = 1 + 2 * MAX_IN_FLIGHT;
        connection.frame(HEADERS, END_HEADERS, refused, RawHttp2.post("content-length", "90000"));

        RawHttp2.Frame head = connection.read(HEADERS);
        assertThat(head.stream()).isEqualTo(refused);
        assertThat(head.headers()).containsEntry(":status", "503").containsKey("retry-after");
        assertThat(head.headers()).doesNotContainKey("connection");
        RawHttp2.Frame reset = connection.read(RST_STREAM);
        assertThat(reset.stream()).isEqualTo(refused);
        assertThat(reset.errorCode()).isEqualTo(Http2Error.NO_ERROR.code());
        for (int i = 0; i < MAX_IN_FLIGHT; i++) {
            assertThat(connection.status()).isEqualTo(200);
        }
        assertThat(connection.message(refused + 2, BODY).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bodyIsRefusedWhenTooLarge(boolean told) throws IOException {
        RawHttp2 connection = connect()
                .frame(HEADERS, END_HEADERS, 1, told ? RawHttp2.post("content-length", "200000") : RawHttp2.post());
        for (int sent = 0; !told && sent <= MAX_BODY; sent += 10_000) {
            connection.frame(DATA, NONE, 1, new byte[10_000]);
        }

        assertThat(connection.read(HEADERS).headers()).containsEntry(":status", "413");
        assertThat(connection.read(RST_STREAM).stream()).isEqualTo(1);
        assertThat(connection.message(3, BODY).status()).isEqualTo(200);
        assertThat(targets.received("api-one")).hasSize(1);
    }

    @Test
    void timeoutIsToldWhenBodyNeverCompletesAndOtherStreamsGoOn() throws IOException {
        RawHttp2 connection = connect()
                .frame(HEADERS, END_HEADERS, 1, RawHttp2.post())
                .frame(DATA, NONE, 1, new byte[] {'{'})
                .message(3, BODY);

        assertThat(connection.status()).isEqualTo(200);
        RawHttp2.Frame late = connection.read(HEADERS);
        assertThat(late.stream()).isEqualTo(1);
        assertThat(late.headers()).containsEntry(":status", "408");
        assertThat(connection.read(RST_STREAM).stream()).isEqualTo(1);
        assertThat(connection.message(5, BODY).status()).isEqualTo(200);
    }

    static List<byte[]> malformed() {
        List<byte[]> heads = new ArrayList<>();
        for (String[] more : List.of(
                new String[] {"x-a", "b\r\nx: y"},
                new String[] {"x-a", "b\u0000"},
                new String[] {"x-a", " b"},
                new String[] {"x a", "b"},
                new String[] {"X-A", "b"},
                new String[] {"", "b"},
                new String[] {"x-a:", "b"},
                new String[] {":x", "b"},
                new String[] {":path", "/docs"},
                new String[] {"connection", "close"},
                new String[] {"transfer-encoding", "chunked"},
                new String[] {"te", "gzip"},
                new String[] {"host", "b"},
                new String[] {"host", "a", "host", "a"},
                new String[] {"content-length", "1x"},
                new String[] {"content-length", "11", "content-length", "12"},
                new String[] {"content-length", "12"},
                new String[] {"content-length", "-1"})) {
            heads.add(RawHttp2.post(more));
        }
        for (String[] pseudo : List.of(
                new String[] {":method", "POST", ":scheme", "http", ":authority", "localhost"},
                new String[] {":method", "POST", ":scheme", "http", ":path", "", ":authority", "localhost"},
                new String[] {
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/messages HTTP/1.1\r\nX: y",
                    ":authority",
                    "localhost"
                },
                new String[] {":method", "POST /x", ":scheme", "http", ":path", "/messages", ":authority", "localhost"},
                new String[] {":method", "", ":scheme", "http", ":path", "/messages", ":authority", "localhost"},
                new String[] {":scheme", "http", ":path", "/messages", ":authority", "localhost"},
                new String[] {":method", "POST", ":path", "/messages", ":authority", "localhost"},
                new String[] {":method", "POST", ":scheme", "file", ":path", "/messages", ":authority", "localhost"},
                new String[] {":method", "POST", ":scheme", "http", ":path", "/messages"},
                new String[] {":method", "POST", ":scheme", "http", ":path", "/messages", ":authority", "a b"},
                new String[] {":status", "200", ":method", "POST", ":scheme", "http", ":path", "/messages"},
                new String[] {"x-a", "b", ":method", "POST", ":scheme", "http", ":path", "/messages"})) {
            heads.add(RawHttp2.block(pseudo));
        }
        return heads;
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedRequestEndsItsStreamAlone(byte[] head) throws IOException {
        RawHttp2 connection = connect().frame(HEADERS, END_HEADERS | END_STREAM, 1, head);

        RawHttp2.Frame reset = connection.read(RST_STREAM);
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(reset.errorCode()).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
        assertThat(connection.message(3, "{\"order\":3}").status()).isEqualTo(200);
        assertThat(targets.received("api-one")).hasSize(1);
    }

    @Test
    void headersAreRefusedWhenTooLarge() throws IOException {
        RawHttp2 connection = connect()
                .frame(
                        HEADERS,
                        END_HEADERS | END_STREAM,
                        1,
                        RawHttp2.post("x-large", "x".repeat(8000), "x-more", "x".repeat(8200)));

        assertThat(connection.read(HEADERS).headers()).containsEntry(":status", "431");
        assertThat(connection.message(3, BODY).status()).isEqualTo(200);
    }

    @Test
    void connectionEndsWhenStreamsAreResetAsFastAsTheyAreOpened() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(300));
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < 1000; i++) {
            int stream = 1 + 2 * i;
            flood.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS, stream, RawHttp2.post()));
            flood.writeBytes(RawHttp2.bytes(DATA, END_STREAM, stream, BODY.getBytes(StandardCharsets.UTF_8)));
            flood.writeBytes(RawHttp2.bytes(RST_STREAM, NONE, stream, RawHttp2.number(8)));
        }
        RawHttp2 connection = connect().send(flood.toByteArray());

        assertCalmed(connection);
        await().atMost(10, SECONDS).until(() -> inFlight() == 0);
        assertThat(targets.received("api-one").size()).isLessThanOrEqualTo(201);
    }

    private static byte[] both(byte[] first, byte[] then) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(then);
        return out.toByteArray();
    }

    /** By which a caller has the server reset a stream whose message is already on its way. */
    static List<Arguments> provocations() {
        return List.of(
                provocation(
                        "WINDOW_UPDATE of nothing",
                        stream -> RawHttp2.bytes(WINDOW_UPDATE, NONE, stream, RawHttp2.number(0))),
                provocation(
                        "WINDOW_UPDATE that overflows",
                        stream -> RawHttp2.bytes(WINDOW_UPDATE, NONE, stream, RawHttp2.number(Integer.MAX_VALUE))),
                provocation(
                        "PRIORITY on itself",
                        stream ->
                                RawHttp2.bytes(PRIORITY, NONE, stream, both(RawHttp2.number(stream), new byte[] {1}))),
                provocation(
                        "PRIORITY of a wrong length", stream -> RawHttp2.bytes(PRIORITY, NONE, stream, new byte[4])),
                provocation("DATA behind the end", stream -> RawHttp2.bytes(DATA, NONE, stream, new byte[1])),
                provocation(
                        "HEADERS behind the end",
                        stream -> RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, stream, RawHttp2.post())));
    }

    private static Arguments provocation(String name, IntFunction<byte[]> frame) {
        return Arguments.of(Named.of(name, frame));
    }

    /** CVE-2025-8671: by such resets, a caller has more going on than its share of streams. */
    @ParameterizedTest
    @MethodSource("provocations")
    void connectionEndsWhenResetsAreProvoked(IntFunction<byte[]> provocation) throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(300));
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < 1000; i++) {
            int stream = 1 + 2 * i;
            flood.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS, stream, RawHttp2.post()));
            flood.writeBytes(RawHttp2.bytes(DATA, END_STREAM, stream, BODY.getBytes(StandardCharsets.UTF_8)));
            flood.writeBytes(provocation.apply(stream));
        }
        RawHttp2 connection = connect().send(flood.toByteArray());

        assertCalmed(connection);
        await().atMost(10, SECONDS).until(() -> inFlight() == 0);
        assertThat(targets.received("api-one").size()).isLessThanOrEqualTo(201);
    }

    /** What the windows allow is all that is kept of a body (RFC 9113 §5.2). */
    @Test
    void connectionEndsWhenDataGoesBeyondTheWindow() throws IOException {
        RawHttp2 connection = connect()
                .frame(HEADERS, END_HEADERS, 1, RawHttp2.post())
                .send(repeat(50, RawHttp2.bytes(DATA, NONE, 1, new byte[16 * 1024])));

        assertThat(connection.isClosed()).isTrue();
        assertThat(targets.received()).isEmpty();
    }

    /** A long header once, and by one byte each time from then on (CVE-2016-6581, "HPACK bomb"). */
    @ParameterizedTest
    @ValueSource(ints = {5, 2_000, 16_000})
    void headersAreRefusedWhenTheyAreSmallOnTheWireAlone(int references) throws IOException {
        byte[] large = RawHttp2.block("x-large", "x".repeat(4000));
        large[0] = 0x40; // kept in the dynamic table (RFC 7541 §6.2.1)
        byte[] bomb = new byte[references];
        Arrays.fill(bomb, (byte) (0x80 | 62)); // its newest entry (RFC 7541 §2.3.3, §6.1)
        byte[] head = both(both(RawHttp2.post(), large), bomb);
        RawHttp2 connection = connect().frame(HEADERS, END_HEADERS | END_STREAM, 1, head);

        RawHttp2.Frame refusal = connection.read();
        while (refusal.type() == SETTINGS || refusal.type() == WINDOW_UPDATE) {
            refusal = connection.read();
        }
        if (refusal.type() == HEADERS) {
            assertThat(refusal.headers()).containsEntry(":status", "431");
        } else {
            assertThat(refusal.type()).isIn(GOAWAY, RawHttp2.CLOSED.type());
            assertThat(connection.isClosed()).isTrue();
        }
        assertThat(targets.received()).isEmpty();
    }

    static List<byte[]> floods() {
        byte[] headers = RawHttp2.bytes(HEADERS, NONE, 1, RawHttp2.post());
        return List.of(
                repeat(new byte[0], RawHttp2.bytes(PING, NONE, 0, new byte[8])),
                repeat(
                        new byte[0],
                        RawHttp2.bytes(SETTINGS, NONE, 0, RawHttp2.settings(SETTINGS_INITIAL_WINDOW_SIZE, 9))),
                repeat(new byte[0], RawHttp2.bytes(SETTINGS, NONE, 0)),
                repeat(new byte[0], RawHttp2.bytes(WINDOW_UPDATE, NONE, 0, RawHttp2.number(1))),
                repeat(new byte[0], RawHttp2.bytes(PRIORITY, NONE, 1, new byte[] {0, 0, 0, 0, 1})),
                repeat(new byte[0], RawHttp2.bytes(0x77, NONE, 0, new byte[3])),
                repeat(headers, RawHttp2.bytes(CONTINUATION, NONE, 1)),
                repeat(headers, RawHttp2.bytes(CONTINUATION, NONE, 1, RawHttp2.block("x-a", "b"))),
                repeat(
                        RawHttp2.bytes(HEADERS, END_HEADERS, 1, RawHttp2.post()),
                        RawHttp2.bytes(DATA, NONE, 1, new byte[0])));
    }

    /** That it was ended, and why: whoever goes on sending may lose the reason with the connection. */
    private static void assertCalmed(RawHttp2 connection) throws IOException {
        RawHttp2.Frame end = connection.read(GOAWAY);
        if (end != RawHttp2.CLOSED) {
            assertThat(end.errorCode()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
        }
        assertThat(connection.isClosed()).isTrue();
    }

    private static byte[] repeat(byte[] first, byte[] frame) {
        return both(first, repeat(5000, frame));
    }

    private static byte[] repeat(int times, byte[] frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("floods")
    void connectionEndsWhenFramesBringNothing(byte[] flood) throws IOException {
        RawHttp2 connection = connect().send(flood);

        assertCalmed(connection);
        assertThat(targets.received()).isEmpty();
    }

    static List<byte[]> malformedHeads() {
        return List.of(
                RawHttp2.post("content-length", "5"), // by the codec
                RawHttp2.block(":method", "POST", ":path", "/messages", ":authority", "localhost"), // by Vert.x
                RawHttp2.post("a b", "c")); // by Tandem
    }

    @ParameterizedTest
    @MethodSource("malformedHeads")
    void reasonIsToldWhenConnectionEndsRightBehindMalformedRequest(byte[] head) throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, 1, head));
        both.writeBytes(RawHttp2.bytes(RST_STREAM, NONE, 3, RawHttp2.number(8))); // of a stream that never began
        RawHttp2 connection = connect().send(both.toByteArray());

        RawHttp2.Frame reset = connection.read(RST_STREAM);
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(reset.errorCode()).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
        assertThat(connection.read(GOAWAY).errorCode()).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void connectionStaysWhenPingsComeWithRequests() throws IOException {
        RawHttp2 connection = connect();
        for (int i = 0; i < 300; i++) {
            for (int ping = 0; ping < 8; ping++) {
                connection.frame(PING, NONE, 0, new byte[8]);
            }
            connection.frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    1 + 2 * i,
                    RawHttp2.block(":method", "HEAD", ":scheme", "http", ":path", "/none", ":authority", "localhost"));

            assertThat(connection.status()).isEqualTo(404);
        }
    }

    @Test
    void streamEndsWhenItsAnswerIsNotRead() throws IOException {
        RawHttp2 connection = connect(SETTINGS_INITIAL_WINDOW_SIZE, 1).message(1, BODY);
        assertThat(connection.status()).isEqualTo(200);
        assertThat(connection.read(DATA).payload()).hasSize(1);

        // lively enough not to be idle
        int[] next = {3};
        await().atMost(10, SECONDS).until(() -> {
            connection.message(next[0], BODY);
            next[0] += 2;
            RawHttp2.Frame frame = connection.read();
            return frame.type() == RST_STREAM && frame.stream() == 1 && frame.errorCode() == Http2Error.CANCEL.code();
        });
    }

    @Test
    void connectionEndsWhenNoFurtherRequestComes() throws IOException {
        RawHttp2 connection = connect().message(1, BODY);
        assertThat(connection.status()).isEqualTo(200);

        await().atMost(10, SECONDS).until(() -> {
            connection.frame(PING, NONE, 0, new byte[8]);
            RawHttp2.Frame frame = connection.read();
            return frame.type() == GOAWAY || frame == RawHttp2.CLOSED;
        });
        assertThat(connection.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
    void connectionEndsWhenItNeverBegins(String start) throws IOException {
        RawHttp2 connection = new RawHttp2(tandem.port());
        connections.add(connection);
        connection.send(start.getBytes(StandardCharsets.US_ASCII));

        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void connectionEndsWhenAnswersAreNeverTakenFromTheSocket() throws IOException {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        byte[] head = RawHttp2.block(":method", "HEAD", ":scheme", "http", ":path", "/none", ":authority", "localhost");
        RawHttp2 connection = connect();
        int stream = 1;
        for (int i = 0; i < 60_000; i++, stream += 2) {
            requests.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, stream, head));
        }
        Thread sender = new Thread(() -> {
            try {
                connection.send(requests.toByteArray());
            } catch (IOException e) {
                // it is closed
            }
        });
        sender.start();

        await().atMost(20, SECONDS).until(() -> !sender.isAlive());
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void messageIsCancelledWhenItsStreamIsReset() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(8000));
        RawHttp2 connection = connect().message(1, BODY);
        await().atMost(5, SECONDS).until(() -> targets.received("api-one").size() == 1);
        connection.frame(RST_STREAM, NONE, 1, RawHttp2.number(8));

        await().atMost(5, SECONDS).until(() -> inFlight() == 0);
        assertThat(connection.message(3, "").status()).isEqualTo(400);
    }

    @Test
    void acceptedMessageGoesOnWhenItsStreamIsOver() throws IOException {
        targets.answers("api-one", WireMock.okJson("{}").withFixedDelay(500));
        RawHttp2 connection = connect()
                .frame(HEADERS, END_HEADERS, 1, RawHttp2.post("prefer", "respond-async"))
                .frame(DATA, END_STREAM, 1, BODY.getBytes(StandardCharsets.UTF_8));

        RawHttp2.Frame head = connection.read(HEADERS);
        assertThat(head.headers()).containsEntry(":status", "202").containsKeys("location", "preference-applied");
        await().atMost(5, SECONDS)
                .until(() -> tandem.get(tandem.uri(head.headers().get("location")))
                        .body()
                        .contains("\"complete\""));
    }
}
