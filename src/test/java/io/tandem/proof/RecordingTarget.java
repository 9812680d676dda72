package io.tandem.proof;

import io.tandem.support.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An API that writes down each request before it answers as {@link Faults} want it. Thread-safe. */
public final class RecordingTarget implements AutoCloseable {
    private final Vertx vertx;
    private final String name;
    private final Ledger ledger;
    private final Faults faults;
    private final int port;
    private @Nullable HttpServer server;

    public RecordingTarget(Vertx vertx, String name, Ledger ledger, Faults faults) throws IOException {
        this.vertx = vertx;
        this.name = name;
        this.ledger = ledger;
        this.faults = faults;
        this.port = Ports.free();
        open();
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/" + name;
    }

    /** Takes requests again. */
    public synchronized void open() {
        server = vertx.createHttpServer(
                        new HttpServerOptions().setAcceptBacklog(1024).setSoLinger(0))
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        goDown();
    }

    /** Connections are refused, those there are closed. */
    public synchronized void goDown() {
        HttpServer current = server;
        if (current != null) {
            server = null;
            current.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
    }

    private void handle(HttpServerRequest request) {
        long at = System.nanoTime();
        request.bodyHandler(body -> answer(request, body, at));
    }

    private void answer(HttpServerRequest request, Buffer bytes, long at) {
        String body = bytes.toString();
        String id = Bodies.id(body);
        String known = id == null ? "" : id;
        Faults.Decision decision = faults.decide(name, known, ledger.next(name, known));
        Arrival arrival = new Arrival(
                name,
                text(request.getHeader("Idempotency-Key")),
                text(request.getHeader("Tandem-Message-Id")),
                known,
                id != null && body.equals(Bodies.of(id)),
                at,
                decision.reply());
        ledger.add(arrival);
        switch (decision.reply()) {
            case OK -> good(request, arrival);
            case LATE -> vertx.setTimer(Math.max(1, decision.delayMs()), timer -> good(request, arrival));
            case BUSY -> {
                arrival.answered(System.nanoTime());
                request.response().setStatusCode(503).end();
            }
            case CUT, LOST -> request.connection().close();
        }
    }

    private static void good(HttpServerRequest request, Arrival arrival) {
        if (request.response().closed()) {
            return;
        }
        // before the answer can be heard: who asks the ledger then finds it there
        arrival.answered(System.nanoTime());
        request.response().putHeader("Content-Type", "application/json").end("{\"taken\":\"" + arrival.body() + "\"}");
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }
}
