package io.tandem.crash;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * So many callers, each of whom sends the next message when the last one is answered. They speak the little HTTP that is
 * needed themselves, so that they cost less than what is measured. On one event loop.
 */
final class ClosedLoad {
    private final NetClient client;
    private final int port;
    private final String headers;
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
     * What came of it.
     *
     * @param end the number behind the last message
     * @param nanos from sent to answered, sorted
     * @param answers how many by status; 0: the connection broke
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Result(int end, long[] nanos, Map<Integer, Integer> answers, Duration took) {
        double perSecond() {
            return nanos.length * 1e9 / took.toNanos();
        }

        double millis(double part) {
            return nanos.length == 0
                    ? Double.NaN
                    : nanos[(int) Math.min(nanos.length - 1, Math.floor(part * nanos.length))] / 1e6;
        }
    }

    private ClosedLoad(Vertx vertx, int port, String headers, int first, int most) {
        this.client = vertx.createNetClient();
        this.port = port;
        this.headers = headers;
        this.next = first;
        this.most = most;
    }

    /**
     * Sends and waits for the answers.
     *
     * @param headers of each request, each with its line break; {@code %d} in them is the number of the message
     * @param first the number of the first message
     * @param most the number behind the last, at most
     */
    static Result run(Vertx vertx, int port, String headers, int callers, int first, int most, Duration span) {
        ClosedLoad load = new ClosedLoad(vertx, port, headers, first, most);
        vertx.getOrCreateContext().runOnContext(now -> {
            load.start = System.nanoTime();
            load.end = load.start + span.toNanos();
            load.open = callers;
            for (int i = 0; i < callers; i++) {
                load.client
                        .connect(load.port, "127.0.0.1")
                        .onSuccess(socket -> load.new Caller(socket).send())
                        .onFailure(e -> load.over());
            }
        });
        return load.result
                .orTimeout(span.plusMinutes(1).toSeconds(), TimeUnit.SECONDS)
                .join();
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

    private final class Caller {
        private static final String LENGTH = "content-length: ";

        private final NetSocket socket;
        private Buffer input = Buffer.buffer();
        private long sentAt;
        private boolean over;

        Caller(NetSocket socket) {
            this.socket = socket;
            socket.handler(this::read);
            socket.closeHandler(closed -> {
                if (!over) {
                    over = true;
                    answered(0, System.nanoTime() - sentAt);
                    over();
                }
            });
        }

        void send() {
            long now = System.nanoTime();
            if (now - end >= 0 || next >= most) {
                over = true;
                socket.close();
                over();
                return;
            }
            int number = next++;
            String body = LoadTarget.body(number);
            sentAt = now;
            socket.write("POST /messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    + headers.replace("%d", Integer.toString(number)) + "Content-Length: " + body.length() + "\r\n\r\n"
                    + body);
        }

        private void read(Buffer bytes) {
            input = input.length() == 0 ? bytes : input.appendBuffer(bytes);
            String text = input.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            if (head < 0) {
                return;
            }
            int at = text.toLowerCase(java.util.Locale.ROOT).indexOf(LENGTH);
            if (at < 0 || at > head) {
                throw new IllegalStateException("an answer without Content-Length: " + text);
            }
            int length = Integer.parseInt(text.substring(at + LENGTH.length(), text.indexOf('\r', at)));
            if (text.length() < head + 4 + length) {
                return;
            }
            input = Buffer.buffer();
            answered(Integer.parseInt(text.substring(9, 12)), System.nanoTime() - sentAt);
            send();
        }
    }
}
