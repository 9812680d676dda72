package io.tandem.target;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A Vert.x client for each event loop, whose connections are on that event loop: a single one would hand requests to the
 * connections of other event loops, and each time two threads would have to wake each other. When there are as many connections as
 * may be, requests go to where one is idle. Thread-safe.
 */
final class LoopClients implements AutoCloseable {
    private final int maxConnections;
    private final Function<HttpConnection, Runnable> opened;
    private final Function<Handler<HttpConnection>, HttpClient> maker;
    private final Map<EventLoop, LoopClient> byLoop = new ConcurrentHashMap<>();

    /** For those who come on no event loop. */
    private final LoopClient elsewhere;

    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param opened is told of each connection, whose close handler it leaves alone, and gives what is to be done when it closes
     * @param maker makes a client with a connection handler
     */
    LoopClients(
            int maxConnections,
            Function<HttpConnection, Runnable> opened,
            Function<Handler<HttpConnection>, HttpClient> maker) {
        this.maxConnections = maxConnections;
        this.opened = opened;
        this.maker = maker;
        this.elsewhere = new LoopClient();
    }

    /** That of one event loop. */
    final class LoopClient {
        private final HttpClient http;
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();

        private LoopClient() {
            http = maker.apply(this::connected);
        }

        private void connected(HttpConnection connection) {
            open.incrementAndGet();
            connections.incrementAndGet();
            Runnable atEnd = opened.apply(connection);
            connection.closeHandler(closing -> {
                atEnd.run();
                open.decrementAndGet();
                connections.decrementAndGet();
            });
        }

        private boolean hasIdle() {
            return open.get() > taken.get();
        }

        /** @throws IllegalStateException when it is closed */
        Future<HttpClientRequest> request(RequestOptions options) {
            return http.request(options);
        }

        /** Gives back what {@link #take} gave. */
        void leave() {
            taken.decrementAndGet();
        }
    }

    /** The client for a request that comes now, on this thread; to be {@linkplain LoopClient#leave left}. */
    LoopClient take() {
        LoopClient client = own();
        if (connections.get() >= maxConnections && !client.hasIdle()) {
            client = byLoop.values().stream()
                    .filter(LoopClient::hasIdle)
                    .findAny()
                    .orElse(elsewhere.hasIdle() ? elsewhere : client);
        }
        client.taken.incrementAndGet();
        return client;
    }

    private LoopClient own() {
        Context context = Vertx.currentContext();
        if (context == null || !context.isEventLoopContext() || closed) {
            return elsewhere;
        }
        EventLoop loop = ((ContextInternal) context).nettyEventLoop();
        LoopClient known = byLoop.get(loop);
        return known == null ? byLoop.computeIfAbsent(loop, first -> new LoopClient()) : known;
    }

    @Override
    public void close() {
        closed = true;
        elsewhere.http.close();
        byLoop.values().forEach(client -> client.http.close());
    }
}
