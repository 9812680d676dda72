package io.tandem.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.proof.Busy;
import io.tandem.proof.ClosedLoad;
import io.tandem.proof.Instance;
import io.tandem.proof.LoadTarget;
import io.tandem.proof.Report;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records per second of a large file in the watched folder, beside messages of the same size over HTTP with 64 callers,
 * in turns, callers and targets on the same processors: {@code mvn verify -Pfigures -Dit.test=FolderIT
 * [-Dfigures.records=200000 -Dfigures.rounds=3 -Dtandem.jdk=…]}.
 */
@Tag("figures")
class FolderIT {
    private static final int CALLERS = 64;
    private static final int BYTES = 1024;
    private static final int RECORDS = Integer.getInteger("figures.records", 200_000);
    private static final int ROUNDS = Integer.getInteger("figures.rounds", 3);
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("figures.seconds", 10));
    private static final Duration SAMPLE = Duration.ofSeconds(2);
    private static final int MOST = 20_000_000;
    private static final String KEY = "Idempotency-Key: \"%d\"\r\n";
    private static final String HEADER =
            String.format("%-28s %9s %9s %6s %s", "Java " + version(), "per s", "CPU-s/1k", "load", "resident MiB");

    @TempDir
    private Path folder;

    private int next;

    private static String version() {
        try {
            return Instance.javaVersion();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** What came of one part of a round. */
    private record Part(int messages, double perSecond, List<Long> resident) {}

    private interface Load {
        Part run() throws Exception;
    }

    @Test
    void recordsOfALargeFileBesideMessagesOverHttp() throws Exception {
        Vertx servers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx callers = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (LoadTarget one = new LoadTarget(servers, "api-one", MOST, 0);
                LoadTarget two = new LoadTarget(servers, "api-two", MOST, 0)) {
            Map<String, String> settings = new HashMap<>();
            for (LoadTarget target : List.of(one, two)) {
                settings.put("target." + target.name() + ".url", target.url());
                settings.put("target." + target.name() + ".auth", "none");
            }
            settings.put("tandem.access-log", "off");
            List<String> options = new ArrayList<>(List.of("-Xmx256m"));
            options.addAll(List.of(System.getProperty("figures.options", "").split(" ")));
            options.removeIf(String::isEmpty);
            try (Instance tandem = new Instance(folder.resolve("tandem"), options, settings)) {
                tandem.start();
                file(tandem, RECORDS / 4);
                http(callers, tandem, KEY);
                http(callers, tandem, "");
                for (int round = 0; round < ROUNDS; round++) {
                    measure("folder", tandem, () -> file(tandem, RECORDS));
                    measure("HTTP, journaled", tandem, () -> http(callers, tandem, KEY));
                    measure("HTTP, not journaled", tandem, () -> http(callers, tandem, ""));
                }
                assertThat(one.distinct()).isEqualTo(next);
                assertThat(two.distinct()).isEqualTo(next);
            }
        } finally {
            callers.close();
            servers.close();
        }
    }

    private static void measure(String name, Instance tandem, Load load) throws Exception {
        Duration cpu = tandem.cpu();
        Part part = load.run();
        Duration used = tandem.cpu().minus(cpu);
        Report.add(
                "figures.txt",
                HEADER,
                String.format(
                        Locale.ROOT,
                        "%-28s %9.0f %9.3f %6.1f %s",
                        name,
                        part.perSecond(),
                        used.toMillis() / (double) part.messages(),
                        Busy.load(),
                        part.resident()));
    }

    private Part http(Vertx callers, Instance tandem, String headers) throws IOException {
        ClosedLoad.Requests requests = new ClosedLoad.Requests(headers, number -> LoadTarget.body(number, BYTES));
        int first = next;
        ClosedLoad.Result result = ClosedLoad.run(callers, tandem.port(), requests, CALLERS, first, MOST, SPAN);
        next = result.end();
        assertThat(result.answers()).isEqualTo(Map.of(200, next - first));
        return new Part(next - first, result.perSecond(), List.of(tandem.residentMib()));
    }

    private Part file(Instance tandem, int records) throws IOException {
        int first = next;
        next += records;
        String name = "records-" + first + ".ndjson";
        Path inbox = tandem.folder().resolve("data/inbox");
        Path part = inbox.resolve(name + ".part");
        try (BufferedWriter out = Files.newBufferedWriter(part)) {
            for (int number = first; number < next; number++) {
                out.write(LoadTarget.body(number, BYTES));
                out.newLine();
            }
        }
        List<Long> resident = new ArrayList<>();
        Files.move(part, inbox.resolve(name));
        long start = System.nanoTime();
        await("the file")
                .atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (System.nanoTime() - start > resident.size() * SAMPLE.toNanos()) {
                        resident.add(tandem.residentMib());
                    }
                    return Files.exists(tandem.folder().resolve("data/done").resolve(name));
                });
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Part(records, records / seconds, resident);
    }
}
