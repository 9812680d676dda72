package io.tandem.proof;

import io.tandem.support.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** An API that answers 200, and notes when each of numbered messages came first. Thread-safe. */
public final class LoadTarget implements AutoCloseable {
    private static final String PREFIX = "{\"n\":";

    private final Vertx vertx;
    private final String name;
    private final IntUnaryOperator tookMs;
    private final int port = Ports.free();
    private final AtomicLongArray arrivals;
    private final AtomicInteger distinct = new AtomicInteger();
    private final AtomicInteger repeats = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicIntegerArray perSecond = new AtomicIntegerArray(3600);
    private volatile long opened;
    private volatile boolean silent;
    private @Nullable HttpServer server;

    /**
     * @param messages how many there are at most
     * @param tookMs how long an answer takes
     */
    public LoadTarget(Vertx vertx, String name, int messages, int tookMs) throws IOException {
        this(vertx, name, messages, number -> tookMs);
    }

    /**
     * @param messages how many there are at most
     * @param tookMs how long the answer to that message takes
     */
    public LoadTarget(Vertx vertx, String name, int messages, IntUnaryOperator tookMs) throws IOException {
        this.vertx = vertx;
        this.name = name;
        this.tookMs = tookMs;
        this.arrivals = new AtomicLongArray(messages);
        open();
    }

    public String name() {
        return name;
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/" + name;
    }

    /** The body of a message. */
    public static String body(int number) {
        return PREFIX + number + ",\"order\":\"" + "x".repeat(160) + "\"}";
    }

    /** The body of a message, of so many bytes. */
    public static String body(int number, int bytes) {
        String head = PREFIX + number + ",\"order\":\"";
        return head + "x".repeat(bytes - head.length() - 2) + "\"}";
    }

    /** Takes requests again; from now on they are counted by the second. */
    public synchronized void open() {
        server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(1024))
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        for (int i = 0; i < perSecond.length(); i++) {
            perSecond.set(i, 0);
        }
        inFlight.set(0);
        mostAtOnce.set(0);
        opened = System.nanoTime();
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

    /** From now on it takes requests and answers none, or answers again. */
    public void silence(boolean on) {
        silent = on;
    }

    /** Connections are neither taken nor refused: until that is closed, who wants one hears nothing. */
    public synchronized AutoCloseable deaf() throws IOException {
        goDown();
        ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        List<Socket> full = new ArrayList<>();
        // Linux drops what asks for a connection once the queue of those that nobody accepts is full
        for (int i = 0; i < 8; i++) {
            Socket socket = new Socket();
            full.add(socket);
            try {
                socket.connect(listener.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException e) {
                return () -> {
                    close(listener, full);
                    open();
                };
            }
        }
        close(listener, full);
        throw new IOException("this system goes on taking connections");
    }

    private static void close(ServerSocket listener, List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        listener.close();
    }

    private void handle(HttpServerRequest request) {
        long at = System.nanoTime();
        mostAtOnce.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        request.bodyHandler(body -> {
            int number = number(body.getBytes());
            if (number >= 0 && number < arrivals.length() && arrivals.compareAndSet(number, 0, at)) {
                distinct.incrementAndGet();
            } else {
                repeats.incrementAndGet();
            }
            long second = (at - opened) / 1_000_000_000L;
            if (second >= 0 && second < perSecond.length()) {
                perSecond.incrementAndGet((int) second);
            }
            if (silent) {
                return;
            }
            int millis = tookMs.applyAsInt(number);
            if (millis == 0) {
                answer(request);
            } else {
                vertx.setTimer(millis, timer -> answer(request));
            }
        });
    }

    private void answer(HttpServerRequest request) {
        inFlight.decrementAndGet();
        if (!request.response().closed()) {
            request.response().putHeader("Content-Type", "application/json").end("{\"taken\":true}");
        }
    }

    private static int number(byte[] body) {
        int number = 0;
        for (int i = PREFIX.length(); i < body.length && body[i] >= '0' && body[i] <= '9'; i++) {
            number = number * 10 + body[i] - '0';
        }
        return number;
    }

    /** When that message came first, by {@link System#nanoTime}; 0: not yet. */
    public long arrival(int number) {
        return arrivals.get(number);
    }

    /** Different messages that came. */
    public int distinct() {
        return distinct.get();
    }

    /** Requests for messages that had come before. */
    public int repeats() {
        return repeats.get();
    }

    /** Requests at the same time since {@link #open}, at most. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    /** Requests in that second after {@link #open}. */
    public int inSecond(int second) {
        return perSecond.get(second);
    }
}
