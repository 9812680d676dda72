package io.tandem.figures;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An API that takes the good tokens of one client, and answers 401 to anything else. */
final class ApiStub {
    private final IssuedTokens tokens;
    private final String client;
    private final HttpServer server;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    ApiStub(Vertx vertx, IssuedTokens tokens, String client) throws Exception {
        this.tokens = tokens;
        this.client = client;
        this.server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/orders");
    }

    String client() {
        return client;
    }

    int taken() {
        return taken.get();
    }

    int refused() {
        return refused.get();
    }

    private void handle(HttpServerRequest request) {
        request.endHandler(end -> {
            String header = request.getHeader("Authorization");
            boolean bearer = header != null && header.startsWith("Bearer ");
            if (bearer && tokens.good(header.substring("Bearer ".length()), client)) {
                taken.incrementAndGet();
                request.response().putHeader("Content-Type", "application/json").end("{\"taken\":true}");
            } else {
                refused.incrementAndGet();
                request.response()
                        .setStatusCode(401)
                        .putHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                        .end();
            }
        });
    }
}
