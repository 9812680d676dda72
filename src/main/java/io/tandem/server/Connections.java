package io.tandem.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.tandem.message.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a port. Closes those on which no request has come for long, however lively they drip, and those
 * whose callers don't read their answers; one whose request is being worked on stays, however long that takes.
 * Thread-safe.
 */
public final class Connections {
    private static final long SWEEP_MILLIS = 1000;

    /** A caller who reads a reply more slowly than this is not waited for. */
    private static final long LEAST_BYTES_PER_SECOND = 16 * 1024;

    private final Vertx vertx;
    private final HttpServerOptions options;
    private final Limits limits;
    private final Consumer<Problem> refused;
    private final long sweeper;
    private final Map<Channel, Caller> callers = new ConcurrentHashMap<>();

    /**
     * How many there may be, and how long they may last.
     *
     * @param most connections at the same time
     * @param read from connecting to the end of the first request's head
     * @param idle from an answer to the end of the next request's head
     */
    public record Limits(int most, Duration read, Duration idle) {}

    /**
     * @param options of the server
     * @param refused is told of requests that end before there is anything to answer
     */
    public Connections(Vertx vertx, HttpServerOptions options, Limits limits, Consumer<Problem> refused) {
        this.vertx = vertx;
        this.options = options;
        this.limits = limits;
        this.refused = refused;
        this.sweeper = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
    }

    /** Looks after them no more. */
    public void close() {
        vertx.cancelTimer(sweeper);
    }

    /**
     * To be told of each connection before anything of it is read.
     *
     * @return false when there are too many already
     */
    public boolean accepted(Channel channel) {
        if (callers.size() >= limits.most()) {
            return false;
        }
        callers.put(channel, new Caller(limits.read()));
        channel.closeFuture().addListener(closed -> callers.remove(channel));
        return true;
    }

    /** Closes the connection that has been without a request for longest, if there is any without. */
    public void makeRoom() {
        long now = System.nanoTime();
        callers.entrySet().stream()
                .filter(entry -> !entry.getValue().busy)
                .max(Comparator.comparingLong(entry -> now - entry.getValue().waitSinceNanos))
                .ifPresent(entry -> {
                    callers.remove(entry.getKey());
                    cutOff(entry.getKey(), entry.getValue().streams != null);
                });
    }

    /** To be told of each connection once its protocol is known, before a request of it is read. */
    public void connected(HttpConnection connection) {
        Channel channel = channel(connection);
        Caller caller = callers.get(channel);
        if (caller == null) {
            // it has just been closed
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
        if (http2 == null) {
            StrictRequestDecoder decoder = new StrictRequestDecoder(options);
            caller.decoder = decoder;
            pipeline.replace("httpDecoder", "httpDecoder", decoder);
            pipeline.addAfter("httpEncoder", "oneAtATime", new OneAtATime());
        } else {
            caller.streams = Streams.guard(pipeline.context(http2), http2, refused);
            caller.http2 = connection;
        }
    }

    /** Tells callers over HTTP/2 that this is the end of their connections: others find out with their next answers. */
    public void announceEnd() {
        callers.values().forEach(caller -> {
            HttpConnection http2 = caller.http2;
            if (http2 != null) {
                announceEnd(http2);
            }
        });
    }

    /** Tells a caller over HTTP/2; what was sent before this arrives is still taken (RFC 9113 §6.8). */
    public static void announceEnd(HttpConnection http2) {
        http2.goAway(Http2Error.NO_ERROR.code(), Integer.MAX_VALUE);
    }

    /** To be told of each request, before it is answered. */
    public void requested(HttpServerRequest request) {
        Caller caller = callers.get(channel(request.connection()));
        if (caller != null) {
            HttpServerResponse response = request.response();
            caller.begin();
            response.endHandler(v -> {
                long length = response.bytesWritten();
                Duration reading = limits.idle().plusSeconds(length / LEAST_BYTES_PER_SECOND);
                Streams streams = caller.streams;
                if (streams == null) {
                    caller.waitFor(reading);
                } else {
                    caller.waitLonger(reading);
                    streams.answered(request.streamId(), length, reading);
                }
                caller.end();
            });
        }
    }

    /** To be told of a request that is answered before it has arrived: the caller may go on sending for so long. */
    public void awaitRest(HttpServerRequest request, Duration patience) {
        Caller caller = callers.get(channel(request.connection()));
        if (caller != null) {
            caller.waitFor(patience);
            request.endHandler(v -> caller.waitFor(limits.idle()));
        }
    }

    /** Whether the body of the request on a connection was framed wrongly. */
    public boolean isBodyBroken(HttpConnection connection) {
        Caller caller = callers.get(channel(connection));
        StrictRequestDecoder decoder = caller == null ? null : caller.decoder;
        return decoder != null && decoder.isBodyBroken();
    }

    private static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    private void sweep() {
        long now = System.nanoTime();
        callers.forEach((channel, caller) -> {
            Streams streams = caller.streams;
            if (streams != null) {
                channel.eventLoop().execute(streams::sweep);
            }
            if (!caller.busy && now - caller.waitUntilNanos > 0) {
                cutOff(channel, streams != null);
            }
        });
    }

    /** Waits for nothing that may not have been written yet: the caller may not be reading. */
    private static void cutOff(Channel channel, boolean politely) {
        ChannelHandlerContext vertx = channel.pipeline().context("handler");
        ChannelFuture unused = politely || vertx == null ? channel.close() : vertx.close();
    }

    private static final class Caller {
        /** Null while the protocol is not known, and for HTTP/2. */
        private volatile @Nullable StrictRequestDecoder decoder;

        /** Null for HTTP/1.1. */
        private volatile @Nullable Streams streams;

        /** Null for HTTP/1.1. */
        private volatile @Nullable HttpConnection http2;

        /** Requests that are not yet answered; on the event loop alone. */
        private int working;

        private volatile boolean busy;
        private volatile long waitSinceNanos;
        private volatile long waitUntilNanos;

        /** @param firstRequest how long a caller may take from connecting to the end of the first request's head */
        Caller(Duration firstRequest) {
            waitFor(firstRequest);
        }

        void begin() {
            working++;
            busy = true;
        }

        void end() {
            working--;
            busy = working > 0;
        }

        void waitFor(Duration next) {
            waitSinceNanos = System.nanoTime();
            waitUntilNanos = waitSinceNanos + next.toNanos();
        }

        void waitLonger(Duration next) {
            waitSinceNanos = System.nanoTime();
            long until = waitSinceNanos + next.toNanos();
            if (until - waitUntilNanos > 0) {
                waitUntilNanos = until;
            }
        }
    }
}
