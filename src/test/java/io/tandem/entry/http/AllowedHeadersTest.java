package io.tandem.entry.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What gets from a caller to the targets, and from the targets to a caller: what is allowed, and nothing else. */
class AllowedHeadersTest {
    private static final String SECRET = "k3y-of-api-two";
    private static final String BODY = "{\"order\":1}";

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.forward-headers", "X-Tenant,Cache-Control");
        settings.put("target.api-one.header.X-Fixed", "acme");
        settings.put("target.api-one.retry.attempts", "3");
        settings.put("target.api-one.retry.min-backoff", "1ms");
        settings.put("target.api-two.auth", "api-key");
        settings.put("target.api-two.api-key.scheme", "Bearer");
        settings.put("target.api-two.api-key.value", SECRET);
        settings.put("tandem.http.origins", "http://evil.example,https://evil.example");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void reset() {
        targets.server().resetAll();
        targets.answers("api-one", okJson("{\"from\":\"one\"}"));
        targets.answers("api-two", okJson("{\"from\":\"two\"}"));
    }

    @Test
    void targetsReceiveWhatTheContractListsWhenCallerSendsAnything() {
        tandem.postJson(
                BODY,
                "Authorization",
                "Bearer callers-own",
                "Cookie",
                "session=1",
                "User-Agent",
                "evil/1.0",
                "Origin",
                "http://evil.example",
                "Referer",
                "http://evil.example/page",
                "X-Forwarded-For",
                "10.0.0.1",
                "X-Forwarded-Host",
                "evil.example",
                "Forwarded",
                "host=evil.example",
                "X-Anything",
                "1",
                "Tandem-Message-Id",
                "mine",
                "tracestate",
                "vendor=1",
                "x-tenant",
                "acme");

        assertThat(headerNames(onlyRequest("api-one")))
                .containsExactlyInAnyOrder(
                        "host",
                        "content-length",
                        "content-type",
                        "connection",
                        "accept-encoding",
                        "idempotency-key",
                        "traceparent",
                        "tandem-message-id",
                        "x-tenant",
                        "x-fixed");
        assertThat(headerNames(onlyRequest("api-two")))
                .containsExactlyInAnyOrder(
                        "host",
                        "content-length",
                        "content-type",
                        "connection",
                        "accept-encoding",
                        "authorization",
                        "idempotency-key",
                        "traceparent",
                        "tandem-message-id",
                        "x-tenant");
        assertThat(onlyRequest("api-two").getHeader("Authorization")).isEqualTo("Bearer " + SECRET);
        assertThat(onlyRequest("api-two").getHeader("Host"))
                .isEqualTo("localhost:" + targets.server().port());
        assertThat(onlyRequest("api-one").getHeader("Tandem-Message-Id")).isNotEqualTo("mine");
    }

    @Test
    void everyValueIsForwardedWhenHeaderIsAllowed() {
        tandem.postJson(BODY, "X-Tenant", "one", "x-tenant", "two", "Cache-Control", "no-store");

        assertThat(onlyRequest("api-one").getHeader("X-Tenant")).isEqualTo("one, two");
        assertThat(onlyRequest("api-one").getHeader("Cache-Control")).isEqualTo("no-store");
    }

    /** Whatever a value holds, it stays one value of one header. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\n folded: evil",
                "a\r\n\tX-Evil: 1",
                "a\u0001b",
                "a\u001b[31mb",
                "a\u007fb",
                "a\u000bb\u000cX-Evil: 1",
                "a\u0085X-Evil: 1",
                "a\u00e9\u00ff",
                "a%0d%0aX-Evil: 1",
                "a\\r\\nX-Evil: 1"
            })
    void noHeaderIsAddedWhenAForwardedValueIsHostile(String value) throws IOException {
        RawHttp.Reply reply = raw("POST /messages HTTP/1.1\r\nHost: localhost\r\nX-Tenant: " + value + "\r\n");

        assertThat(reply.status()).isIn(200, 400);
        for (LoggedRequest request : targets.received()) {
            assertThat(headerNames(request)).doesNotContain("x-evil", "folded");
            assertThat(request.getHeader("X-Tenant")).matches("[\\x20-\\x7e\\x80-\\uffff]*");
        }
    }

    /** What other servers take for another method, host or scheme. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: DELETE",
                "X-Method-Override: GET",
                "X-HTTP-Method: PUT",
                "X-Original-URL: /docs",
                "X-Rewrite-URL: /docs",
                "X-Forwarded-Prefix: /evil",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "X-Real-IP: 10.0.0.1"
            })
    void requestIsWhatItsFirstLineSaysWhenHeadersSayOtherwise(String header) throws IOException {
        RawHttp.Reply reply = raw("POST /messages?_method=DELETE HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(targets.received()).hasSize(2).allSatisfy(request -> {
            assertThat(request.getMethod().value()).isEqualTo("POST");
            assertThat(request.getHeaders().toString()).doesNotContain("evil", "10.0.0.1");
        });
    }

    static Stream<String> steeringNames() {
        return Stream.of(
                        "CamelHttpUri",
                        "CamelRestHttpUri",
                        "CamelHttpPath",
                        "CamelHttpQuery",
                        "CamelHttpRawQuery",
                        "CamelRestHttpQuery",
                        "CamelHttpMethod",
                        "CamelHttpHost",
                        "CamelHttpPort",
                        "CamelHttpScheme",
                        "CamelHttpBaseUri",
                        "CamelHttpUrl",
                        "CamelHttpResponseCode",
                        "CamelHttpProtocolVersion",
                        "CamelHttpCharacterEncoding",
                        "CamelFileName",
                        "CamelToEndpoint",
                        "org.apache.camel.Http.Uri",
                        "kafka.OVERRIDE_TOPIC",
                        "breadcrumbId",
                        "TandemMessage",
                        "TandemHttpRequest",
                        "authorization",
                        "body",
                        "id")
                .flatMap(name -> Stream.of(
                                name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), swapCase(name))
                        .distinct());
    }

    /** CVE-2026-78164, CVE-2026-85254 and what is like them. */
    @ParameterizedTest
    @MethodSource("steeringNames")
    void nothingIsSteeredWhenCallerNamesControlHeaders(String name) throws IOException {
        String value = targets.url("evil") + "?{{env:PATH}}{{target.api-two.api-key.value}}";

        for (RawHttp.Reply reply : List.of(
                raw("POST /messages HTTP/1.1\r\nHost: localhost\r\n" + name + ": " + value + "\r\n"),
                raw("POST /messages?" + name + "=" + value + " HTTP/1.1\r\nHost: localhost\r\n"))) {
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(reply.headers())
                    .containsOnlyKeys(
                            "content-type", "content-length", "tandem-message-id", "tandem-outcome", "server-timing");
            assertThat(reply.headers().toString() + reply.body()).doesNotContain("evil", SECRET, "PATH");
        }
        assertThat(targets.received()).hasSize(4).allSatisfy(request -> {
            assertThat(request.getUrl()).isIn("/api-one", "/api-two");
            assertThat(request.getMethod().value()).isEqualTo("POST");
            assertThat(request.getBodyAsString()).isEqualTo(BODY);
            assertThat(request.getHeaders().toString()).doesNotContain("evil");
            if (!name.equalsIgnoreCase("authorization")) {
                assertThat(headerNames(request)).doesNotContain(name.toLowerCase(Locale.ROOT));
            }
        });
    }

    /** CVE-2026-85254, CVE-2026-84176. */
    @Test
    void nothingComesBackWhenCallerOrTargetsSendHeaders() {
        for (String target : List.of("api-one", "api-two")) {
            targets.answers(
                    target,
                    okJson("{}")
                            .withHeader("Set-Cookie", "evil=1")
                            .withHeader("Location", "http://evil.example")
                            .withHeader("Server", "evil/1")
                            .withHeader("X-Powered-By", "evil")
                            .withHeader("Access-Control-Allow-Origin", "*")
                            .withHeader("Cache-Control", "max-age=1")
                            .withHeader("ETag", "\"evil\"")
                            .withHeader("Vary", "evil")
                            .withHeader("Retry-After", "9")
                            .withHeader("WWW-Authenticate", "evil")
                            .withHeader("Tandem-Outcome", "evil")
                            .withHeader("Content-Language", "evil"));
        }

        HttpResponse<String> reply = tandem.postJson(
                BODY,
                "Cookie",
                "evil=1",
                "Origin",
                "http://evil.example",
                "X-Tenant",
                "evil",
                "x-request-id",
                "evil",
                "Location",
                "evil",
                "ETag",
                "evil",
                "tandem-outcome",
                "evil",
                "Set-Cookie",
                "evil=2");

        assertThat(reply.headers().map())
                .containsOnlyKeys(
                        "content-type", "content-length", "tandem-message-id", "tandem-outcome", "server-timing");
        assertThat(reply.headers().map().toString()).doesNotContain("evil");
        assertThat(reply.headers().firstValue("tandem-outcome")).contains("complete");
    }

    /** CVE-2026-85251. */
    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308, 300, 304, 305})
    void credentialsStayWhenTargetRedirects(int status) {
        targets.answers("api-two", aResponse().withStatus(status).withHeader("Location", targets.url("stolen")));

        HttpResponse<String> reply = tandem.postJson(BODY);

        assertThat(reply.statusCode()).isEqualTo(502);
        assertThat(RunningTandem.json(reply).at("/replies/api-two/problem/type").asText())
                .isEqualTo("urn:tandem:problem:target-redirected");
        assertThat(reply.body()).doesNotContain("stolen", "127.0.0.1");
        assertThat(targets.received("stolen")).isEmpty();
        assertThat(targets.received("api-two")).hasSize(1);
    }

    /** The reply of the last attempt counts, whatever became of those before it. */
    @Test
    void keyIsTheSameWhenAttemptsAreRepeated() {
        targets.server()
                .stubFor(WireMock.post("/api-one")
                        .inScenario("retry")
                        .whenScenarioStateIs(Scenario.STARTED)
                        .willReturn(aResponse().withStatus(503))
                        .willSetStateTo("second"));
        targets.server()
                .stubFor(WireMock.post("/api-one")
                        .inScenario("retry")
                        .whenScenarioStateIs("second")
                        .willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE))
                        .willSetStateTo("third"));

        HttpResponse<String> reply = tandem.postJson(BODY);
        tandem.postJson(BODY);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        String id = reply.headers().firstValue("tandem-message-id").orElseThrow();
        List<LoggedRequest> requests = targets.received("api-one");
        assertThat(requests).hasSize(4);
        assertThat(requests.subList(0, 3)).allSatisfy(request -> {
            assertThat(request.getHeader("Idempotency-Key")).isEqualTo(id + "-api-one");
            assertThat(request.getHeader("Tandem-Message-Id")).isEqualTo(id);
            assertThat(request.getBodyAsString()).isEqualTo(BODY);
        });
        assertThat(requests.subList(0, 3).stream()
                        .map(r -> r.getHeader("traceparent").substring(3, 35)))
                .as("one trace")
                .containsOnly(requests.get(0).getHeader("traceparent").substring(3, 35));
        assertThat(requests.subList(0, 3).stream().map(r -> r.getHeader("traceparent")))
                .as("a span for each attempt")
                .doesNotHaveDuplicates();
        assertThat(requests.get(3).getHeader("Idempotency-Key"))
                .isNotEqualTo(requests.get(0).getHeader("Idempotency-Key"));
        assertThat(targets.received("api-two").get(0).getHeader("Idempotency-Key"))
                .isEqualTo(id + "-api-two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings"
            })
    void traceIsContinuedWhenValid(String traceparent) {
        tandem.postJson(BODY, "traceparent", traceparent);

        assertThat(targets.received()).hasSize(2).allSatisfy(request -> {
            assertThat(request.getHeader("traceparent"))
                    .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                    .endsWith(traceparent.substring(52, 55))
                    .hasSize(55)
                    .doesNotContain("b7ad6b7169203331");
        });
        assertThat(targets.received().stream().map(request -> request.getHeader("traceparent")))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"
            })
    void traceIsReplacedWhenInvalid(String traceparent) {
        tandem.postJson(BODY, "traceparent", traceparent);

        assertThat(targets.received()).hasSize(2).allSatisfy(request -> assertThat(request.getHeader("traceparent"))
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")
                .doesNotContain("0af7651916cd43dd8448eb211c80319c"));
    }

    @Test
    void traceIsReplacedWhenThereAreTwo() {
        tandem.postJson(
                BODY,
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01");

        assertThat(targets.received()).hasSize(2).allSatisfy(request -> assertThat(request.getHeader("traceparent"))
                .doesNotContain("0af7651916cd43dd8448eb211c80319c"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json",
                "application/json;charset=UTF-8",
                "application/vnd.acme.order+json; version=2",
                "text/plain",
                "Text/CSV; Header=Present",
                "multipart/form-data; boundary=\"a b;c\"",
                "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
                "application/x-www-form-urlencoded",
                "application/octet-stream",
                "application/xml; a=1; b=2"
            })
    void bodyAndTypeArriveAsTheyAreWhenTypeIs(String contentType) throws IOException {
        String body = contentType.contains("json") ? "{\"a\": \"\u00c3\u00a4\"}" : "a=1&b=\u00e4\0\r\n\u00ff";

        RawHttp.Reply reply =
                raw("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType + "\r\n", body);

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(targets.received()).hasSize(2).allSatisfy(request -> {
            assertThat(request.getHeader("Content-Type")).isEqualTo(contentType);
            assertThat(request.getBody()).isEqualTo(body.getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    @Test
    void noTypeArrivesWhenCallerSendsNone() throws IOException {
        raw("POST /messages HTTP/1.1\r\nHost: localhost\r\n");

        assertThat(headerNames(onlyRequest("api-one"))).doesNotContain("content-type");
        assertThat(onlyRequest("api-one").getBodyAsString()).isEqualTo(BODY);
    }

    /** RFC 9112 §3.2.2: to be accepted, and the host in it is nobody's business. */
    @Test
    void targetsAreTheSameWhenRequestTargetIsAbsolute() throws IOException {
        RawHttp.Reply reply = raw("POST http://evil.example/messages HTTP/1.1\r\nHost: evil.example\r\n");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(targets.received())
                .extracting(LoggedRequest::getUrl)
                .containsExactlyInAnyOrder("/api-one", "/api-two");
        assertThat(targets.received())
                .allSatisfy(request -> assertThat(request.getHost()).isEqualTo("localhost"));
    }

    private static RawHttp.Reply raw(String head) throws IOException {
        return raw(head, BODY);
    }

    private static RawHttp.Reply raw(String head, String latin1) throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            return connection
                    .send(head + "Content-Length: " + latin1.length() + "\r\n\r\n" + latin1)
                    .read();
        }
    }

    private static LoggedRequest onlyRequest(String target) {
        List<LoggedRequest> requests = targets.received(target);
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    private static List<String> headerNames(LoggedRequest request) {
        return request.getHeaders().all().stream()
                .map(HttpHeader::key)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder();
        text.chars()
                .forEach(c -> swapped.append(
                        (char) (Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))));
        return swapped.toString();
    }
}
