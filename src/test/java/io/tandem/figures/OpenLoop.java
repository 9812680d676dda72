package io.tandem.figures;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Messages at a steady rate, however slow the answers are. Latency counts from the moment at which a message was due and
 * not from when it could be sent, so that a pause shows in all messages that it kept waiting.
 */
final class OpenLoop {
    private static final long TICK_MS = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final URI to;
    private final int perSecond;
    private final int messages;
    private final long[] latencies;
    private final Map<String, Integer> answers = new TreeMap<>();
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final long start = System.nanoTime() + 100_000_000L;
    private int sent;
    private int done;

    /**
     * What came of it.
     *
     * @param start when the first message was due
     * @param perSecond how many were due in each second
     * @param nanos from due to answered, in the order of the messages
     * @param answers how many messages by status or failure
     */
    record Result(long start, int perSecond, long[] nanos, Map<String, Integer> answers) {
        int failed() {
            return nanos.length - answers.getOrDefault("200", 0);
        }

        /** A percentile. */
        double millis(double part) {
            return millis(part, index -> true);
        }

        /** A percentile of the messages that were due near one of some moments, or of those that were not. */
        double millis(double part, Collection<Long> moments, Duration within, boolean near) {
            return millis(
                    part,
                    index -> moments.stream()
                                    .anyMatch(moment ->
                                            Math.abs(due(start, index, perSecond) - moment) < within.toNanos())
                            == near);
        }

        private double millis(double part, IntPredicate which) {
            long[] sorted = IntStream.range(0, nanos.length)
                    .filter(which)
                    .mapToLong(index -> nanos[index])
                    .sorted()
                    .toArray();
            return sorted.length == 0
                    ? Double.NaN
                    : sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1e6;
        }
    }

    private static long due(long start, int index, int perSecond) {
        return start + index * 1_000_000_000L / perSecond;
    }

    private OpenLoop(Vertx vertx, URI to, int perSecond, Duration span) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(1000).setKeepAliveTimeout(120));
        this.to = to;
        this.perSecond = perSecond;
        this.messages = (int) (perSecond * span.toSeconds());
        this.latencies = new long[messages];
    }

    /** Sends and waits for the answers. */
    static Result run(Vertx vertx, URI to, int perSecond, Duration span) {
        OpenLoop loop = new OpenLoop(vertx, to, perSecond, span);
        Context context = vertx.getOrCreateContext();
        context.runOnContext(now -> {
            vertx.setPeriodic(TICK_MS, id -> {
                loop.sendDue();
                if (loop.sent == loop.messages) {
                    vertx.cancelTimer(id);
                }
            });
        });
        return loop.result
                .orTimeout(span.plus(PATIENCE).toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private void sendDue() {
        while (sent < messages) {
            long due = due(start, sent, perSecond);
            if (System.nanoTime() - due < 0) {
                return;
            }
            int index = sent++;
            client.request(HttpMethod.POST, to.getPort(), to.getHost(), to.getPath())
                    .compose(request -> request.putHeader("Content-Type", "application/json")
                            .send(Buffer.buffer("{\"order\":" + index + "}")))
                    .compose(response -> response.body().map(body -> Integer.toString(response.statusCode())))
                    .onComplete(answer -> answered(
                            index,
                            due,
                            answer.succeeded()
                                    ? answer.result()
                                    : answer.cause().getClass().getSimpleName()));
        }
    }

    private void answered(int index, long due, String what) {
        latencies[index] = System.nanoTime() - due;
        answers.merge(what, 1, Integer::sum);
        if (++done == messages) {
            client.close();
            result.complete(new Result(start, perSecond, latencies, Map.copyOf(answers)));
        }
    }
}
