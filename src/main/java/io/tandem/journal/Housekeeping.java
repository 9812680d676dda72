package io.tandem.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the journal does unasked: watches its health, counts, and forgets. Thread-safe. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration COUNT = Duration.ofSeconds(5);
    // a count that takes long is made less often
    private static final int COUNT_SHARE = 20;
    private static final int REST_SHARE = 4;
    private static final long BUSY_REST_MILLIS = 20;
    // health, counting, forgetting, and either the sweep, or the heartbeat and the dead
    private static final int TASKS = 5;

    private static final String NEEDED =
            "select id from message where body_file = 1 and (state <> 1 or tell_at is not null) and id in (%s)";

    /**
     * @param keep for how long a message is kept that every target has
     * @param keepDead for how long one that was given up
     * @param forget how often it is looked for what is to be forgotten
     */
    record Plan(Duration keep, Duration keepDead, Duration forget, Collection<String> targets) {}

    private final Context context;
    private final Database database;
    private final GroupWriter writer;
    private final Plan plan;
    // one for each task: none, and least of all the heartbeat, waits for another that waits for the database
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(TASKS, task -> {
        Thread thread = new Thread(task, "tandem-journal-upkeep");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable String health;
    private volatile boolean closed;

    Housekeeping(Context context, Database database, GroupWriter writer, Plan plan) {
        this.context = context;
        this.database = database;
        this.writer = writer;
        this.plan = plan;
    }

    void start() {
        look();
        every(LOOK, LOOK, this::look);
        every(LOOK, plan.forget(), this::forget);
        after(COUNT.toNanos(), this::countAgain);
        if (context.bodies() instanceof Payloads payloads) {
            after(0, () -> sweep(payloads));
        }
    }

    /** Has a task run every so often, too. */
    void every(Duration first, Duration period, Runnable task) {
        Future<?> unused = executor.scheduleWithFixedDelay(
                guarded(task), first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void after(long nanos, Runnable task) {
        Future<?> unused = executor.schedule(guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    @Nullable
    String health() {
        return health;
    }

    private void look() {
        health = database.health();
    }

    boolean isConfigured(String target) {
        return plan.targets().contains(target);
    }

    /** Counts all there is. */
    void count() {
        // they may change meanwhile
        List<String> targets = List.copyOf(plan.targets());
        Map<String, Long> removed = context.reader().removedTargets(targets);
        context.counts().setRemoved(removed);
        context.counts()
                .setMessages(context.reader().pendingMessages()
                        - context.reader().pendingAtNoneOf(targets, removed.keySet()));
        for (String target : targets) {
            context.counts().set(target, context.reader().backlog(target));
        }
    }

    private void countAgain() {
        long start = System.nanoTime();
        try {
            count();
        } finally {
            long took = System.nanoTime() - start;
            if (!closed) {
                after(Math.max(COUNT.toNanos(), took * COUNT_SHARE), this::countAgain);
            }
        }
    }

    private void forget() {
        Map<MessageState, Duration> ages = Map.of(
                MessageState.COMPLETE, plan.keep(),
                MessageState.PARTIAL, plan.keepDead(),
                MessageState.DEAD, plan.keepDead());
        for (Map.Entry<MessageState, Duration> age : ages.entrySet()) {
            long before = context.clock().instant().minus(age.getValue()).toEpochMilli();
            String after = "";
            do {
                RetentionOperation.Part part = rested(new RetentionOperation(context, age.getKey(), before, after));
                after = part.last();
            } while (!after.isEmpty() && !closed);
        }
        boolean more = true;
        while (more && !closed) {
            more = rested(new Tidy());
        }
    }

    private <T> T rested(Operation<T> operation) {
        // whoever waits for the disk goes first
        for (int i = 0; i < 50 && writer.isBusy() && !closed; i++) {
            sleep(BUSY_REST_MILLIS);
        }
        long start = System.nanoTime();
        writer.submit(operation);
        T result = operation.stage().toCompletableFuture().join();
        sleep(TimeUnit.NANOSECONDS.toMillis((System.nanoTime() - start) * REST_SHARE));
        return result;
    }

    private void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void sweep(Payloads payloads) {
        try {
            payloads.sweep(ids -> database.read(session -> session.query(
                    NEEDED.formatted(Session.marks(ids.size())), row -> row.getString(1), ids.toArray())));
        } catch (IOException e) {
            LOG.warn("the payloads beside the journal can't be looked through: {}", Reasons.of(e));
        }
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                if (!closed) {
                    task.run();
                }
            } catch (JournalException | CompletionException e) {
                // the writer has told of it, and whoever asks for the health is told
                LOG.debug("the journal's upkeep waits", e);
            } catch (RuntimeException e) {
                LOG.error("the journal's upkeep failed", e);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
        List<Runnable> unused = executor.shutdownNow();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("the journal's upkeep does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Tidy extends Upkeep<Boolean> {
        private boolean more;

        @Override
        void run(Session session) throws SQLException {
            more = database.tidy(session);
        }

        @Override
        void committed() {
            complete(more);
        }
    }
}
