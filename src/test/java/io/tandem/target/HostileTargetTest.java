package io.tandem.target;

import static io.tandem.support.RunningTandem.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RawServer;
import io.tandem.support.RawServer.Reply;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever one target sends: it ends in an outcome, costs the other target nothing, and only body and status get on. */
class HostileTargetTest {
    private static final int MAX_REPLY = 64 * 1024;
    private static final String EVIL_HEADERS =
            "Set-Cookie: evil=1\r\nTandem-Outcome: evil\r\nTandem-Message-Id: evil\r\n"
                    + "Server-Timing: evil\r\nLocation: http://evil.example/\r\nCamelHttpUri: http://evil.example/\r\n"
                    + "Access-Control-Allow-Origin: evil\r\nX-Evil: 1\r\nWWW-Authenticate: evil\r\n";

    private static final AtomicReference<Reply> reply = new AtomicReference<>();

    private static RawServer hostile;
    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() throws IOException {
        hostile = new RawServer((out, request) -> reply.get().write(out, request));
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("target.api-one.url", hostile.url().toString());
        settings.put("target.api-one.timeout", "1s");
        // the server closes its connections without a word: each case begins with one that is of no use any more
        settings.put("target.api-one.retry.attempts", "2");
        // one connection after the other is broken here
        settings.put("target.api-one.retry.budget", "9");
        settings.put("target.api-two.timeout", "20s");
        settings.put("tandem.deadline", "30s");
        settings.put("target.api-one.max-reply", Integer.toString(MAX_REPLY));
        settings.put("target.api-one.max-connections", "2");
        settings.put("tandem.completion", "best-effort");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() throws IOException {
        tandem.close();
        targets.close();
        hostile.close();
    }

    /** It would be the answer to a message of somebody else (RFC 9112 §6.3). */
    @Test
    void whatComesBehindAReplyIsNoReplyToTheNextMessage() {
        String poison = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"evil\":1}";
        reply.set(RawServer.text(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"good\":1}"
                        + poison));
        for (int i = 0; i < 4; i++) {
            JsonNode one =
                    RunningTandem.json(tandem.postJson("{}")).path("replies").path("api-one");

            assertThat(one.path("outcome").asText()).isEqualTo("delivered");
            assertThat(one.path("body").has("good")).isTrue();
        }
    }

    /**
     * What the target says.
     *
     * @param outcome of its delivery, as a pattern
     */
    record Case(String name, String outcome, Reply reply) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        return Stream.of(heads(), bodies(), codings(), ends()).flatMap(group -> group);
    }

    private static Stream<Case> heads() {
        return Stream.of(
                says(
                        "hostile headers",
                        "delivered",
                        "HTTP/1.1 200 evil\r\n" + EVIL_HEADERS + "Content-Length: 2\r\n\r\n{}"),
                says(
                        "hostile headers of a refusal",
                        "rejected",
                        "HTTP/1.1 401 evil\r\n" + EVIL_HEADERS + "Content-Length: 2\r\n\r\n{}"),
                says("a flood of headers", "failed", "HTTP/1.1 200 OK\r\n" + "X-Evil: 1\r\n".repeat(100_000) + "\r\n"),
                says("a header that never ends", "failed", "HTTP/1.1 200 OK\r\nX-Evil: " + "x".repeat(5_000_000)),
                says("a status line that never ends", "failed", "HTTP/1.1 200 " + "x".repeat(5_000_000)),
                says("empty lines and nothing else", "failed", "\r\n".repeat(100_000)),
                says("no HTTP", "failed", "SSH-2.0-evil\r\n\r\n"),
                says("bytes", "failed", "\u0000\u0001\u00ff\u00fe\r\n\r\n"),
                says("a status that is no number", "failed", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"),
                says("a negative status", "failed", "HTTP/1.1 -1 OK\r\nContent-Length: 0\r\n\r\n"),
                says("status zero", "failed", "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"),
                says("a status of five digits", "failed", "HTTP/1.1 20000 OK\r\nContent-Length: 0\r\n\r\n"),
                says("a status that nobody knows", "failed", "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"),
                says("another protocol", "failed|delivered", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
                says("an upgrade", "failed|timed-out", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\n\r\n"),
                says(
                        "interim replies and nothing else",
                        "failed",
                        "HTTP/1.1 103 Early\r\nX-Evil: 1\r\n\r\n".repeat(50)),
                new Case(
                        "interim replies without end",
                        "timed-out|failed",
                        (out, request) -> endlessly(out, "HTTP/1.1 100 Continue\r\n\r\n")),
                says(
                        "two lengths",
                        "failed|delivered",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}"),
                says("a negative length", "failed|delivered", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"),
                says(
                        "a length beyond all bounds",
                        "failed",
                        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{}"),
                says("a length that is no length", "failed", "HTTP/1.1 200 OK\r\nContent-Length: evil\r\n\r\n{}"));
    }

    private static Stream<Case> bodies() {
        return Stream.of(
                typed("JSON that is no JSON", "application/json", "<script>alert(1)</script>"),
                typed("HTML", "text/html", "<html><script src=//evil.example></script>"),
                typed("JSON that is nested too deeply", "application/json", "[".repeat(30_000)),
                typed("JSON with a member twice", "application/json", "{\"a\":1,\"a\":2}"),
                typed("JSON with lone surrogates", "application/json", "{\"a\":\"\\ud800\"}"),
                typed("JSON with a number beyond all bounds", "application/json", "{\"a\":1e99999999999}"),
                typed("JSON with a number of 60000 digits", "application/json", "9".repeat(60_000)),
                typed("zero bytes", "text/plain", "\u0000".repeat(1000)),
                typed("escapes of terminals", "text/plain", "\u001b[2J\u001b]0;evil\u0007"),
                typed("what would end the merged reply", "application/json", "1},\"outcome\":\"evil\",\"x\":{\"y\":1"),
                typed("a type that is no type", "evil/\u0001; charset=\"evil", "{}"),
                typed("a charset that nobody knows", "application/json; charset=evil", "{}"),
                typed("UTF-7", "text/plain; charset=UTF-7", "+ADw-script+AD4-"));
    }

    private static Stream<Case> codings() throws IOException {
        return Stream.of(
                coded("a bomb of gzip", "failed", "gzip", gzip(new byte[50_000_000])),
                coded("a bomb in a bomb", "failed", "gzip, gzip", gzip(gzip(new byte[50_000_000]))),
                coded("a bomb of deflate", "failed", "deflate", deflate(new byte[50_000_000])),
                coded("gzip that is none", "failed", "gzip", "evil".getBytes(UTF_8)),
                coded("gzip that breaks off", "failed", "gzip", java.util.Arrays.copyOf(gzip(new byte[1000]), 15)),
                coded("a coding that was not asked for", "failed", "evil", "evil".getBytes(UTF_8)),
                coded("brotli that is none", "failed", "br", "evil".getBytes(UTF_8)),
                coded("a hundred codings", "failed", "gzip,".repeat(100) + "gzip", "evil".getBytes(UTF_8)),
                coded("honest gzip", "delivered", "gzip", gzip("{}".getBytes(UTF_8))));
    }

    private static Stream<Case> ends() {
        String chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                new Case("chunks without end", "failed", (out, request) -> {
                    out.write(chunked.getBytes(ISO_8859_1));
                    endlessly(out, "1000\r\n" + "x".repeat(4096) + "\r\n");
                }),
                new Case("a body without end", "failed", (out, request) -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                    endlessly(out, "x".repeat(4096));
                }),
                new Case("a body that drips", "timed-out", (out, request) -> {
                    out.write(chunked.getBytes(ISO_8859_1));
                    for (int i = 0; i < 100; i++) {
                        out.write("1\r\nx\r\n".getBytes(ISO_8859_1));
                        out.flush();
                        java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                    }
                }),
                says("chunks that are none", "failed", chunked + "zz\r\nevil\r\n0\r\n\r\n"),
                says("a chunk of a negative size", "failed", chunked + "-1\r\nevil\r\n0\r\n\r\n"),
                says("a chunk beyond all bounds", "failed", chunked + "7fffffffffffffff\r\nevil"),
                says("a chunk extension that never ends", "failed", chunked + "1;" + "x".repeat(5_000_000)),
                says("trailers", "delivered", chunked + "2\r\n{}\r\n0\r\n" + EVIL_HEADERS + "\r\n"),
                says(
                        "a flood of trailers",
                        "failed|delivered",
                        chunked + "2\r\n{}\r\n0\r\n" + "X-Evil: 1\r\n".repeat(100_000)),
                says("a body that breaks off", "failed", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
                says("nothing", "failed", ""),
                says(
                        "another reply behind the reply",
                        "delivered",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nX-Evil: 1\r\nContent-Length: 6\r\n\r\n\"evil\""));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void onlyBodyAndStatusGetOnAndTheOtherTargetIsServed(Case given) {
        reply.set(given.reply());

        HttpResponse<String> answer = tandem.postJson("{\"order\":1}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode replies = json(answer).path("replies");
        assertThat(replies.at("/api-one/outcome").asText()).as(answer.body()).matches(given.outcome());
        assertThat(replies.at("/api-two/outcome").asText()).isEqualTo("delivered");
        assertThat(json(answer).path("outcome").asText()).isIn("complete", "partial");
        assertThat(answer.headers().map())
                .containsOnlyKeys(
                        "content-type", "content-length", "tandem-message-id", "tandem-outcome", "server-timing");
        assertThat(answer.headers().map().toString()).doesNotContain("evil");
        assertThat(replies.at("/api-one/problem").toString()).doesNotContain("evil", "127.0.0.1", "Exception");
        if (!given.outcome().contains("delivered")) {
            assertThat(answer.body().length()).isLessThan(1000);
        }
        await().until(() -> tandem.get(tandem.managementUri("/observe/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith("tandem_connections") && line.contains("leased"))
                .allMatch(line -> line.endsWith(" 0.0")));
    }

    private static Case says(String name, String outcome, String latin1) {
        return new Case(name, outcome, (out, request) -> out.write(latin1.getBytes(ISO_8859_1)));
    }

    private static Case typed(String name, String contentType, String body) {
        return says(
                name,
                "delivered",
                "HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body);
    }

    private static Case coded(String name, String outcome, String coding, byte[] body) {
        return new Case(name, outcome, (out, request) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: " + coding
                            + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
            out.write(body);
        });
    }

    /** Until the other side has had enough. */
    private static void endlessly(OutputStream out, String latin1) throws IOException {
        byte[] bytes = latin1.getBytes(ISO_8859_1);
        while (true) {
            out.write(bytes);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(bytes);
        }
        return out.toByteArray();
    }
}
