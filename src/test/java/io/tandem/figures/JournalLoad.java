package io.tandem.figures;

import com.github.f4b6a3.ulid.UlidCreator;
import io.tandem.config.Settings;
import io.tandem.journal.DeliveryRecord;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.Journal;
import io.tandem.journal.JournalStatistics;
import io.tandem.journal.Journals;
import io.tandem.journal.MessageQuery;
import io.tandem.journal.MessageState;
import io.tandem.journal.NewMessage;
import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.ReplyBody;
import io.tandem.support.Postgres;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the journal can take: callers that each hand in a message and, when it is on disk, record two deliveries and the
 * answer, then the next. Prints messages per second, and how long the first page of each list takes.
 *
 * <p>Usage: {@code sqlite|postgres [seconds=15] [callers=64] [rows=0] [body=1000] [keys=true] [folder=target/figures]};
 * with rows, so many settled messages are there before.
 */
public final class JournalLoad {
    private static final Set<String> TARGETS = Set.of("api-one", "api-two");
    private static final byte[] REPLY = "{\"ok\":true,\"id\":\"0123456789\"}".getBytes(StandardCharsets.UTF_8);

    private final Journal journal;
    private final byte[] body;
    private final boolean keys;
    private final Executor executor = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong done = new AtomicLong();
    // messages by the milliseconds that they took
    private final AtomicLongArray latencies = new AtomicLongArray(10_000);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    private JournalLoad(Journal journal, int body, boolean keys) {
        this.journal = journal;
        this.body = new byte[body];
        Arrays.fill(this.body, (byte) 'x');
        this.keys = keys;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        Map<String, String> options = options(args);
        int rows = Integer.parseInt(options.getOrDefault("rows", "0"));
        Path folder = Path.of(options.getOrDefault("folder", "target/figures"));
        Postgres postgres = null;
        Settings.Database database;
        if (args[0].equals("postgres")) {
            postgres = Postgres.start();
            database = new Settings.Database.Postgres(postgres.newDatabase(), Postgres.user(), null);
        } else {
            Files.createDirectories(folder);
            Path file = folder.resolve("journal-" + rows + ".db");
            if (rows == 0) {
                for (String end : List.of("", "-wal", "-shm")) {
                    Files.deleteIfExists(Path.of(file + end));
                }
            }
            database = new Settings.Database.Embedded(file);
        }
        long start = System.nanoTime();
        open(database).close();
        out.printf("made, and closed, in %d ms%n", millis(start));
        if (rows > 0) {
            fill(database, rows);
            out.printf("filled in %d s%n", millis(start) / 1000);
        }
        start = System.nanoTime();
        try (Journal journal = open(database)) {
            out.printf("opened in %d ms, %d pending%n", millis(start), journal.pendingMessages());
            lists(journal, out);
            JournalLoad load = new JournalLoad(
                    journal,
                    Integer.parseInt(options.getOrDefault("body", "1000")),
                    Boolean.parseBoolean(options.getOrDefault("keys", "true")));
            load.run(
                    Integer.parseInt(options.getOrDefault("callers", "64")),
                    Integer.parseInt(options.getOrDefault("seconds", "15")),
                    out);
            lists(journal, out);
        } finally {
            if (postgres != null) {
                postgres.close();
            }
        }
    }

    private static Map<String, String> options(String[] args) {
        return Arrays.stream(args)
                .skip(1)
                .map(arg -> arg.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static Journal open(Settings.Database database) {
        return Journals.open(
                new Settings.Journal(
                        database, false, false, 1 << 30, 1 << 20, 64 << 10, Duration.ofDays(3), Duration.ofDays(30)),
                Map.of(),
                Duration.ofSeconds(10),
                Clock.systemUTC());
    }

    private void run(int callers, int seconds, PrintStream out) throws Exception {
        for (int i = 0; i < callers; i++) {
            executor.execute(this::next);
        }
        // the first third warms up
        Thread.sleep(seconds * 1000L / 3);
        long before = done.get();
        JournalStatistics first = journal.statistics();
        for (int i = 0; i < latencies.length(); i++) {
            latencies.set(i, 0);
        }
        long cpu = processCpu();
        long start = System.nanoTime();
        long worst = 0;
        long last = done.get();
        for (int i = 0; i < seconds * 10 * 2 / 3; i++) {
            Thread.sleep(100);
            long now = done.get();
            worst = i == 0 ? now - last : Math.min(worst, now - last);
            last = now;
        }
        double took = (System.nanoTime() - start) / 1e9;
        JournalStatistics end = journal.statistics();
        double micros = (processCpu() - cpu) / 1e3 / (done.get() - before);
        stopped = true;
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        long commits = end.commits() - first.commits();
        out.printf(
                "accepted and recorded in: p50 %d ms, p99 %d ms, p99.9 %d ms, all %d ms%n",
                percentile(0.5), percentile(0.99), percentile(0.999), percentile(1));
        out.printf(
                "%.0f messages/s, %.0f commits/s, %.1f operations each, %.2f ms each, worst 100 ms: %d/s, %.0f us of CPU each, backlog %d%n",
                (done.get() - before) / took,
                commits / took,
                (end.operations() - first.operations()) / (double) commits,
                end.took().minus(first.took()).toNanos() / 1e6 / commits,
                worst * 10,
                micros,
                journal.pendingMessages());
    }

    private int percentile(double share) {
        long all = 0;
        for (int i = 0; i < latencies.length(); i++) {
            all += latencies.get(i);
        }
        long seen = 0;
        int at = 0;
        while (at < latencies.length() - 1 && (seen += latencies.get(at)) < all * share) {
            at++;
        }
        return at;
    }

    /** Of this process, in nanoseconds: what others do meanwhile does not matter. */
    private static long processCpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private void next() {
        if (stopped) {
            return;
        }
        String id = UlidCreator.getMonotonicUlid().toString();
        long start = System.nanoTime();
        NewMessage message = new NewMessage(
                id,
                "http",
                keys ? UUID.randomUUID().toString() : null,
                body,
                "application/json",
                Map.of("X-Customer", "4711"),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                TARGETS,
                TARGETS);
        CompletableFuture<Void> unused = journal.accept(message)
                .thenComposeAsync(
                        fresh -> journal.record(id, List.of(delivered("api-one"), delivered("api-two")), answer()),
                        executor)
                .toCompletableFuture()
                .whenCompleteAsync(
                        (written, thrown) -> {
                            if (thrown == null) {
                                done.incrementAndGet();
                                latencies.incrementAndGet((int) Math.min(latencies.length() - 1, millis(start)));
                                next();
                            } else {
                                failure.set(thrown);
                            }
                        },
                        executor);
    }

    private static DeliveryRecord delivered(String target) {
        ReplyBody reply = ReplyBody.of(REPLY, "application/json");
        return new DeliveryRecord(
                new Delivery(target, Outcome.DELIVERED, 200, Duration.ofMillis(12), 1, reply, null, null),
                DeliveryState.DELIVERED,
                null);
    }

    private Answer answer() {
        return new Answer(200, "application/json", "complete", "api-one;dur=12, api-two;dur=12", new byte[300]);
    }

    private static void lists(Journal journal, PrintStream out) {
        List<MessageState> states = new ArrayList<>(Arrays.asList(MessageState.values()));
        states.add(null);
        for (MessageState state : states) {
            for (String target : Arrays.asList(null, "api-one")) {
                double worst = 0;
                int size = 0;
                for (int i = 0; i < 5; i++) {
                    long start = System.nanoTime();
                    size = journal.list(new MessageQuery(state, target, null, 50))
                            .size();
                    double took = (System.nanoTime() - start) / 1e6;
                    worst = i == 0 ? 0 : Math.max(worst, took);
                }
                out.printf("  list state=%s target=%s: %d in %.1f ms%n", state, target, size, worst);
            }
        }
    }

    /** 94 % complete, 3 % partial, 2 % dead, 1 % pending at one target. */
    private static void fill(Settings.Database database, int rows) throws SQLException {
        boolean sqlite = database instanceof Settings.Database.Embedded;
        String url = database instanceof Settings.Database.Embedded embedded
                ? "jdbc:sqlite:" + embedded.file()
                : ((Settings.Database.Postgres) database).url();
        String id = sqlite ? "printf('01%%024d', i)" : "'01' || lpad(i::text, 24, '0')";
        String blob = sqlite ? "randomblob(%d)" : "decode(repeat(md5(i::text), %d / 16 + 1), 'hex')";
        String key = sqlite ? "lower(hex(randomblob(16)))" : "md5('k' || i)";
        String numbers = sqlite
                ? "with recursive n(i) as (select %1$d union all select i + 1 from n where i < %2$d) "
                : "with n(i) as (select * from generate_series(%1$d, %2$d)) ";
        String state = "(case when i %% 100 = 0 then 0 when i %% 100 < 4 then 2 when i %% 100 < 6 then 3 else 1 end)";
        String messages = "insert into message (id, entry, idem_key, body_hash, content_type, headers, traceparent,"
                + " body, body_file, size, state, received_at, settled_at, answer_status, answer_type, answer_outcome,"
                + " answer_timing, answer_body) " + numbers + "select " + id + ", 'http', " + key + ", "
                + blob.formatted(32) + ", 'application/json', '{\"X-Customer\":\"4711\"}',"
                + " '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', case when i %% 100 < 6 then "
                + blob.formatted(1000) + " end, 0, 1000, " + state + ", %3$d + i, %3$d + i, 200, 'application/json',"
                + " 'complete', 'api-one;dur=12, api-two;dur=12', " + blob.formatted(300) + " from n";
        String deliveries = "insert into delivery (message_id, target, state, owner, next_attempt, attempts, outcome,"
                + " status, took_ns, tried, reply, reply_kind) " + numbers + "select " + id + ", '%4$s', %5$s, null,"
                + " case when %5$s = 0 then %3$d + i end, 1, 'delivered', 200, 12000000, 1, " + blob.formatted(30)
                + ", 'document'"
                + " from n";
        long at = System.currentTimeMillis() - Duration.ofDays(1).toMillis();
        try (Connection connection = DriverManager.getConnection(url, sqlite ? "" : Postgres.user(), "");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int part = 100_000;
            for (int from = 1; from <= rows; from += part) {
                int to = Math.min(rows, from + part - 1);
                statement.executeUpdate(messages.formatted(from, to, at));
                statement.executeUpdate(deliveries.formatted(
                        from,
                        to,
                        at,
                        "api-one",
                        "(case when i %% 100 = 0 then 0 when i %% 100 < 6 then 2 else 1 end)".replace("%%", "%")));
                statement.executeUpdate(deliveries.formatted(
                        from,
                        to,
                        at,
                        "api-two",
                        "(case when i %% 100 in (4, 5) then 2 else 1 end)".replace("%%", "%")));
                connection.commit();
            }
            if (!sqlite) {
                statement.execute("analyze");
                connection.commit();
            }
        }
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
