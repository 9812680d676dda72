package io.tandem.crash;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Messages with {@code Prefer: respond-async} at a steady rate, however slow the answers are. */
final class OpenLoad {
    /** Shorter than Tandem's own, so that it never closes a connection on which a message is on its way. */
    private static final int KEEP_ALIVE_SECONDS = 60;

    private final HttpClient client;
    private final int port;
    private final int perSecond;
    private final int messages;
    private final Map<String, Integer> answers = new ConcurrentSkipListMap<>();
    private volatile long start;
    private volatile int sent;
    private volatile int done;

    /** @param messages how many there are at most */
    OpenLoad(Vertx vertx, int port, int perSecond, int messages) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(500).setKeepAliveTimeout(KEEP_ALIVE_SECONDS));
        this.port = port;
        this.perSecond = perSecond;
        this.messages = messages;
        start = System.nanoTime() + 100_000_000L;
        vertx.getOrCreateContext()
                .runOnContext(now -> vertx.setPeriodic(1, id -> {
                    sendDue();
                    if (sent == messages) {
                        vertx.cancelTimer(id);
                    }
                }));
    }

    /** When a message is due, by {@link System#nanoTime}. */
    long due(int number) {
        return start + number * 1_000_000_000L / perSecond;
    }

    /** How many have been sent. */
    int sent() {
        return sent;
    }

    /** Whether all have been sent and answered. */
    boolean isOver() {
        return done == messages;
    }

    /** How many got which answer. */
    Map<String, Integer> answers() {
        return Map.copyOf(answers);
    }

    /** On the event loop alone. */
    private void sendDue() {
        while (sent < messages && System.nanoTime() - due(sent) >= 0) {
            int number = sent;
            sent = number + 1;
            client.request(HttpMethod.POST, port, "127.0.0.1", "/messages")
                    .compose(request -> request.putHeader("Content-Type", "application/json")
                            .putHeader("Prefer", "respond-async")
                            .send(Buffer.buffer(LoadTarget.body(number))))
                    .compose(response -> response.body().map(body -> Integer.toString(response.statusCode())))
                    .onComplete(answer -> {
                        answers.merge(
                                answer.succeeded()
                                        ? answer.result()
                                        : answer.cause().getClass().getSimpleName(),
                                1,
                                Integer::sum);
                        done = done + 1;
                        if (done == messages) {
                            client.close();
                        }
                    });
        }
    }
}
