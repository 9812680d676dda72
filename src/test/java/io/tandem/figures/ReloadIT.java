package io.tandem.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.BrokenEdit;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A packaged Tandem under a steady load, while somebody saves one edit of its routes after the other, every third of them
 * wrong in another way, and files are dropped. Prints what came of it, and leaves it in {@code target/reload.txt}.
 */
@Tag("reload")
class ReloadIT {
    private static final int RATE = Integer.getInteger("reload.rate", 300);
    private static final int EDITS = Integer.getInteger("reload.edits", 100);
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("reload.seconds", 180));
    private static final Duration LIVE = Duration.ofSeconds(2);
    private static final Duration LATE = Duration.ofMillis(50);
    private static final Path JAR = Path.of(System.getProperty("reload.jar", "target/tandem.jar"));
    private static final int RECORDS = 20;
    private static final String PING = "routes/3-ping.camel.yaml";

    @TempDir
    private Path temp;

    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Map<String, AtomicInteger>> received = new ConcurrentHashMap<>();
    private final AtomicInteger dropped = new AtomicInteger();
    private final List<Edit> edits = new ArrayList<>();
    private RoutesFolder folder;
    private Vertx servers;
    private Vertx callers;
    private TandemProcess tandem;

    /**
     * What came of an edit.
     *
     * @param wrong what was wrong with it; null when it was right
     * @param saved by {@link System#nanoTime}
     */
    private record Edit(BrokenEdit wrong, long saved, long seen) {
        Duration took() {
            return Duration.ofNanos(seen - saved);
        }
    }

    @BeforeEach
    void start() throws Exception {
        folder = new RoutesFolder(temp.toRealPath());
        servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Map<String, String> settings = new HashMap<>(Map.of(
                "tandem.routes",
                folder.path("routes").toString(),
                "tandem.inbox.enabled",
                "true",
                "tandem.inbox.dir",
                folder.path("data/inbox").toString(),
                "tandem.access-log",
                "off"));
        for (String target : List.of("api-one", "api-two")) {
            settings.putAll(RunningTandem.target(target, target(target).toString()));
        }
        writePing(0);
        tandem = TandemProcess.start(JAR, folder.path(""), settings);
    }

    private URI target(String name) throws Exception {
        Map<String, AtomicInteger> bodies = new ConcurrentHashMap<>();
        received.put(name, bodies);
        HttpServer server = servers.createHttpServer()
                .requestHandler(request -> request.bodyHandler(body -> {
                    String text = body.toString();
                    if (text.contains("\"file\"")) {
                        bodies.computeIfAbsent(text, key -> new AtomicInteger()).incrementAndGet();
                    }
                    request.response()
                            .putHeader("Content-Type", "application/json")
                            .end("{\"taken\":true}");
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/");
    }

    @AfterEach
    void stop() {
        clock.shutdownNow();
        tandem.close();
        servers.close();
        callers.close();
    }

    @Test
    void noMessageAndNoFileNoticesThatRoutesAreEdited() throws Exception {
        OpenLoop.run(callers, tandem.messages(), RATE, SPAN.dividedBy(6));
        OpenLoop.Result quiet = OpenLoop.run(callers, tandem.messages(), RATE, SPAN.dividedBy(6));
        double loadBefore = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Future<?> dropping = clock.scheduleWithFixedDelay(this::drop, 0, 2, TimeUnit.SECONDS);
        CompletableFuture<OpenLoop.Result> load =
                CompletableFuture.supplyAsync(() -> OpenLoop.run(callers, tandem.messages(), RATE, SPAN));

        List<String> notTold = edit();

        OpenLoop.Result result = load.join();
        dropping.cancel(false);
        await().atMost(Duration.ofSeconds(60)).until(() -> lost() == 0);
        report(quiet, result, loadBefore);
        assertThat(result.failed()).as(result.answers().toString()).isZero();
        assertThat(notTold).isEmpty();
        assertThat(edits).hasSize(EDITS).allMatch(edit -> edit.took().compareTo(LIVE) < 0);
        received.forEach((target, bodies) -> assertThat(bodies)
                .hasSize(dropped.get() * RECORDS)
                .allSatisfy((body, times) -> assertThat(times).hasValue(1)));
    }

    /** Returns what was not told as it should. */
    private List<String> edit() {
        long start = System.nanoTime();
        List<String> notTold = new ArrayList<>();
        int wrongs = 0;
        BrokenEdit broken = null;
        String right = "";
        for (int i = 1; i <= EDITS; i++) {
            LockSupport.parkNanos(start + SPAN.toNanos() * i / (EDITS + 2) - System.nanoTime());
            if (i % 3 == 0) {
                BrokenEdit wrong = BrokenEdit.ALL.get(wrongs++ % BrokenEdit.ALL.size());
                broken = wrong;
                right = folder.read(wrong.file());
                folder.plant(wrong.file(), wrong.right(), wrong.wrong());
                String place = wrong.file() + ":" + folder.line(wrong.file(), wrong.at()) + ":";
                if (!seen(wrong, () -> isTold(place, wrong.says()))) {
                    notTold.add(wrong + " not as " + place + " but " + health());
                }
            } else {
                int number = i;
                if (broken != null) {
                    folder.write(broken.file(), right);
                    broken = null;
                }
                writePing(number);
                if (!seen(null, () -> get(tandem.uri("/ping")).equals(Integer.toString(number)))) {
                    notTold.add("edit " + number + " is not live: " + health());
                }
            }
        }
        return notTold;
    }

    private boolean seen(BrokenEdit wrong, BooleanSupplier condition) {
        long saved = System.nanoTime();
        long end = saved + TimeUnit.SECONDS.toNanos(10);
        boolean seen = condition.getAsBoolean();
        while (!seen && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            seen = condition.getAsBoolean();
        }
        edits.add(new Edit(wrong, saved, System.nanoTime()));
        return seen;
    }

    private boolean isTold(String place, String says) {
        String health = health();
        return health.contains("\"fault-1\":\"" + place) && health.contains(says.replace("\"", "\\\""));
    }

    private String health() {
        return get(tandem.managementUri("/observe/health"));
    }

    private String get(URI uri) {
        try {
            return client.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void writePing(int number) {
        folder.write(
                PING,
                """
                - rest:
                    path: /ping
                    get:
                      - to: direct:ping
                - route:
                    id: ping
                    from:
                      uri: direct:ping
                      steps:
                        - setBody:
                            constant: "%d"
                """
                        .formatted(number));
    }

    private void drop() {
        int number = dropped.get();
        StringBuilder records = new StringBuilder();
        IntStream.range(0, RECORDS).forEach(i -> records.append("{\"file\":%d,\"record\":%d}%n".formatted(number, i)));
        String name = "data/inbox/" + number + ".ndjson";
        folder.write(name + ".part", records.toString());
        try {
            Files.move(folder.path(name + ".part"), folder.path(name));
            dropped.incrementAndGet();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of which not every record has its reply. */
    private long lost() {
        return IntStream.range(0, dropped.get())
                .filter(number -> {
                    try {
                        return !Files.exists(folder.path("data/done/" + number + ".ndjson"))
                                || Files.readAllLines(folder.path("data/replies/" + number + ".ndjson.reply.ndjson"))
                                                .stream()
                                                .filter(line -> line.contains("\"outcome\":\"complete\""))
                                                .count()
                                        != RECORDS;
                    } catch (IOException e) {
                        return true;
                    }
                })
                .count();
    }

    private void report(OpenLoop.Result quiet, OpenLoop.Result result, double loadBefore) throws IOException {
        long[] sorted = Arrays.stream(result.nanos()).sorted().toArray();
        long near = late(result, true);
        long elsewhere = late(result, false);
        String table = String.format(
                Locale.ROOT,
                """
                messages   %d at %d/s, %d failed (%s)
                latency    p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.1f ms
                           before the edits: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.1f ms
                > 50 ms    %.2f %% of the messages; before the edits %.2f %%
                            %d between a save and its effect (%.1f %% of the time), %d in the rest
                edits      %d right: live after p50 %d ms, max %d ms
                           %d wrong in %d ways: told after p50 %d ms, max %d ms
                files      %d with %d records, %d lost
                machine    %d cores, load %.1f before and %.1f after
                """,
                sorted.length,
                RATE,
                result.failed(),
                result.answers(),
                result.millis(0.5),
                result.millis(0.99),
                result.millis(0.999),
                result.millis(1),
                quiet.millis(0.5),
                quiet.millis(0.99),
                quiet.millis(0.999),
                quiet.millis(1),
                percentLate(result),
                percentLate(quiet),
                near,
                100.0 * edits.stream().mapToLong(edit -> edit.took().toNanos()).sum() / SPAN.toNanos(),
                elsewhere,
                millis(false).size(),
                median(millis(false)),
                max(millis(false)),
                millis(true).size(),
                edits.stream().map(Edit::wrong).distinct().count() - 1,
                median(millis(true)),
                max(millis(true)),
                dropped.get(),
                dropped.get() * RECORDS,
                lost(),
                Runtime.getRuntime().availableProcessors(),
                loadBefore,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        System.out.printf("%n%s%n", table);
        Files.writeString(JAR.resolveSibling("reload.txt"), table);
    }

    private long late(OpenLoop.Result result, boolean near) {
        long[] nanos = result.nanos();
        return IntStream.range(0, nanos.length)
                .filter(i -> nanos[i] > LATE.toNanos())
                .filter(i -> {
                    long due = result.start() + i * 1_000_000_000L / result.perSecond();
                    return edits.stream().anyMatch(edit -> due + nanos[i] > edit.saved() && due < edit.seen()) == near;
                })
                .count();
    }

    private static double percentLate(OpenLoop.Result result) {
        return 100.0
                * Arrays.stream(result.nanos())
                        .filter(nanos -> nanos > LATE.toNanos())
                        .count()
                / result.nanos().length;
    }

    private List<Long> millis(boolean wrong) {
        return edits.stream()
                .filter(edit -> (edit.wrong() != null) == wrong)
                .map(edit -> edit.took().toMillis())
                .sorted()
                .toList();
    }

    private static long median(List<Long> sorted) {
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }

    private static long max(Collection<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(0);
    }
}
