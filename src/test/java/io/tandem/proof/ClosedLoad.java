package io.tandem.proof;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** So many callers, each of whom sends the next message when the last one is answered. On one event loop. */
public final class ClosedLoad {
    private final NetClient client;
    private final int port;
    private final Requests requests;
    private final int most;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private long[] nanos = new long[1 << 16];
    private long start;
    private long end;
    private int next;
    private int answered;
    private int open;

    /**
     * What is sent.
     *
     * @param headers of each request, each with its line break; {@code %d} in them is the number of the message
     * @param bodies by the number of the message
     */
    public record Requests(String headers, IntFunction<String> bodies) {
        private String request(int number) {
            return Caller.post(headers.replace("%d", Integer.toString(number)), bodies.apply(number));
        }
    }

    /**
     * What came of it.
     *
     * @param end the number behind the last message
     * @param nanos from sent to answered, sorted
     * @param answers how many by status; 0: the connection broke
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Result(int end, long[] nanos, Map<Integer, Integer> answers, Duration took) {
        public double perSecond() {
            return nanos.length * 1e9 / took.toNanos();
        }

        public double millis(double part) {
            return nanos.length == 0
                    ? Double.NaN
                    : nanos[(int) Math.min(nanos.length - 1, Math.floor(part * nanos.length))] / 1e6;
        }
    }

    private ClosedLoad(Vertx vertx, int port, Requests requests, int first, int most) {
        this.client = vertx.createNetClient();
        this.port = port;
        this.requests = requests;
        this.next = first;
        this.most = most;
    }

    /**
     * Sends messages with {@link LoadTarget#body} and these headers, and waits for the answers.
     *
     * @param first the number of the first message
     * @param most the number behind the last, at most
     */
    public static Result run(Vertx vertx, int port, String headers, int callers, int first, int most, Duration span) {
        return run(vertx, port, new Requests(headers, LoadTarget::body), callers, first, most, span);
    }

    /** The same with other bodies. */
    public static Result run(
            Vertx vertx, int port, Requests requests, int callers, int first, int most, Duration span) {
        ClosedLoad load = new ClosedLoad(vertx, port, requests, first, most);
        vertx.getOrCreateContext().runOnContext(now -> {
            load.start = System.nanoTime();
            load.end = load.start + span.toNanos();
            load.open = callers;
            for (int i = 0; i < callers; i++) {
                load.begin();
            }
        });
        return load.result
                .orTimeout(span.plusMinutes(1).toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private void begin() {
        client.connect(port, "127.0.0.1")
                .onSuccess(socket -> new Sender(socket).send())
                .onFailure(e -> over());
    }

    private void answered(int status, long took) {
        answers.merge(status, 1, Integer::sum);
        if (answered == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * answered);
        }
        nanos[answered++] = took;
    }

    private void over() {
        if (--open == 0) {
            long[] sorted = Arrays.copyOf(nanos, answered);
            Arrays.sort(sorted);
            result.complete(new Result(next, sorted, Map.copyOf(answers), Duration.ofNanos(System.nanoTime() - start)));
            client.close();
        }
    }

    private final class Sender implements Caller.Listener {
        private final Caller caller;
        private long sentAt;

        Sender(NetSocket socket) {
            caller = new Caller(socket, this);
        }

        void send() {
            long now = System.nanoTime();
            if (now - end >= 0 || next >= most) {
                caller.close();
                over();
                return;
            }
            int number = next++;
            sentAt = now;
            caller.send(requests.request(number));
        }

        @Override
        public void answered(int status, String body, boolean open) {
            ClosedLoad.this.answered(status, System.nanoTime() - sentAt);
            if (open) {
                send();
            } else {
                begin();
            }
        }

        @Override
        public void closed() {
            ClosedLoad.this.answered(0, System.nanoTime() - sentAt);
            over();
        }
    }
}
