package io.tandem.journal;

import io.tandem.config.Settings;
import io.tandem.support.Postgres;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Another process that works with a journal, to be killed: says {@code accepted <id>} and {@code recorded <id>} of what
 * it was told is on disk. Every eighth body is a file; of every other message only one delivery is recorded.
 */
public final class JournalProcess {
    static final int INLINE = 2000;

    private JournalProcess() {}

    /** SQLite's file, or PostgreSQL's URL. */
    public static void main(String[] args) {
        Settings.Database database = args[0].startsWith("jdbc:")
                ? new Settings.Database.Postgres(args[0], Postgres.user(), null)
                : new Settings.Database.Embedded(Path.of(args[0]));
        Journal journal = Journals.open(settings(database), Samples.terms(Clock.systemUTC()));
        Executor executor = Executors.newFixedThreadPool(2);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        out.println("open");
        for (int caller = 0; caller < 16; caller++) {
            executor.execute(() -> next(journal, executor, out, 0));
        }
    }

    static Settings.Journal settings(Settings.Database database) {
        return new Settings.Journal(database, false, false, 1000, 1, INLINE, Duration.ofDays(1), Duration.ofDays(1));
    }

    private static void next(Journal journal, Executor executor, PrintStream out, int number) {
        byte[] body = new byte[number % 8 == 0 ? INLINE + 1 : 100];
        String id = Samples.id();
        NewMessage message = new NewMessage(
                id, "http", "key-" + id, body, null, Map.of(), Samples.TRACE, Samples.BOTH, Samples.BOTH);
        List<DeliveryRecord> records = number % 2 == 0
                ? List.of(Samples.delivered(Samples.ONE), Samples.delivered(Samples.TWO))
                : List.of(Samples.delivered(Samples.ONE));
        var unused = journal.accept(message)
                .thenComposeAsync(
                        acceptance -> {
                            out.println("accepted " + id);
                            return journal.record(id, records, null);
                        },
                        executor)
                .thenRunAsync(
                        () -> {
                            out.println("recorded " + id);
                            next(journal, executor, out, number + 1);
                        },
                        executor);
    }

    static Process start(String database, String... options) throws IOException {
        return command(database, options)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static ProcessBuilder command(String database, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JournalProcess.class.getName(), database));
        return new ProcessBuilder(command);
    }
}
