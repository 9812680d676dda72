package io.tandem.keycloak;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Messages at a steady rate, whatever becomes of them, until it is closed. */
final class Load implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final HttpRequest request;

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();

    /** What was not status 200. */
    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    Load(URI to, int perSecond) {
        request = HttpRequest.newBuilder(to)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString("{\"order\":1}"))
                .build();
        clock.scheduleAtFixedRate(this::send, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void send() {
        sent.incrementAndGet();
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> {
            if (failure != null) {
                failures.add(failure.toString());
            } else if (response.statusCode() != 200) {
                failures.add(response.statusCode() + " " + response.body());
            }
            answered.incrementAndGet();
        });
    }

    /** Waits until this many more were sent and answered. */
    void await(int more) {
        int goal = sent.get() + more;
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() >= goal);
    }

    int sent() {
        return sent.get();
    }

    @Override
    public void close() {
        clock.shutdown();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(() -> clock.isTerminated() && answered.get() == sent.get());
    }
}
