package io.tandem.journal;

import io.tandem.config.Settings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
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

    private static final Duration LEASE = Duration.ofSeconds(15);
    // for the commit, and the way from there to the target
    private static final Duration MARGIN = Duration.ofSeconds(15);
    private static final Duration FORGET = Duration.ofMinutes(1);

    private Journals() {}

    /**
     * What a journal has to know that is not in its own settings.
     *
     * @param idempotent by target: whether an attempt of unknown fate may be repeated
     * @param longestAttempt how long a delivery goes on at most after it was taken, until {@link Journal#allow}
     * @param lease how long an instance that shares a database may be silent before it is taken for dead
     * @param margin what is added to both, before others take over
     * @param forget how often it is looked for what is to be forgotten
     */
    record Terms(
            Map<String, Boolean> idempotent,
            Duration longestAttempt,
            Duration lease,
            Duration margin,
            Duration forget,
            Clock clock) {}

    /**
     * Opens the journal of these settings, or makes it.
     *
     * @param idempotent by target: whether an attempt of unknown fate may be repeated; may change
     * @param deadline the time budget of one message: an attempt lasts no longer, until {@link Journal#allow}
     * @throws JournalException when it can't be used, with the reason and what to do; nothing was changed then
     */
    public static Journal open(
            Settings.Journal settings, Map<String, Boolean> idempotent, Duration deadline, Clock clock) {
        return open(settings, new Terms(idempotent, deadline, LEASE, MARGIN, FORGET, clock));
    }

    static Journal open(Settings.Journal settings, Terms terms) {
        if (settings.database() instanceof Settings.Database.Postgres postgres) {
            return openPostgres(postgres, settings, terms, Schema.postgresql());
        }
        Path file = ((Settings.Database.Embedded) settings.database()).file();
        return openSqlite(file, settings, terms, Schema.sqlite());
    }

    static Journal openSqlite(Path file, Settings.Journal settings, Terms terms, Schema schema) {
        SqliteDatabase database = SqliteDatabase.open(file, settings.minFree(), schema);
        return closingOnFailure(database, () -> {
            Bodies bodies = new Payloads(Path.of(file.toAbsolutePath().normalize() + "-payloads"), settings.inline());
            Parts parts = Parts.of(database, bodies, new Alone(), settings, terms);
            // whatever is taken was taken by a process that has died: this one alone has the file
            Operation<Integer> takeOver = new TakeOverOperation(parts.context(), terms.idempotent(), null);
            Session session = database.begin();
            takeOver.run(session);
            session.connection().commit();
            database.end(session, false);
            return parts.start(() -> {});
        });
    }

    static Journal openPostgres(
            Settings.Database.Postgres postgres, Settings.Journal settings, Terms terms, Schema schema) {
        PostgresDatabase database = PostgresDatabase.open(postgres, schema);
        return closingOnFailure(database, () -> {
            SharedOwnership ownership =
                    new SharedOwnership(database, terms.lease(), terms.margin(), terms.longestAttempt());
            ownership.beat();
            Parts parts = Parts.of(database, Bodies.NONE, ownership, settings, terms);
            Instances instances = new Instances(parts.context(), database, ownership, terms.idempotent());
            Journal journal = parts.start(ownership::leave);
            parts.housekeeping().every(ownership.period(), ownership.period(), instances::beat);
            parts.housekeeping().every(Duration.ZERO, ownership.period(), () -> instances.takeOver(parts.writer()));
            return journal;
        });
    }

    private interface Opening {
        Journal run() throws SQLException;
    }

    private static Journal closingOnFailure(Database database, Opening opening) {
        try {
            return opening.run();
        } catch (SQLException e) {
            database.close();
            throw new JournalException(database.explain(e), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** What a journal consists of. */
    private record Parts(
            Context context,
            Database database,
            GroupWriter writer,
            Housekeeping housekeeping,
            ThreadPoolExecutor helpers) {

        static Parts of(Database database, Bodies bodies, Ownership ownership, Settings.Journal settings, Terms terms) {
            ThreadPoolExecutor helpers = newHelpers();
            Context context =
                    new Context(terms.clock(), ownership, bodies, new Counts(), new Reader(database, bodies), helpers);
            GroupWriter writer = new GroupWriter(database, new ProbeOperation());
            Housekeeping housekeeping = new Housekeeping(context, database, writer, plan(settings, terms));
            return new Parts(context, database, writer, housekeeping, helpers);
        }

        /** @param leaving run when everything is written */
        Journal start(Runnable leaving) {
            housekeeping.count();
            writer.start();
            housekeeping.start();
            return new JdbcJournal(context, database, writer, housekeeping, new JdbcJournal.End(helpers, leaving));
        }
    }

    private static Housekeeping.Plan plan(Settings.Journal settings, Terms terms) {
        return new Housekeeping.Plan(
                settings.keep(),
                settings.keepDead(),
                terms.forget(),
                Collections.unmodifiableSet(terms.idempotent().keySet()));
    }

    private static ThreadPoolExecutor newHelpers() {
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

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public void allow(Duration attempt) {
            // nobody waits for its end
        }
    }
}
