package io.tandem.crash;

import io.tandem.proof.Bodies;
import io.tandem.proof.Instance;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers as they should be: who gives an Idempotency-Key sends the same again until there is a good answer; who gives
 * none sends a message once, and counts on it only when it was accepted. One of them asks what became of messages.
 */
final class Callers {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(40);

    /** How long a caller goes on with one message before it complains. */
    private static final long LIMIT = TimeUnit.MINUTES.toNanos(4);

    /** Of 100 answered messages, so many are sent once more. */
    private static final int ASKED_AGAIN = 3;

    private enum Manner {
        WAITS,
        LEAVES_WITH_KEY,
        LEAVES
    }

    private final List<Instance> instances;
    private final Evidence evidence;
    private final boolean answersProve;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger unheard = new AtomicInteger();
    private final Map<String, Integer> answers = new HashMap<>();
    private final BlockingQueue<String> curious = new LinkedBlockingQueue<>(1000);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /** @param answersProve whether what a 200 tells is on the journal's disk */
    Callers(List<Instance> instances, Evidence evidence, boolean answersProve) {
        this.instances = List.copyOf(instances);
        this.answersProve = answersProve;
        this.evidence = evidence;
    }

    /** @param perSecond how many messages a caller sends at most */
    void start(int callers, int perSecond, long seed) {
        for (int i = 0; i < callers; i++) {
            Manner manner = Manner.values()[i % Manner.values().length];
            SplittableRandom random = new SplittableRandom(seed + i);
            run("caller-" + i, () -> send(manner, perSecond, random));
        }
        run("curious", () -> ask(new SplittableRandom(seed)));
    }

    private void run(String name, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        evidence.complain(name + ": " + e);
                        throw e;
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void send(Manner manner, int perSecond, SplittableRandom random) {
        long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long next = System.nanoTime();
        while (!over) {
            String body = manner.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "-"
                    + numbers.incrementAndGet();
            if (manner == Manner.LEAVES) {
                sendOnce(body, random);
            } else {
                sendUntilAnswered(manner, body, random);
            }
            next = Math.max(next + gap, System.nanoTime() - gap);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void sendOnce(String body, SplittableRandom random) {
        HttpResponse<String> response = post(any(random), Manner.LEAVES, body);
        if (response == null) {
            // it may have been accepted or not: nobody counts on it
            unheard.incrementAndGet();
            LockSupport.parkNanos(PAUSE);
        } else if (response.statusCode() == 202) {
            accepted(body, response);
        } else if (response.statusCode() != 503) {
            strange(body, response);
        } else {
            LockSupport.parkNanos(PAUSE);
        }
    }

    private void sendUntilAnswered(Manner manner, String body, SplittableRandom random) {
        long start = System.nanoTime();
        while (true) {
            HttpResponse<String> response = post(any(random), manner, body);
            int status = response == null ? 0 : response.statusCode();
            if (response != null && status == (manner == Manner.WAITS ? 200 : 202)) {
                accepted(body, response);
                if (manner == Manner.WAITS && random.nextInt(100) < ASKED_AGAIN) {
                    askAgain(body, response, random);
                }
                return;
            }
            // 409: an earlier try is under way; 502, 504: a target did not take it; 503: not now
            if (response != null && !List.of(409, 502, 503, 504).contains(status)) {
                strange(body, response);
                return;
            }
            if (System.nanoTime() - start > LIMIT) {
                evidence.complain("%s has no good answer after %d s: %s"
                        .formatted(
                                body,
                                TimeUnit.NANOSECONDS.toSeconds(LIMIT),
                                response == null ? "none" : status + " " + response.body()));
                return;
            }
            LockSupport.parkNanos(PAUSE + random.nextLong(PAUSE));
        }
    }

    /** Who asks again under the same key gets the same answer, byte for byte. */
    private void askAgain(String body, HttpResponse<String> first, SplittableRandom random) {
        HttpResponse<String> again = post(any(random), Manner.WAITS, body);
        if (again == null || again.statusCode() == 503) {
            return;
        }
        if (again.statusCode() != first.statusCode() || !again.body().equals(first.body())) {
            evidence.complain("%s was answered %d %s, and when asked again %d %s"
                    .formatted(body, first.statusCode(), first.body(), again.statusCode(), again.body()));
        }
    }

    private void accepted(String body, HttpResponse<String> response) {
        String id = response.headers().firstValue("Tandem-Message-Id").orElse("");
        if (id.isEmpty()) {
            strange(body, response);
            return;
        }
        evidence.accepted(body, response.statusCode() + " for message " + id);
        if (response.statusCode() == 200) {
            if (!response.headers().firstValue("Tandem-Outcome").orElse("").equals("complete")) {
                strange(body, response);
            }
            if (answersProve) {
                evidence.delivered("api-one", id, "200");
                evidence.delivered("api-two", id, "200");
            }
        } else {
            // when it is full, somebody else's fate is asked for
            boolean unused = curious.offer(id);
        }
    }

    private void strange(String body, HttpResponse<String> response) {
        evidence.complain("%s was answered %d %s".formatted(body, response.statusCode(), response.body()));
    }

    /** GET /messages/{id}: what it says must remain true. */
    private void ask(SplittableRandom random) {
        while (!over) {
            try {
                String id = curious.poll(100, TimeUnit.MILLISECONDS);
                if (id == null) {
                    continue;
                }
                HttpResponse<String> response = any(random).get("/messages/" + id);
                if (response.statusCode() == 200) {
                    Journaled.of(response.body()).delivered().forEach(target -> evidence.delivered(target, id, "GET"));
                } else if (response.statusCode() != 503) {
                    evidence.complain("GET /messages/%s, which was accepted: %d %s"
                            .formatted(id, response.statusCode(), response.body()));
                }
            } catch (IOException e) {
                LockSupport.parkNanos(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Instance any(SplittableRandom random) {
        return instances.get(random.nextInt(instances.size()));
    }

    /** Null: no answer. */
    private @Nullable HttpResponse<String> post(Instance instance, Manner manner, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(instance.uri("/messages"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Bodies.of(body)));
        if (manner != Manner.LEAVES) {
            request.header("Idempotency-Key", "\"" + body + "\"");
        }
        if (manner != Manner.WAITS) {
            request.header("Prefer", "respond-async");
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            count(Integer.toString(response.statusCode()));
            return response;
        } catch (IOException e) {
            count("none");
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void count(String answer) {
        synchronized (answers) {
            answers.merge(answer, 1, Integer::sum);
        }
    }

    /** How many requests got which answer. */
    Map<String, Integer> answers() {
        synchronized (answers) {
            return new java.util.TreeMap<>(answers);
        }
    }

    /** No new messages; what was begun is ended. */
    void end() throws InterruptedException {
        over = true;
        long end = System.nanoTime() + LIMIT + PATIENCE.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            if (thread.isAlive()) {
                evidence.complain(thread.getName() + " did not come to an end");
                thread.interrupt();
            }
        }
    }
}
