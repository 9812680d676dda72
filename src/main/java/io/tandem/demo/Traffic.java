package io.tandem.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends orders to Tandem at a steady rate, as its callers would: most wait for the answer, some have it journaled. What
 * becomes of them is for the status page to show. Belongs to one thread of the timer.
 */
final class Traffic {
    /** Beyond that, an order is left out: a Tandem that does not keep up is not to be buried. */
    private static final int MOST_AT_ONCE = 256;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final List<String> ITEMS = List.of("tea", "coffee", "cocoa", "milk", "honey", "lemons");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI messages;
    private final long intervalNanos;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final long started = System.nanoTime();
    private long sent;

    private Traffic(URI messages, Duration interval) {
        this.messages = messages;
        this.intervalNanos = interval.toNanos();
    }

    /**
     * @param messages where Tandem takes them
     * @param interval from one order to the next
     */
    static void start(URI messages, Duration interval, ScheduledExecutorService timer) {
        Traffic traffic = new Traffic(messages, interval);
        Future<?> unused = timer.scheduleAtFixedRate(traffic::tick, 0, TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        long due = (System.nanoTime() - started) / intervalNanos;
        for (; sent < due; sent++) {
            if (places.tryAcquire()) {
                Future<?> unused = client.sendAsync(order(sent + 1), HttpResponse.BodyHandlers.discarding())
                        .whenComplete((answer, failure) -> places.release());
            }
        }
    }

    private HttpRequest order(long number) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String body = "{\"order\":%d,\"item\":\"%s\",\"quantity\":%d}"
                .formatted(number, ITEMS.get(random.nextInt(ITEMS.size())), 1 + random.nextInt(9));
        HttpRequest.Builder request = HttpRequest.newBuilder(messages)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        int kind = random.nextInt(10);
        if (kind < 2) {
            request.header("Prefer", "respond-async");
        } else if (kind < 3) {
            request.header("Idempotency-Key", "demo-" + started + "-" + number);
        }
        return request.build();
    }
}
