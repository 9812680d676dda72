package io.tandem.entry.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A request that must be refused.
 *
 * @param name what is wrong with it
 * @param bytes what is sent, in one go
 * @param status of the answer; 0 when the connection is just closed
 * @param problem last part of the problem's type
 */
record BadInput(String name, byte[] bytes, int status, String problem, Map<String, String> headers) {
    static final int MAX_BODY = 4096;
    static final String GOOD_BODY = "{\"order\":1}";
    static final String GOOD = post("Content-Length: 11\r\n", GOOD_BODY);

    private static final String JSON = "Content-Type: application/json\r\n";

    static Stream<BadInput> all() {
        return Stream.of(bodies(), contentHeaders(), framing(), heads(), paths())
                .flatMap(group -> group);
    }

    private static Stream<BadInput> bodies() {
        return Stream.of(
                json("JSON that ends early", "{\"order\":"),
                json("JSON with a trailing comma", "{\"order\":1,}"),
                json("JSON with single quotes", "{'order':1}"),
                json("JSON with a comment", "{\"order\":1 /* one */}"),
                json("two JSON documents", "{\"order\":1}{\"order\":2}"),
                json("JSON with NaN", "{\"order\":NaN}"),
                json("JSON with a leading zero", "{\"order\":01}"),
                json("JSON with a raw line break in a string", "{\"order\":\"a\nb\"}"),
                json("JSON with an unknown escape", "{\"order\":\"\\x41\"}"),
                json("JSON that is nested too deeply", "[".repeat(1000) + "]".repeat(1000)),
                json("JSON of blanks", "   "),
                json("a word that is no JSON", "hello"),
                json("XML declared as JSON", "<order/>"),
                json("JSON with a UTF-8 sequence that is cut off", "{\"order\":\"\u00c3(\"}"),
                json("JSON with an overlong UTF-8 sequence", "{\"order\":\"\u00c0\u00af\"}"),
                json("JSON with a surrogate in UTF-8", "{\"order\":\"\u00ed\u00a0\u0080\"}"),
                json("JSON in UTF-16", "\u0000{\u0000}"),
                json("JSON in broken UTF-32", "\u0000\u0000\u00fe\u00ff\u0001\u0002\u0003\u0004"),
                json("JSON with a member that is given twice", "{\"to\":\"a\",\"to\":\"b\"}"),
                json("JSON with a member twice, once escaped", "{\"to\":1,\"\\u0074o\":2}"),
                json("JSON with a number that is too long", "1".repeat(2000)),
                json("JSON with a number that is too large", "{\"order\":1e9999999999}"),
                request(
                        "JSON with a member twice, in another type of JSON",
                        post(
                                "Content-Type: application/vnd.order+json;charset=utf-8\r\nContent-Length: 13\r\n",
                                "{\"a\":1,\"a\":2}"),
                        400,
                        "malformed-json"),
                json("JSON in Latin-1", "{\"order\":\"caf\u00e9\"}"),
                request("an empty body", post(JSON + "Content-Length: 0\r\n", ""), 400, "malformed-request"),
                request("no body at all", post(JSON, ""), 400, "malformed-request"),
                request("an empty text", post("Content-Length: 0\r\n", ""), 400, "malformed-request"),
                request(
                        "a body over the limit, with Content-Length",
                        post("Content-Length: 4097\r\n", "x".repeat(4097)),
                        413,
                        "body-too-large"),
                request(
                        "a body over the limit that is announced only",
                        post("Content-Length: 99999999999999999999\r\n", ""),
                        400,
                        "malformed-request"),
                request(
                        "a body of 4 GiB that is announced only",
                        post("Content-Length: 4294967296\r\n", "x"),
                        413,
                        "body-too-large"),
                request(
                        "a body over the limit, chunked",
                        post(
                                "Transfer-Encoding: chunked\r\n",
                                ("800\r\n" + "x".repeat(2048) + "\r\n").repeat(3) + "0\r\n\r\n"),
                        413,
                        "body-too-large"),
                request(
                        "a body over the limit, of a caller who waits for 100",
                        post("Content-Length: 4097\r\nExpect: 100-continue\r\n", ""),
                        413,
                        "body-too-large"));
    }

    private static Stream<BadInput> contentHeaders() {
        return Stream.of(
                typed("a content type that is a word", "nonsense", 400, "malformed-request"),
                typed("an empty content type", "", 400, "malformed-request"),
                typed("a content type without subtype", "application/", 400, "malformed-request"),
                typed("a content type with a broken parameter", "text/plain; charset", 400, "malformed-request"),
                typed("a content type with an open quote", "text/plain; charset=\"utf-8", 400, "malformed-request"),
                typed("a list of content types", "text/plain, text/html", 400, "malformed-request"),
                typed(
                        "a serialised Java object",
                        "application/x-java-serialized-object",
                        415,
                        "unsupported-media-type"),
                typed(
                        "a serialised Java object, in other words",
                        "Application/X-Java-Serialized-Object; v=1",
                        415,
                        "unsupported-media-type"),
                request(
                        "two content types",
                        post("Content-Type: text/plain\r\n" + JSON + "Content-Length: 11\r\n", GOOD_BODY),
                        400,
                        "malformed-request"),
                request(
                        "a compressed body",
                        post(JSON + "Content-Encoding: gzip\r\nContent-Length: 11\r\n", GOOD_BODY),
                        415,
                        "unsupported-media-type"),
                request(
                        "a body compressed twice",
                        post(
                                JSON + "Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 11\r\n",
                                GOOD_BODY),
                        415,
                        "unsupported-media-type"),
                request(
                        "an Accept that can't be met",
                        post(JSON + "Accept: image/png\r\nContent-Length: 11\r\n", GOOD_BODY),
                        406,
                        "not-acceptable"),
                request(
                        "an Accept that rules JSON out",
                        post(JSON + "Accept: application/json;q=0, text/html\r\nContent-Length: 11\r\n", GOOD_BODY),
                        406,
                        "not-acceptable"));
    }

    private static Stream<BadInput> framing() {
        String smuggled = "GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n";
        return Stream.of(
                request(
                        "two lengths that differ",
                        post("Content-Length: 11\r\nContent-Length: 5\r\n", GOOD_BODY),
                        400,
                        "malformed-request"),
                request(
                        "two lengths in one header",
                        post("Content-Length: 11, 5\r\n", GOOD_BODY),
                        400,
                        "malformed-request"),
                request("a negative length", post("Content-Length: -11\r\n", GOOD_BODY), 400, "malformed-request"),
                request("a length with a sign", post("Content-Length: +11\r\n", GOOD_BODY), 400, "malformed-request"),
                request("a length in hex", post("Content-Length: 0xb\r\n", GOOD_BODY), 400, "malformed-request"),
                request("a length that is no number", post("Content-Length: abc\r\n", ""), 400, "malformed-request"),
                request("an empty length", post("Content-Length:\r\n", ""), 400, "malformed-request"),
                request(
                        "chunks and a length, which hides a request",
                        post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + smuggled),
                        400,
                        "malformed-request"),
                request(
                        "a length and chunks, which hides a request",
                        post(
                                "Content-Length: " + (5 + smuggled.length()) + "\r\nTransfer-Encoding: chunked\r\n",
                                "0\r\n\r\n" + smuggled),
                        400,
                        "malformed-request"),
                request(
                        "an unknown transfer coding, which hides a request",
                        post("Transfer-Encoding: xchunked\r\n", smuggled),
                        400,
                        "malformed-request"),
                request(
                        "an unknown transfer coding beside a length",
                        post("Transfer-Encoding: identity\r\nContent-Length: 11\r\n", GOOD_BODY),
                        400,
                        "malformed-request"),
                request(
                        "a transfer coding before chunked",
                        post("Transfer-Encoding: gzip, chunked\r\n", "b\r\n" + GOOD_BODY + "\r\n0\r\n\r\n"),
                        400,
                        "malformed-request"),
                request(
                        "chunked twice",
                        post(
                                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                "b\r\n" + GOOD_BODY + "\r\n0\r\n\r\n"),
                        400,
                        "malformed-request"),
                request(
                        "chunks in HTTP/1.0",
                        "POST /messages HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + GOOD_BODY
                                + "\r\n0\r\n\r\n",
                        400,
                        "malformed-request"),
                request(
                        "a chunk size that is no number",
                        post("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n0\r\n\r\n"),
                        400,
                        "malformed-request"),
                request(
                        "a negative chunk size",
                        post("Transfer-Encoding: chunked\r\n", "-5\r\nabcde\r\n0\r\n\r\n"),
                        400,
                        "malformed-request"),
                request(
                        "a chunk that is longer than its size",
                        post("Transfer-Encoding: chunked\r\n", "2\r\n" + GOOD_BODY + "\r\n0\r\n\r\n"),
                        400,
                        "malformed-request"));
    }

    private static Stream<BadInput> heads() {
        return Stream.of(
                request(
                        "a header line that is too long",
                        post("X-Long: " + "x".repeat(20_000) + "\r\nContent-Length: 11\r\n", GOOD_BODY),
                        431,
                        "headers-too-large"),
                request(
                        "too many headers",
                        post("X-Many: 0123456789\r\n".repeat(2000) + "Content-Length: 11\r\n", GOOD_BODY),
                        431,
                        "headers-too-large"),
                request(
                        "headers that never end",
                        "POST /messages HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(300_000),
                        431,
                        "headers-too-large"),
                request(
                        "a request line that is too long",
                        "POST /messages?" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        431,
                        "headers-too-large"),
                request("a header name with a blank", post("X Name: 1\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("a blank before the colon", post("Content-Length : 11\r\n", GOOD_BODY)),
                request("a header without name", post(": 1\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("a header without colon", post("Nonsense\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("NUL in a header", post("X-Nul: a\0b\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("NUL in a header name", post("X-N\0ul: a\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("CR in a header", post("X-Cr: a\rb\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("no Host", "POST /messages HTTP/1.1\r\nContent-Length: 11\r\n\r\n" + GOOD_BODY),
                request("two Hosts", post("Host: b\r\nContent-Length: 11\r\n", GOOD_BODY)),
                request("HTTP/0.9", "POST /messages\r\n\r\n"),
                request("HTTP/0.9 with a number", "GET /docs HTTP/0.9\r\nHost: localhost\r\n\r\n"),
                request("HTTP/2.0 in the request line", "POST /messages HTTP/2.0\r\nHost: localhost\r\n\r\n"),
                request("an unknown protocol", "POST /messages FTP/1.1\r\nHost: localhost\r\n\r\n"),
                request("a request line without path", "POST\r\nHost: localhost\r\n\r\n"),
                request(
                        "TLS instead of HTTP, with a line break in it",
                        "\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4\r\n\r\n"),
                request("a Redis command", "*1\r\n$4\r\nPING\r\n\r\n"),
                request("bytes", "\u00ff\u00fe\u00fd\u00fc\r\n\r\n"),
                request(
                        "a method in lower case",
                        "post /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + GOOD_BODY,
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, POST")),
                request(
                        "an unknown method",
                        "BREW /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + GOOD_BODY,
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, POST")),
                request(
                        "a method that is not served",
                        "DELETE /messages HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, POST")),
                request(
                        "a preflight",
                        "OPTIONS /messages HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                                + "Access-Control-Request-Method: POST\r\n\r\n",
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, POST")),
                request(
                        "TRACE",
                        "TRACE /messages HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, POST")),
                request(
                        "POST to a page",
                        "POST /docs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + GOOD_BODY,
                        405,
                        "method-not-allowed",
                        Map.of("allow", "GET, HEAD")));
    }

    private static Stream<BadInput> paths() {
        return Stream.of(
                path("/messages/"),
                path("//messages"),
                path("/./messages"),
                path("/../messages"),
                path("/%6dessages"),
                path("/messages%2f"),
                path("/messages;x=1"),
                path("/messages%00"),
                path("/MESSAGES"),
                path("/messages/../messages"),
                path("/proxy/http://127.0.0.1:1/x"),
                path("/proxy"),
                path("/application.properties"),
                path("/docs/..%2f..%2fapplication.properties"),
                path("/\u00e9"),
                path("/%"),
                path("http://a/elsewhere"),
                request(
                        "a path without slash",
                        "POST messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
                request("the target *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                request("a tunnel", "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"));
    }

    /** A POST to /messages with these header lines besides Host. */
    static String post(String headers, String body) {
        return "POST /messages HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
    }

    private static BadInput json(String name, String body) {
        return request(name, post(JSON + "Content-Length: " + body.length() + "\r\n", body), 400, "malformed-json");
    }

    private static BadInput typed(String name, String contentType, int status, String problem) {
        return request(
                name, post("Content-Type: " + contentType + "\r\nContent-Length: 11\r\n", GOOD_BODY), status, problem);
    }

    private static BadInput path(String path) {
        return request(
                "path " + path,
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + GOOD_BODY,
                404,
                "not-found");
    }

    private static BadInput request(String name, String latin1) {
        return request(name, latin1, 400, "malformed-request");
    }

    private static BadInput request(String name, String latin1, int status, String problem) {
        return request(name, latin1, status, problem, Map.of());
    }

    private static BadInput request(
            String name, String latin1, int status, String problem, Map<String, String> headers) {
        return new BadInput(name, latin1.getBytes(StandardCharsets.ISO_8859_1), status, problem, headers);
    }

    @Override
    public String toString() {
        return name;
    }
}
