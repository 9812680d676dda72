package io.tandem.journal;

import io.tandem.config.Settings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Opens journals. */
public final class Journals {
    private static final int HELPERS = 4;

    private Journals() {}

    /**
     * What a journal has to know that is not in its own settings.
     *
     * @param idempotent by target: whether an attempt of unknown fate may be repeated
     * @param longestAttempt how long a delivery goes on at most after it was taken
     * @param lease how long an instance that shares a database may be silent before it is taken for dead
     * @param forget how often it is looked for what is to be forgotten
     */
    record Terms(
            Map<String, Boolean> idempotent, Duration longestAttempt, Duration lease, Duration forget, Clock clock) {}

    /**
     * Opens the journal of these settings, or makes it.
     *
     * @param targets by name
     * @param deadline the time budget of one message: an attempt lasts no longer
     * @throws JournalException when it can't be used, with the reason and what to do; nothing was changed then
     */
    public static Journal open(
            Settings.Journal settings, Map<String, Settings.Target> targets, Duration deadline, Clock clock) {
        Map<String, Boolean> idempotent = new HashMap<>();
        targets.forEach((name, target) -> idempotent.put(name, target.idempotent()));
        return open(settings, new Terms(idempotent, deadline, Duration.ofSeconds(15), Duration.ofMinutes(1), clock));
    }

    static Journal open(Settings.Journal settings, Terms terms) {
        if (settings.database() instanceof Settings.Database.Embedded embedded) {
            return openSqlite(embedded.file(), settings, terms, Schema.sqlite());
        }
        throw new JournalException("PostgreSQL is not there yet");
    }

    static Journal openSqlite(Path file, Settings.Journal settings, Terms terms, Schema schema) {
        SqliteDatabase database = SqliteDatabase.open(file, settings.minFree(), schema);
        Path payloads = Path.of(file.toAbsolutePath().normalize() + "-payloads");
        Bodies bodies = new Payloads(payloads, settings.inline());
        ThreadPoolExecutor helpers = helpers();
        try {
            Context context = new Context(
                    terms.clock(), new Alone(), bodies, new Counts(), new Reader(database, bodies), helpers);
            // whatever is taken was taken by a process that has died: this one alone has the file
            Operation<Integer> takeOver = new TakeOverOperation(context, terms.idempotent(), null);
            Session session = database.begin();
            takeOver.run(session);
            session.connection().commit();
            database.end(session, false);
            GroupWriter writer = new GroupWriter(database, new Probe());
            Housekeeping housekeeping = new Housekeeping(context, database, writer, plan(settings, terms));
            housekeeping.count();
            writer.start();
            housekeeping.start();
            return new JdbcJournal(context, database, writer, housekeeping, helpers);
        } catch (SQLException e) {
            database.close();
            throw new JournalException(database.explain(e), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static Housekeeping.Plan plan(Settings.Journal settings, Terms terms) {
        return new Housekeeping.Plan(
                settings.keep(),
                settings.keepDead(),
                terms.forget(),
                List.copyOf(terms.idempotent().keySet()));
    }

    private static ThreadPoolExecutor helpers() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor helpers = new ThreadPoolExecutor(
                HELPERS,
                HELPERS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(4096),
                task -> {
                    Thread thread = new Thread(task, "tandem-journal-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, rejecting) -> {
                    throw new RejectedExecutionException("the journal's helpers are busy");
                });
        helpers.allowCoreThreadTimeOut(true);
        return helpers;
    }

    /** The only instance, always alive. */
    private static final class Alone implements Ownership {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public @Nullable String refusal() {
            return null;
        }
    }

    /** Changes nothing, but must be on disk. */
    private static final class Probe extends Upkeep<Boolean> {
        @Override
        void run(Session session) throws SQLException {
            session.update(
                    "insert into instance (id, alive_until) values (0, ?) on conflict (id) do update set"
                            + " alive_until = excluded.alive_until",
                    System.currentTimeMillis());
        }

        @Override
        void committed() {
            complete(true);
        }
    }
}
