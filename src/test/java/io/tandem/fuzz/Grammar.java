package io.tandem.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RawHttp2;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Makes requests that are right, almost right, and wrong: by the grammar of HTTP/1.1, HTTP/2 and JSON, with mutations at each of
 * its places and of the bytes at last. All of it follows from the random numbers, and so from a seed.
 */
final class Grammar {
    /** In every text that is made up: none of it may ever be logged. */
    static final String MARK = "zqx9";

    private static final String ULID = "01JD0000000000000000000000";

    private static final List<String> METHODS = List.of(
            "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "PATCH", "CONNECT", "post", "G\u00e9T", "");

    private static final List<String> PATHS = List.of(
            "/messages",
            "/messages/" + ULID,
            "/messages/" + ULID + "/replay",
            "/openapi.json",
            "/docs",
            "/",
            "//messages",
            "/./messages",
            "/messages/..",
            "/%6dessages",
            "/messages%00",
            "/messages;x=1",
            "\\messages",
            "/messages/%2e%2e/" + MARK,
            "/" + MARK,
            "http://" + MARK + ".invalid/messages",
            "http://127.0.0.1:1/messages",
            "*",
            MARK + ":80",
            "/messages#" + MARK,
            "/docs/..%2f..%2fapplication.properties");

    private static final List<String> QUERIES = List.of(
            "state=dead",
            "state=" + MARK,
            "limit=1",
            "limit=0",
            "limit=99999999999",
            "limit=-1",
            "limit=1&limit=2",
            "target=api-one",
            "target=%00",
            "after=" + ULID,
            "after='%20or%201=1--",
            "%",
            "%zz",
            "=",
            "&&&",
            "CamelHttpUri=http://" + MARK + ".invalid/",
            MARK + "=" + "x".repeat(3000));

    private static final List<String> HEADERS = List.of(
            "Accept: application/json",
            "Accept: */*;q=0",
            "Accept: " + MARK,
            "Authorization: Bearer " + MARK,
            "Connection: keep-alive",
            "Connection: close",
            "Connection: upgrade, http2-settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "Content-Encoding: gzip",
            "Content-Length: 5",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Cookie: a=" + MARK,
            "Expect: 100-continue",
            "Expect: " + MARK,
            "Forwarded: host=" + MARK,
            "Host: " + MARK,
            "Idempotency-Key: " + MARK,
            "Idempotency-Key: \"" + MARK + "\"",
            "Idempotency-Key: " + "k".repeat(300),
            "Idempotency-Key: ",
            "If-None-Match: *",
            "If-Modified-Since: " + MARK,
            "Origin: http://" + MARK + ".invalid",
            "Prefer: respond-async",
            "Prefer: wait=0",
            "Prefer: wait=1, respond-async",
            "Prefer: wait=99999999999999999999",
            "Prefer: wait=\"1\";x=" + MARK + ",,,;=",
            "Range: bytes=0-1",
            "Tandem-Deadline: 1s",
            "Tandem-Deadline: " + MARK,
            "Tandem-Message-Id: " + MARK,
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "traceparent: " + MARK,
            "X-Forwarded-Host: " + MARK,
            "X-HTTP-Method-Override: DELETE",
            "X-Tenant: " + MARK + "\u001b[31m",
            "X-Tenant: a\r\n folded-" + MARK,
            "X-Tenant: a\rX-Evil: " + MARK,
            "X-Tenant: \u0000",
            "X-Tenant: \u00e9\u00ff",
            "CamelHttpUri: http://" + MARK + ".invalid/",
            "X Y: 1",
            ": 1",
            MARK,
            "X-Long: " + "x".repeat(9000));

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json; charset=utf-8",
            "application/json; charset=utf-16",
            "application/json; charset=" + MARK,
            "application/vnd." + MARK + "+json",
            "text/plain",
            "application/octet-stream",
            "application/x-java-serialized-object",
            "multipart/form-data; boundary=" + MARK,
            "application/json, text/plain",
            MARK,
            "");

    private static final List<String> VALUES = List.of(
            "0",
            "-0",
            "1e309",
            "1e99999999",
            "0.1",
            "01",
            "+1",
            "NaN",
            "true",
            "null",
            "nul",
            "\"\"",
            "\"" + MARK + "\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\u0000\"",
            "\"\u00ff\"",
            "\"\u00c3\u00a9\"",
            "'a'",
            "9".repeat(1100),
            "\"\\x\"",
            "/**/1",
            "\"" + "s".repeat(2000) + "\"");

    private final Random random;

    Grammar(long seed) {
        this.random = new Random(seed);
    }

    /** What goes over one connection: one to three requests, whole or in pieces, right or wrong. */
    Attack next() {
        int requests = chance(8) ? 2 + random.nextInt(2) : 1;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            all.append(request());
        }
        byte[] bytes = all.toString().getBytes(ISO_8859_1);
        if (chance(5)) {
            bytes = mutated(bytes);
        }
        int pieces = chance(10) ? 2 + random.nextInt(6) : 1;
        return new Attack(bytes, pieces);
    }

    private String request() {
        boolean straight = chance(3);
        String path = straight ? PATHS.get(random.nextInt(5)) : pick(PATHS);
        String method = straight ? (path.endsWith("s") || path.endsWith("y") ? "POST" : "GET") : pick(METHODS);
        StringBuilder head = new StringBuilder(method).append(' ').append(path);
        if (chance(straight ? 6 : 3)) {
            head.append('?').append(pick(QUERIES));
        }
        head.append(' ')
                .append(chance(30) ? pick(List.of("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "")) : "HTTP/1.1");
        head.append(end());
        if (!chance(40)) {
            head.append("Host: localhost").append(end());
        }
        for (int n = random.nextInt(straight ? 3 : 6); n > 0; n--) {
            head.append(pick(HEADERS)).append(end());
        }
        if (!chance(6)) {
            head.append("Content-Type: ")
                    .append(straight ? TYPES.get(0) : pick(TYPES))
                    .append(end());
        }
        String body = method.equals("GET") && !chance(10) ? "" : body(straight);
        return switch (random.nextInt(straight ? 12 : 5)) {
            case 0 -> head + "Transfer-Encoding: chunked" + end() + end() + chunked(body);
            case 1 -> head + "Content-Length: " + (body.length() + random.nextInt(9) - 3) + end() + end() + body;
            default -> head + "Content-Length: " + body.length() + end() + end() + body;
        };
    }

    /** Frames of HTTP/2, to come behind the preface and the settings: requests, and what else there is, in any order. */
    byte[] frames() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int stream = 1;
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            int id = chance(12) ? random.nextInt(8) : stream;
            switch (random.nextInt(8)) {
                case 0 ->
                    out.writeBytes(
                            RawHttp2.bytes(RawHttp2.SETTINGS, random.nextInt(2), chance(6) ? id : 0, settings()));
                case 1 ->
                    out.writeBytes(RawHttp2.bytes(
                            RawHttp2.WINDOW_UPDATE, 0, chance(2) ? 0 : id, RawHttp2.number(random.nextInt())));
                case 2 ->
                    out.writeBytes(RawHttp2.bytes(RawHttp2.RST_STREAM, 0, id, RawHttp2.number(random.nextInt(16))));
                case 3 ->
                    out.writeBytes(
                            RawHttp2.bytes(random.nextInt(16), random.nextInt(64), id, bytes(random.nextInt(64))));
                default -> {
                    boolean whole = chance(3);
                    out.writeBytes(RawHttp2.bytes(
                            RawHttp2.HEADERS,
                            (chance(10) ? 0 : RawHttp2.END_HEADERS) | (whole ? RawHttp2.END_STREAM : 0),
                            id,
                            head()));
                    if (!whole) {
                        out.writeBytes(RawHttp2.bytes(
                                RawHttp2.DATA,
                                chance(8) ? 0 : RawHttp2.END_STREAM,
                                id,
                                body(chance(2)).getBytes(ISO_8859_1)));
                    }
                    stream += 2;
                }
            }
        }
        return chance(4) ? mutated(out.toByteArray()) : out.toByteArray();
    }

    private byte[] head() {
        List<String> fields = new ArrayList<>(List.of(
                ":method", chance(2) ? "POST" : pick(METHODS),
                ":path", chance(2) ? "/messages" : pick(PATHS) + (chance(2) ? "?" + pick(QUERIES) : ""),
                ":scheme", chance(10) ? MARK : "http",
                ":authority", chance(10) ? "" : "localhost"));
        if (chance(10)) {
            int at = 2 * random.nextInt(fields.size() / 2);
            fields.subList(at, at + 2).clear();
        }
        if (!chance(6)) {
            fields.addAll(List.of("content-type", pick(TYPES)));
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            String[] header = pick(HEADERS).split(":", 2);
            fields.add(chance(8) ? header[0] : header[0].toLowerCase(Locale.ROOT));
            fields.add(header.length < 2 ? "" : chance(12) ? header[1] : header[1].trim());
        }
        return RawHttp2.block(fields.toArray(String[]::new));
    }

    private byte[] settings() {
        int[] pairs = new int[2 * random.nextInt(4)];
        for (int i = 0; i < pairs.length; i += 2) {
            pairs[i] = random.nextInt(9);
            pairs[i + 1] = chance(3) ? random.nextInt() : random.nextInt(70_000);
        }
        return RawHttp2.settings(pairs);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private String body(boolean straight) {
        if (straight && !chance(4)) {
            return "{\"order\":" + random.nextInt(1000) + "}";
        }
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "{\"targets\":[" + (chance(2) ? "\"api-one\"" : json(2)) + "]}";
            case 2 -> "[".repeat(random.nextInt(1200));
            case 3 -> MARK + "\u0000\u00ff\r\n\r\nPOST /messages HTTP/1.1\r\n";
            case 4 -> "x".repeat(random.nextInt(6000));
            default -> json(4);
        };
    }

    private String json(int depth) {
        int kind = depth == 0 ? 9 : random.nextInt(10);
        if (kind < 4) {
            StringBuilder object = new StringBuilder("{");
            for (int n = random.nextInt(4); n > 0; n--) {
                object.append(chance(20) ? "a" : "\"" + (char) ('a' + random.nextInt(3)) + "\"")
                        .append(chance(30) ? "" : ":")
                        .append(json(depth - 1))
                        .append(n > 1 || chance(30) ? "," : "");
            }
            return object.append(chance(30) ? "" : "}").toString();
        }
        if (kind < 7) {
            StringBuilder array = new StringBuilder("[");
            for (int n = random.nextInt(4); n > 0; n--) {
                array.append(json(depth - 1)).append(n > 1 || chance(30) ? "," : "");
            }
            return array.append(chance(30) ? "" : "]").toString();
        }
        return pick(VALUES);
    }

    private String chunked(String body) {
        StringBuilder chunks = new StringBuilder();
        int at = 0;
        while (at < body.length()) {
            int size = Math.min(body.length() - at, 1 + random.nextInt(64));
            String said =
                    chance(40) ? pick(List.of("zz", "-1", "ffffffffffffffff", "0x5", "")) : Integer.toHexString(size);
            chunks.append(said).append(chance(20) ? ";" + MARK + "=1" : "").append(end());
            chunks.append(body, at, at + size).append(end());
            at += size;
        }
        chunks.append(chance(30) ? "" : "0").append(end());
        return chunks.append(chance(10) ? "X-Trailer: " + MARK + end() : "")
                .append(end())
                .toString();
    }

    private byte[] mutated(byte[] bytes) {
        byte[] mutated = bytes.clone();
        for (int n = 1 + random.nextInt(4); n > 0 && mutated.length > 1; n--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated = java.util.Arrays.copyOf(mutated, at + 1);
                default -> {
                    byte[] longer = java.util.Arrays.copyOf(mutated, mutated.length + mutated.length - at);
                    System.arraycopy(mutated, at, longer, mutated.length, mutated.length - at);
                    mutated = longer;
                }
            }
        }
        return mutated;
    }

    private String end() {
        return chance(200) ? pick(List.of("\n", "\r", "\r\r\n", "")) : "\r\n";
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Once in {@code n} times. */
    private boolean chance(int n) {
        return random.nextInt(n) == 0;
    }

    /**
     * A request for a documented call, whose parameters each are valid, or break one constraint of their schema.
     *
     * @param call such as {@code get /messages/{id}}
     */
    String request(String call, JsonNode operation) {
        String[] parts = call.split(" ", 2);
        String path = parts[1].replace("{id}", chance(3) ? MARK : ULID);
        List<String> query = new ArrayList<>();
        StringBuilder headers = new StringBuilder();
        for (JsonNode parameter : operation.path("parameters")) {
            String name = parameter.path("name").asText();
            if (parameter.path("in").asText().equals("path") || chance(2)) {
                continue;
            }
            String value = value(parameter.path("schema"));
            if (parameter.path("in").asText().equals("query")) {
                query.add(name + "=" + java.net.URLEncoder.encode(value, java.nio.charset.StandardCharsets.UTF_8));
            } else {
                headers.append(name)
                        .append(": ")
                        .append(value.replaceAll("[^\\x20-\\x7e]", "?"))
                        .append("\r\n");
            }
        }
        boolean takesBody = operation.has("requestBody");
        String body = takesBody ? body(chance(2)) : "";
        return parts[0].toUpperCase(java.util.Locale.ROOT) + " " + path
                + (query.isEmpty() ? "" : "?" + String.join("&", query))
                + " HTTP/1.1\r\nHost: localhost\r\n" + headers
                + (takesBody ? "Content-Type: application/json\r\n" : "")
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private String value(JsonNode schema) {
        List<String> values = new ArrayList<>();
        schema.path("enum").forEach(one -> values.add(one.asText()));
        if (schema.has("minimum")) {
            long least = schema.path("minimum").asLong();
            values.addAll(List.of(Long.toString(least), Long.toString(least - 1), "-1"));
        }
        if (schema.has("maximum")) {
            long most = schema.path("maximum").asLong();
            values.addAll(List.of(Long.toString(most), Long.toString(most + 1), "99999999999999999999"));
        }
        if (schema.has("maxLength")) {
            int most = schema.path("maxLength").asInt();
            values.addAll(List.of("k".repeat(most), "k".repeat(most + 1)));
        }
        if (schema.has("pattern") || schema.has("minLength")) {
            values.addAll(List.of("", ULID, "respond-async", "wait=1"));
        }
        values.addAll(List.of(MARK, "1", "a b", "\"" + MARK + "\"", "%", "x".repeat(40)));
        return pick(values);
    }

    /**
     * What is sent over one connection.
     *
     * @param pieces in which it is sent, with a short wait between them
     */
    record Attack(byte[] bytes, int pieces) {
        Map<String, Object> shown() {
            return Map.of("length", bytes.length, "pieces", pieces);
        }
    }
}
