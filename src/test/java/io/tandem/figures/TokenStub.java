package io.tandem.figures;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An authorization server that knows one grant, takes nothing on trust, and can be down for a while. */
final class TokenStub {
    static final String SECRET = "s3cr:t/b+ &%";

    private final Vertx vertx;
    private final IssuedTokens tokens;
    private final Duration life;
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Queue<Long> moments = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private int port;

    TokenStub(Vertx vertx, IssuedTokens tokens, Duration life) throws Exception {
        this.vertx = vertx;
        this.tokens = tokens;
        this.life = life;
        up();
    }

    /** Listens, again on the same port. */
    void up() throws Exception {
        server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        port = server.actualPort();
    }

    /** Connections are refused from now on, and those at hand are closed. */
    void down() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port + "/token");
    }

    /** Successful calls of a client. */
    int calls(String client) {
        AtomicInteger count = calls.get(client);
        return count == null ? 0 : count.get();
    }

    /** When successful calls were made. */
    Collection<Long> moments() {
        return List.copyOf(moments);
    }

    private void handle(HttpServerRequest request) {
        request.setExpectMultipart(true);
        request.endHandler(end -> {
            String client = client(request.getHeader("Authorization"));
            MultiMap form = request.formAttributes();
            boolean plain = form.size() == 1 && "client_credentials".equals(form.get("grant_type"));
            request.response().putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
            if (client.isEmpty() || !plain || !request.path().equals("/token")) {
                request.response().setStatusCode(401).end("{\"error\":\"invalid_client\"}");
                return;
            }
            calls.computeIfAbsent(client, first -> new AtomicInteger()).incrementAndGet();
            moments.add(System.nanoTime());
            request.response()
                    .end(Buffer.buffer("{\"access_token\":\"" + tokens.issue(client, life)
                            + "\",\"token_type\":\"Bearer\",\"expires_in\":" + life.toSeconds() + "}"));
        });
    }

    // RFC 6749 §2.3.1: form-encoded first
    private static String client(String authorization) {
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return "";
        }
        String pair = new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8);
        String[] parts = pair.split(":", -1);
        return parts.length == 2 && SECRET.equals(decoded(parts[1])) ? decoded(parts[0]) : "";
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
