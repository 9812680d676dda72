package io.tandem.entry.http;

import io.netty.channel.ChannelPipeline;
import io.tandem.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections. Closes those on which no request has come for long, however lively they drip; one whose request
 * is being worked on stays, however long that takes. Thread-safe.
 */
final class Callers {
    private static final long SWEEP_MILLIS = 1000;

    /** A caller who reads a reply more slowly than this is not waited for. */
    private static final long LEAST_BYTES_PER_SECOND = 16 * 1024;

    private final Vertx vertx;
    private final HttpServerOptions options;
    private final Settings.Http settings;
    private final long sweeper;
    private final Map<HttpConnection, Caller> callers = new ConcurrentHashMap<>();

    Callers(Vertx vertx, HttpServerOptions options, Settings.Http settings) {
        this.vertx = vertx;
        this.options = options;
        this.settings = settings;
        this.sweeper = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
    }

    void close() {
        vertx.cancelTimer(sweeper);
    }

    /**
     * To be told of each connection before anything of it is read.
     *
     * @return false when there are too many already
     */
    boolean connected(HttpConnection connection) {
        if (callers.size() >= settings.maxConnections()) {
            return false;
        }
        StrictRequestDecoder decoder = new StrictRequestDecoder(options);
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        pipeline.replace("httpDecoder", "httpDecoder", decoder);
        pipeline.addAfter("httpEncoder", "oneAtATime", new OneAtATime());
        callers.put(connection, new Caller(decoder, settings.readTimeout()));
        connection.closeHandler(v -> callers.remove(connection));
        return true;
    }

    /** To be told of each request, before it is answered. */
    void requested(HttpServerRequest request) {
        Caller caller = callers.get(request.connection());
        if (caller != null) {
            caller.working = true;
            request.response().endHandler(v -> {
                long reading = request.response().bytesWritten() / LEAST_BYTES_PER_SECOND;
                caller.waitFor(settings.idleTimeout().plusSeconds(reading));
                caller.working = false;
            });
        }
    }

    /** To be told of a request that is answered before it has arrived: the caller may go on sending for so long. */
    void awaitRest(HttpServerRequest request, Duration patience) {
        Caller caller = callers.get(request.connection());
        if (caller != null) {
            caller.waitFor(patience);
            request.endHandler(v -> caller.waitFor(settings.idleTimeout()));
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
            if (!caller.working && now - caller.waitUntilNanos > 0) {
                connection.close();
            }
        });
    }

    private static final class Caller {
        private final StrictRequestDecoder decoder;
        private volatile boolean working;
        private volatile long waitUntilNanos;

        /** @param firstRequest how long a caller may take from connecting to the end of the first request's head */
        Caller(StrictRequestDecoder decoder, Duration firstRequest) {
            this.decoder = decoder;
            waitFor(firstRequest);
        }

        void waitFor(Duration next) {
            waitUntilNanos = System.nanoTime() + next.toNanos();
        }
    }
}
