package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.support.RawServer.http;
import static io.tandem.support.RawServer.json;
import static io.tandem.support.RawServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.support.RawServer;
import io.tandem.support.RawServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Token endpoints gone wrong or bad. Each must end as one clear problem, in time, without a thread or connection left
 * behind, and without a word of the secret or the token in any log (all loggers are at TRACE) or exception.
 */
class HostileTokenResponseTest {
    private static final String SECRET = StrictTokenServer.SECRET;
    private static final String ENCODED = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
    private static final String TOKEN = "tOkEn-of-a-hostile-server";
    private static final List<String> HIDDEN = List.of(
            SECRET,
            ENCODED,
            TOKEN,
            Base64.getEncoder().encodeToString(("tandem:" + ENCODED).getBytes(StandardCharsets.UTF_8)));
    private static final String OK = "{\"access_token\":\"" + TOKEN + "\",\"token_type\":\"Bearer\",\"expires_in\":60";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Level before;

    @BeforeEach
    void listen() {
        before = root.getLevel();
        root.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(log);
        root.setLevel(before);
    }

    private static Arguments when(String name, Kind kind, String diagnosis, Reply reply) {
        return Arguments.of(name, kind, diagnosis, reply);
    }

    static Stream<Arguments> responses() {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        return Stream.of(
                when("huge with a length", Kind.TOO_LARGE, "larger than the limit", (out, request) -> {
                    out.write((head + "Content-Length: 9999999999\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    flood(out, "{\"access_token\":\"", "a");
                }),
                when("huge in chunks", Kind.TOO_LARGE, "larger than the limit", (out, request) -> {
                    out.write((head + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    flood(out, "", "10\r\naaaaaaaaaaaaaaaa\r\n");
                }),
                when("huge until close", Kind.TOO_LARGE, "larger than the limit", (out, request) -> {
                    out.write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    flood(out, OK, " ");
                }),
                when("endless header line", Kind.TOO_LARGE, "larger than the limit", (out, request) -> {
                    out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    flood(out, "", "aaaaaaaaaaaaaaaa");
                }),
                when("endless headers", Kind.TOO_LARGE, "larger than the limit", (out, request) -> {
                    out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                    flood(out, "", "X-Header: aaaa\r\n");
                }),
                when("endless 1xx", Kind.TIMEOUT, "did not answer", (out, request) -> {
                    flood(out, "", "HTTP/1.1 102 Processing\r\n\r\n");
                }),
                when("slow dribble in the body", Kind.TIMEOUT, "did not answer completely", (out, request) -> {
                    out.write((head + "Content-Length: 1000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    dribble(out);
                }),
                when("slow dribble in the header", Kind.TIMEOUT, "did not answer completely", (out, request) -> {
                    out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    dribble(out);
                }),
                when("silence", Kind.TIMEOUT, "did not answer", (out, request) -> pause(20_000)),
                when(
                        "truncated by length",
                        Kind.CONNECTION,
                        "broke off",
                        text(head + "Content-Length: 500\r\n\r\n" + OK)),
                when(
                        "truncated in a chunk",
                        Kind.CONNECTION,
                        "broke off",
                        text(head + "Transfer-Encoding: chunked\r\n\r\n80\r\n" + OK)),
                when("truncated until close", Kind.BAD_RESPONSE, "not one well-formed", text(head + "\r\n" + OK)),
                when("nothing at all", Kind.CONNECTION, "broke off", text("")),
                when("not HTTP", Kind.CONNECTION, "broke off", text("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n\r\n")),
                when(
                        "HTML",
                        Kind.BAD_RESPONSE,
                        "web page",
                        http("200 OK", "Content-Type: text/html\r\n", "<html>Sign in</html>")),
                when("no token type", Kind.BAD_RESPONSE, "no token_type", json("{\"access_token\":\"" + TOKEN + "\"}")),
                when(
                        "wrong token type",
                        Kind.BAD_RESPONSE,
                        "not of type Bearer",
                        json("{\"access_token\":\"" + TOKEN + "\",\"token_type\":\"mac\"}")),
                when(
                        "token type of a wrong kind",
                        Kind.BAD_RESPONSE,
                        "no token_type",
                        json("{\"access_token\":\"" + TOKEN + "\",\"token_type\":[\"Bearer\"]}")),
                when("negative life", Kind.BAD_RESPONSE, "expires_in is negative", json(OK.replace("60", "-1") + "}")),
                when(
                        "life that is no number",
                        Kind.BAD_RESPONSE,
                        "expires_in is not a number",
                        json(OK.replace("60", "{\"a\":1}") + "}")),
                when(
                        "life with endless digits",
                        Kind.BAD_RESPONSE,
                        "not one well-formed",
                        json(OK.replace("60", "9".repeat(2000)) + "}")),
                when("duplicate life", Kind.BAD_RESPONSE, "not one well-formed", json(OK + ",\"expires_in\":999999}")),
                when(
                        "duplicate token",
                        Kind.BAD_RESPONSE,
                        "not one well-formed",
                        json(OK + ",\"access_token\":\"other\"}")),
                when("something after the end", Kind.BAD_RESPONSE, "not one well-formed", json(OK + "}{}")),
                when("single quotes", Kind.BAD_RESPONSE, "not one well-formed", json((OK + "}").replace('"', '\''))),
                when("empty", Kind.BAD_RESPONSE, "empty", json("")),
                when("204", Kind.BAD_RESPONSE, "empty", text("HTTP/1.1 204 No Content\r\n\r\n")),
                when("array", Kind.BAD_RESPONSE, "not one well-formed", json("[" + OK + "}]")),
                when("null", Kind.BAD_RESPONSE, "not one well-formed", json("null")),
                when(
                        "deep nesting",
                        Kind.BAD_RESPONSE,
                        "not one well-formed",
                        json(OK + ",\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}")),
                when(
                        "invalid UTF-8 and NUL",
                        Kind.BAD_RESPONSE,
                        "not one well-formed",
                        (out, request) -> out.write(new byte[] {
                            'H',
                            'T',
                            'T',
                            'P',
                            '/',
                            '1',
                            '.',
                            '1',
                            ' ',
                            '2',
                            '0',
                            '0',
                            '\r',
                            '\n',
                            '\r',
                            '\n',
                            (byte) 0xff,
                            0,
                            (byte) 0xc0
                        })),
                when(
                        "line break in the token",
                        Kind.BAD_RESPONSE,
                        "can't go into a header",
                        json(OK.replace(TOKEN, TOKEN + "\\r\\nX-Admin: yes") + "}")),
                when(
                        "space in the token",
                        Kind.BAD_RESPONSE,
                        "can't go into a header",
                        json(OK.replace(TOKEN, TOKEN + " " + TOKEN) + "}")),
                when(
                        "umlaut in the token",
                        Kind.BAD_RESPONSE,
                        "can't go into a header",
                        json(OK.replace(TOKEN, TOKEN + "ü") + "}")),
                when("empty token", Kind.BAD_RESPONSE, "no access_token", json(OK.replace(TOKEN, "") + "}")),
                when(
                        "token that is an object",
                        Kind.BAD_RESPONSE,
                        "no access_token",
                        json("{\"access_token\":{\"value\":\"" + TOKEN + "\"},\"token_type\":\"Bearer\"}")),
                when(
                        "redirect elsewhere",
                        Kind.REDIRECT,
                        "redirect to evil.example.com",
                        http("307 Temporary Redirect", "Location: http://evil.example.com/token?x=1\r\n", "")),
                when("redirect to itself", Kind.REDIRECT, "redirect", http("302 Found", "Location: /token\r\n", "")),
                when(
                        "redirect with a hostile location",
                        Kind.REDIRECT,
                        "redirect",
                        http("301 Moved", "Location: http://" + ENCODED + "/" + SECRET + "\r\n", "")),
                when(
                        "500 with a fine token",
                        Kind.SERVER_ERROR,
                        "failed",
                        http("500 Oops", "Content-Type: application/json\r\n", OK + "}")),
                when(
                        "400 that echoes the secret",
                        Kind.REQUEST_REFUSED,
                        "withheld",
                        http(
                                "400 Bad",
                                "Content-Type: application/json\r\n",
                                "{\"error\":\"invalid_request\",\"error_description\":\"you sent " + SECRET + "\"}")),
                when(
                        "400 that echoes the secret as a web page would",
                        Kind.REQUEST_REFUSED,
                        "withheld",
                        http(
                                "400 Bad",
                                "Content-Type: application/json\r\n",
                                "{\"error\":\"invalid_request\",\"error_description\":\"you sent "
                                        + SECRET.replace("&", "&amp;") + "\"}")),
                when("401 that echoes the credentials", Kind.WRONG_CREDENTIALS, "withheld", (out, request) -> {
                    String credentials = request.replaceAll("(?s).*Authorization: Basic ([^\r]*)\r.*", "$1");
                    http(
                                    "401 No",
                                    "WWW-Authenticate: Basic realm=\"" + credentials + "\"\r\n",
                                    "{\"error\":\"invalid_client\",\"error_description\":\"" + credentials + "\"}")
                            .write(out, request);
                }),
                when(
                        "error code with a line break",
                        Kind.REQUEST_REFUSED,
                        "status 400]",
                        http("400 Bad", "", "{\"error\":\"a\\r\\nb " + ENCODED + "\"}")),
                when(
                        "error despite 200",
                        Kind.WRONG_CREDENTIALS,
                        "client secret",
                        json("{\"error\":\"invalid_client\"}")),
                when("gzip bomb", Kind.BAD_RESPONSE, "compressed", (out, request) -> {
                    byte[] bomb = bomb();
                    out.write((head + "Content-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    out.write(bomb);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void hostileResponseIsOneClearProblem(String name, Kind kind, String diagnosis, Reply reply) throws IOException {
        try (RawServer server = new RawServer(reply);
                TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime())) {
            TokenSource source = sources.source(
                    "api-one",
                    new TokenSettings(
                            TokenEndpoint.of(server.url())
                                    .withTimeouts(Duration.ofMillis(1000), Duration.ofMillis(1500)),
                            new ClientAuth.Basic("tandem", () -> SECRET),
                            new Grant.ClientCredentials(),
                            TokenParameters.NONE));
            long start = System.nanoTime();
            TokenUnavailableException failure =
                    catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));

            assertThat(failure).isNotNull();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            assertThat(failure.failure().kind()).isEqualTo(kind);
            assertThat(failure.failure().diagnosis()).contains(diagnosis).doesNotContain("\n", "\r");
            assertThat(failure.getMessage()).doesNotContain("127.0.0.1", "evil.example.com");
            assertThat(source.current()).isNull();
            assertThat(server.calls.get()).as("nothing is repeated").isEqualTo(1);
            assertHidden(failure);
            await().until(() -> server.open.get() == 0 || name.equals("silence"));
        }
        await("no thread is left").until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("tandem-oauth2")));
    }

    @Test
    void connectionThatNobodyTakesIsToldAsSuch() throws IOException {
        RawServer gone = new RawServer(text(""));
        gone.close();
        try (TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime())) {
            TokenUnavailableException failure = catchThrowableOfType(
                    TokenUnavailableException.class,
                    () -> get(sources.source("t", Fixtures.settings(gone.url())).token()));
            assertThat(failure.failure().kind()).isEqualTo(Kind.CONNECTION);
            assertThat(failure.failure().diagnosis()).contains("refuses the connection");
        }
    }

    @Test
    void hostThatDoesNotExistIsToldAsSuch() {
        try (TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime())) {
            TokenUnavailableException failure = catchThrowableOfType(
                    TokenUnavailableException.class,
                    () -> get(sources.source("t", Fixtures.settings(java.net.URI.create("https://idp.invalid/token")))
                            .token()));
            assertThat(failure.failure().kind()).isEqualTo(Kind.NAME_NOT_FOUND);
            assertThat(failure.getMessage()).doesNotContain("idp.invalid");
        }
    }

    private void assertHidden(TokenUnavailableException failure) {
        List<String> texts = Stream.concat(
                        Stream.of(failure.toString(), failure.failure().toString(), String.valueOf(failure.getCause())),
                        List.copyOf(log.list).stream()
                                .map(event -> event.getFormattedMessage()
                                        + (event.getThrowableProxy() == null
                                                ? ""
                                                : ThrowableProxyUtil.asString(event.getThrowableProxy()))))
                .toList();
        for (String hidden : HIDDEN) {
            assertThat(texts).noneMatch(text -> text.contains(hidden));
        }
    }

    // until the reader goes away
    private static void flood(OutputStream out, String start, String more) throws IOException {
        out.write(start.getBytes(StandardCharsets.US_ASCII));
        byte[] block = more.repeat(1024).getBytes(StandardCharsets.US_ASCII);
        while (!Thread.currentThread().isInterrupted()) {
            out.write(block);
        }
    }

    private static void dribble(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            out.write('a');
            out.flush();
            pause(100);
        }
    }

    // a slow server, not a synchronisation
    private static void pause(long millis) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 20; i++) {
                gzip.write(zeros);
            }
        }
        return bytes.toByteArray();
    }
}
