package io.tandem.entry.http;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections. Closes those on which no request has come for long, however lively they drip; one whose request
 * is being worked on stays, however long that takes. Thread-safe.
 */
final class Callers {
    private static final long SWEEP_MILLIS = 1000;

    /** Longer than the usual 60 s of proxies, so that it is they who close. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(75);

    /** A caller who reads a reply more slowly than this is not waited for. */
    private static final long LEAST_BYTES_PER_SECOND = 16 * 1024;

    private final Vertx vertx;
    private final HttpServerOptions options;
    private final long firstRequestNanos;
    private final long sweeper;
    private final Map<HttpConnection, Caller> callers = new ConcurrentHashMap<>();

    /** @param firstRequest how long a caller may take from connecting to the end of the first request's head */
    Callers(Vertx vertx, HttpServerOptions options, Duration firstRequest) {
        this.vertx = vertx;
        this.options = options;
        this.firstRequestNanos = firstRequest.toNanos();
        this.sweeper = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
    }

    void close() {
        vertx.cancelTimer(sweeper);
    }

    /** To be told of each connection before anything of it is read. */
    void connected(HttpConnection connection) {
        StrictRequestDecoder decoder = new StrictRequestDecoder(options);
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        pipeline.replace("httpDecoder", "httpDecoder", decoder);
        callers.put(connection, new Caller(decoder, firstRequestNanos));
        connection.closeHandler(v -> callers.remove(connection));
    }

    /** To be told of each request, before it is answered. */
    void requested(HttpServerRequest request) {
        Caller caller = callers.get(request.connection());
        if (caller != null) {
            caller.working.incrementAndGet();
            request.response().endHandler(v -> {
                long reading = request.response().bytesWritten() / LEAST_BYTES_PER_SECOND;
                caller.waitUntilNanos = System.nanoTime() + IDLE_NANOS + TimeUnit.SECONDS.toNanos(reading);
                caller.working.decrementAndGet();
            });
        }
    }

    /** Whether the body of the request on a connection was framed wrongly. */
    boolean isBodyBroken(HttpConnection connection) {
        Caller caller = callers.get(connection);
        return caller != null && caller.decoder.isBodyBroken();
    }

    private void sweep() {
        long now = System.nanoTime();
        callers.forEach((connection, caller) -> {
            if (caller.working.get() == 0 && now - caller.waitUntilNanos > 0) {
                connection.close();
            }
        });
    }

    private static final class Caller {
        private final StrictRequestDecoder decoder;
        private final AtomicInteger working = new AtomicInteger();
        private volatile long waitUntilNanos;

        Caller(StrictRequestDecoder decoder, long firstRequestNanos) {
            this.decoder = decoder;
            this.waitUntilNanos = System.nanoTime() + firstRequestNanos;
        }
    }
}
