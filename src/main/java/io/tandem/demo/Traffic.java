package io.tandem.demo;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends orders to Tandem at a steady rate, as its callers would: most wait for the answer, some have it journaled. What
 * becomes of them is for the status page to show. Each belongs to one thread of the timer.
 */
final class Traffic {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.demo");

    /** Beyond that, an order is left out: a Tandem that does not keep up is not to be buried. */
    private static final int MOST_AT_ONCE = 256;

    private static final int ORDERS_OF_A_FILE = 100;
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

    /** Drops a file of orders into the watched folder from time to time, too. */
    static void dropFiles(Path inbox, Duration pause, ScheduledExecutorService timer) {
        Future<?> unused =
                timer.scheduleAtFixedRate(() -> drop(inbox), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void drop(Path inbox) {
        String name = "demo-" + Ulid.fast();
        StringBuilder orders = new StringBuilder();
        for (int i = 1; i <= ORDERS_OF_A_FILE; i++) {
            orders.append(body(name + "-" + i)).append('\n');
        }
        try {
            Files.createDirectories(inbox);
            Path unfinished = inbox.resolve(name + ".tmp");
            Files.writeString(unfinished, orders);
            Files.move(unfinished, inbox.resolve(name + ".ndjson"));
        } catch (IOException e) {
            LOG.warn("no file of orders was dropped: {}", e.toString());
        }
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
        HttpRequest.Builder request = HttpRequest.newBuilder(messages)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(Long.toString(number))));
        int kind = ThreadLocalRandom.current().nextInt(10);
        if (kind < 2) {
            request.header("Prefer", "respond-async");
        } else if (kind < 3) {
            request.header("Idempotency-Key", "demo-" + started + "-" + number);
        }
        return request.build();
    }

    private static String body(String order) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "{\"order\":\"%s\",\"item\":\"%s\",\"quantity\":%d}"
                .formatted(order, ITEMS.get(random.nextInt(ITEMS.size())), 1 + random.nextInt(9));
    }
}
