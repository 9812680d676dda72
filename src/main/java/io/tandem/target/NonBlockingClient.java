package io.tandem.target;

import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.tandem.config.Settings;
import io.tandem.egress.Dialer;
import io.tandem.egress.Egress;
import io.tandem.target.LoopClients.LoopClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Connections of event loops: a request that waits holds no thread. Thread-safe, and never blocks. */
final class NonBlockingClient implements TargetClient {
    private static final int IDLE_LIMIT_SECONDS = 50;

    /** Of what a target sends before its body. */
    private static final int MAX_HEADERS = 64 * 1024;

    private static final int MAX_LINE = 16 * 1024;

    /** Then a connection is made anew, by the certificates as they are by then. */
    private static final long RENEWED_AFTER_MILLIS = Duration.ofMinutes(5).toMillis();

    /** How long the server's address is taken for what it was. */
    private static final long PREPARED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How many connections that the server closed while they lay idle a request is given before it is refused. */
    private static final int DEAD_ONES = 10;

    private final Vertx vertx;
    private final Executor executor;
    private final int maxReply;
    private final HttpHost authority;
    private final boolean secure;
    private final Dialer dialer;
    private final LoopClients clients;

    /** In front of the clients' own pools, which count neither streams nor the connections of several event loops. */
    private final Bulkhead places;

    private final ReplyMemory memory;
    private final Attempts attempts = new Attempts();

    // guarded by this
    private @Nullable CompletableFuture<List<InetAddress>> preparing;

    private volatile @Nullable Prepared prepared;

    private record Prepared(List<InetAddress> addresses, long atNanos) {}

    NonBlockingClient(Settings.Target target, Vertx vertx, Executor executor, ReplyMemory memory) {
        this.memory = memory;
        this.vertx = vertx;
        this.executor = executor;
        this.maxReply = target.maxReply();
        URI url = URI.create(target.url());
        Egress egress = Connections.egress(target.connection());
        boolean renewable = egress.trust() != null || egress.certificate() != null;
        this.authority = Connections.authority(url);
        this.secure = "https".equalsIgnoreCase(authority.getSchemeName());
        this.dialer = new Dialer(egress, url);
        this.places = new Bulkhead(new Settings.Bulkhead(target.maxConnections(), target.leaseTimeout()));
        HttpClientOptions options = new HttpClientOptions()
                .setKeepAliveTimeout(IDLE_LIMIT_SECONDS)
                .setHttp2KeepAliveTimeout(IDLE_LIMIT_SECONDS)
                .setConnectTimeout((int)
                        Math.min(Integer.MAX_VALUE, target.connectTimeout().toMillis()))
                .setSslHandshakeTimeout(target.connectTimeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setTcpNoDelay(true)
                .setMaxPoolSize(target.maxConnections())
                .setHttp2MaxPoolSize(target.maxConnections());
        options.getInitialSettings().setPushEnabled(false).setMaxHeaderListSize(MAX_HEADERS);
        HttpClientOptions dialling = dialer.applyTo(options);
        PoolOptions pool =
                new PoolOptions().setHttp1MaxSize(target.maxConnections()).setHttp2MaxSize(target.maxConnections());
        this.clients = new LoopClients(
                target.maxConnections(),
                connection -> opened(vertx, connection, renewable),
                connected -> vertx.httpClientBuilder()
                        .with(dialling)
                        .with(pool)
                        .withConnectHandler(connected)
                        .build());
    }

    /** Returns what is to be done when it closes. */
    private static Runnable opened(Vertx vertx, HttpConnection connection, boolean renewable) {
        // each request learns of it by itself; Vert.x would log it besides
        connection.exceptionHandler(broken -> {});
        passHeadersAsTheyAre(connection);
        if (!renewable) {
            return () -> {};
        }
        long timer = vertx.setTimer(RENEWED_AFTER_MILLIS, id -> connection.shutdown());
        return () -> vertx.cancelTimer(timer);
    }

    /** A target may name a type that is no type, and is understood all the same; Vert.x has this for all of a JVM only. */
    private static void passHeadersAsTheyAre(HttpConnection connection) {
        if (connection instanceof ConnectionBase base
                && base.channel().pipeline().get(HttpClientCodec.class) != null) {
            HttpDecoderConfig lenient = new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE)
                    .setMaxHeaderSize(MAX_HEADERS)
                    .setValidateHeaders(false);
            base.channel()
                    .pipeline()
                    .replace(HttpClientCodec.class, "codec", new HttpClientCodec(lenient, false, false));
        }
    }

    int maxReply() {
        return maxReply;
    }

    /** Runs what may block. */
    Executor executor() {
        return executor;
    }

    HttpHost target() {
        return authority;
    }

    /**
     * Takes a place among the requests that may be under way at the same time, which has to be {@linkplain Place#leave left}.
     *
     * @param then is told, on any thread, when there is one, or why there is none
     */
    void enter(BiConsumer<@Nullable Place, @Nullable IOException> then) {
        if (places.tryEnter()) {
            then.accept(new Place(), null);
            return;
        }
        Bulkhead.Waiter waiter = places.enter(() -> executor.execute(() -> then.accept(new Place(), null)));
        vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(places.waitNanos())), id -> {
            if (waiter.giveUp()) {
                executor.execute(
                        () -> then.accept(null, new ConnectionRequestTimeoutException("all connections are in use")));
            }
        });
    }

    /** That of one request. Thread-safe. */
    final class Place {
        /** Null, or the {@link LoopClient} that the request is made by, or this place itself when it was left. */
        private final AtomicReference<@Nullable Object> holds = new AtomicReference<>();

        /**
         * Gets a connection, a new one if need be.
         *
         * @param then is told, on an event loop or a thread that may block; never when the place was left before
         */
        void connect(RequestOptions request, BiConsumer<@Nullable HttpClientRequest, @Nullable IOException> then) {
            Prepared known = prepared;
            if (known != null && System.nanoTime() - known.atNanos() < PREPARED_NANOS) {
                connect(request, known.addresses(), then);
                return;
            }
            prepare().whenComplete((addresses, failure) -> {
                if (addresses == null) {
                    then.accept(null, Dialer.reason(cause(failure)));
                } else {
                    connect(request, addresses, then);
                }
            });
        }

        private void connect(
                RequestOptions request,
                List<InetAddress> addresses,
                BiConsumer<@Nullable HttpClientRequest, @Nullable IOException> then) {
            LoopClient client = clients.take();
            if (holds.compareAndSet(null, client)) {
                new Dial(client, request, addresses, then).connect(0, DEAD_ONES);
            } else {
                client.leave();
            }
        }

        /** Gives the place back; again, it does nothing. */
        void leave() {
            Object held = holds.getAndSet(this);
            if (held == this) {
                return;
            }
            if (held instanceof LoopClient client) {
                client.leave();
            }
            places.leave();
        }
    }

    private static Throwable cause(@Nullable Throwable failure) {
        return failure == null ? new IOException("no address of the server") : failure;
    }

    /** Many may wait for it; one looks. */
    private synchronized CompletionStage<List<InetAddress>> prepare() {
        CompletionStage<List<InetAddress>> known = preparing;
        if (known != null) {
            return known;
        }
        CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
        preparing = fresh;
        executor.execute(() -> {
            try {
                List<InetAddress> addresses = dialer.prepare();
                prepared = new Prepared(addresses, System.nanoTime());
                prepared();
                fresh.complete(addresses);
            } catch (IOException | RuntimeException | Error e) {
                prepared();
                fresh.completeExceptionally(e);
            }
        });
        return fresh;
    }

    private synchronized void prepared() {
        preparing = null;
    }

    /** The search for a connection of one request. */
    private final class Dial {
        private final LoopClient client;
        private final RequestOptions request;
        private final List<InetAddress> addresses;
        private final BiConsumer<@Nullable HttpClientRequest, @Nullable IOException> then;

        Dial(
                LoopClient client,
                RequestOptions request,
                List<InetAddress> addresses,
                BiConsumer<@Nullable HttpClientRequest, @Nullable IOException> then) {
            this.client = client;
            this.request =
                    request.setSsl(secure).setHost(authority.getHostName()).setPort(authority.getPort());
            this.addresses = addresses;
            this.then = then;
        }

        void connect(int address, int deadOnes) {
            request.setServer(SocketAddress.inetSocketAddress(
                    authority.getPort(), addresses.get(address).getHostAddress()));
            Future<HttpClientRequest> connecting;
            try {
                connecting = client.request(request);
            } catch (IllegalStateException e) {
                then.accept(null, new IOException("the client is closed", e));
                return;
            }
            connecting.onComplete(connected -> {
                if (connected.succeeded()) {
                    then.accept(connected.result(), null);
                } else if (connected.cause() instanceof HttpClosedException && deadOnes > 0) {
                    connect(address, deadOnes - 1);
                } else if (address + 1 < addresses.size()) {
                    connect(address + 1, deadOnes);
                } else {
                    then.accept(null, Dialer.reason(connected.cause()));
                }
            });
        }
    }

    @Override
    public Attempts attempts() {
        return attempts;
    }

    @Override
    public ReplyMemory memory() {
        return memory;
    }

    @Override
    public void evictIdle() {
        // the client does so by itself
    }

    @Override
    public int leased() {
        return places.inside();
    }

    @Override
    public int pending() {
        return places.waiting();
    }

    @Override
    public void close() {
        clients.close();
    }
}
