package io.tandem.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes operations, many in one transaction: whatever is asked for while the disk is busy shares the next sync.
 *
 * <p>A group that fails because of one of its operations is written again one by one. When the database itself can't be
 * written, what may fail fails at once, and what must be written ({@link Operation#isLasting}) is tried again until it
 * is: there are no more of these than deliveries under way, since none can be taken meanwhile.
 */
final class GroupWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    private static final int MAX_GROUP = 512;
    private static final int MAX_WAITING = 16_384;
    private static final long MIN_BACKOFF = Duration.ofMillis(50).toNanos();
    private static final long MAX_BACKOFF = Duration.ofSeconds(1).toNanos();
    private static final int CONFLICTS = 10;
    private static final int LAST_TRIES = 3;

    private final Database database;
    private final Operation<?> probe;
    private final LinkedBlockingQueue<Operation<?>> queue = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    // an eighth of the heap: the rest is for the messages under way
    private final long maxBytes = Math.max(16 << 20, Runtime.getRuntime().maxMemory() / 8);
    private final Thread thread;
    private final Tally tally = new Tally();
    private volatile @Nullable JournalException fault;
    private volatile boolean closing;
    private volatile boolean ended;

    // for the writer's thread
    private final Deque<Operation<?>> kept = new ArrayDeque<>();
    private long backoff = MIN_BACKOFF;
    private int faults;
    private int mostInGroup = MAX_GROUP;

    /** @param probe shows by being written that the database can be written again */
    GroupWriter(Database database, Operation<?> probe) {
        this.database = database;
        this.probe = probe;
        this.thread = new Thread(this::run, "tandem-journal");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why nothing can be written now; or null. */
    @Nullable
    String fault() {
        JournalException current = fault;
        return current == null ? null : current.getMessage();
    }

    int queued() {
        return queue.size();
    }

    Tally tally() {
        return tally;
    }

    /** Whether something other than upkeep has to be written. */
    boolean isBusy() {
        return !queue.isEmpty();
    }

    /** Has an operation written as soon as possible. Returns at once; what can't be taken fails. */
    void submit(Operation<?> operation) {
        JournalException refusal = refusal(operation);
        if (refusal != null) {
            operation.fail(refusal);
            return;
        }
        bytes.addAndGet(operation.bytes());
        queue.add(operation);
        if (ended) {
            failAll(new JournalException("the journal is closed"));
        }
    }

    private @Nullable JournalException refusal(Operation<?> operation) {
        if (ended) {
            return new JournalException("the journal is closed");
        }
        if (operation.isLasting()) {
            return null;
        }
        JournalException current = fault;
        if (current != null) {
            return new JournalException(String.valueOf(current.getMessage()), current);
        }
        if (queue.size() >= MAX_WAITING || bytes.get() + operation.bytes() > maxBytes) {
            return new JournalException("the journal is saturated: the disk does not keep up");
        }
        return null;
    }

    private void run() {
        List<Operation<?>> group = new ArrayList<>(MAX_GROUP);
        try {
            while (!closing || !queue.isEmpty()) {
                if (fault != null) {
                    recover();
                    continue;
                }
                group.add(kept.isEmpty() ? queue.take() : kept.remove());
                fill(group);
                // what was kept holds none
                group.forEach(this::dequeued);
                write(group);
                group.clear();
            }
            finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            failAll(new JournalException("the journal is closed"));
        }
    }

    /** Upkeep has a transaction of its own: it holds things in another order. */
    private void fill(List<Operation<?>> group) {
        if (group.get(0) instanceof Upkeep) {
            return;
        }
        while (group.size() < mostInGroup) {
            Operation<?> next = kept.isEmpty() ? queue.peek() : kept.peek();
            if (next == null || next instanceof Upkeep) {
                return;
            }
            Operation<?> unused = kept.isEmpty() ? queue.poll() : kept.poll();
            group.add(next);
        }
    }

    private void finish() throws InterruptedException {
        int last = faults + LAST_TRIES;
        while (faults < last && !kept.isEmpty()) {
            int before = faults;
            write(fromKept());
            if (faults != before) {
                Thread.sleep(TimeUnit.NANOSECONDS.toMillis(backoff));
            }
        }
    }

    private List<Operation<?>> fromKept() {
        List<Operation<?>> group = new ArrayList<>();
        while (group.size() < mostInGroup && !kept.isEmpty()) {
            group.add(kept.remove());
        }
        return group;
    }

    /** Waits a little, and tries again. */
    private void recover() throws InterruptedException {
        long until = System.nanoTime() + backoff;
        long left = backoff;
        while (left > 0 && !closing) {
            Operation<?> next = queue.poll(left, TimeUnit.NANOSECONDS);
            if (next != null) {
                dequeued(next);
                keepOrFail(next);
            }
            left = until - System.nanoTime();
        }
        Operation<?> next = queue.poll();
        while (next != null) {
            dequeued(next);
            keepOrFail(next);
            next = queue.poll();
        }
        backoff = Math.min(MAX_BACKOFF, backoff * 2);
        if (closing) {
            fault = null;
            return;
        }
        List<Operation<?>> group = fromKept();
        if (group.isEmpty()) {
            group.add(probe);
        }
        int before = faults;
        write(group);
        if (faults == before) {
            fault = null;
            backoff = MIN_BACKOFF;
            if (database.refusal() == null) {
                LOG.info("the journal can be written again");
            }
        }
    }

    private void keepOrFail(Operation<?> operation) {
        if (operation.isLasting()) {
            kept.add(operation);
        } else {
            JournalException current = fault;
            operation.fail(current == null ? new JournalException("the journal can't be written") : current);
        }
    }

    private void dequeued(Operation<?> operation) {
        bytes.addAndGet(-operation.bytes());
    }

    private void write(List<Operation<?>> group) {
        long start = System.nanoTime();
        if (commit(group)) {
            mostInGroup = Math.min(MAX_GROUP, mostInGroup * 2);
            tally.add(group.size(), System.nanoTime() - start);
            for (Operation<?> operation : group) {
                committed(operation);
            }
        }
    }

    private void committed(Operation<?> operation) {
        try {
            operation.committed();
        } catch (RuntimeException e) {
            LOG.error("the journal is written, but whoever asked for it can't be told", e);
            operation.fail(new JournalException("it is written, but what came of it can't be told", e));
        }
    }

    /** @param unusable whether the session can't be used again */
    private record Failure(Throwable reason, boolean committing, boolean unusable) {}

    /** Whether the group is on disk; else its operations have failed, or are kept. */
    private boolean commit(List<Operation<?>> group) {
        Failure failure = tryCommit(group);
        for (int conflicts = 0; failure != null && isConflict(failure) && conflicts < CONFLICTS; conflicts++) {
            failure = tryCommit(group);
        }
        if (failure != null) {
            failed(group, failure.reason(), failure.committing());
        }
        return failure == null;
    }

    private boolean isConflict(Failure failure) {
        return failure.reason() instanceof SQLException e && database.isConflict(e) && !failure.unusable();
    }

    @SuppressWarnings("IllegalCatch") // one that overflows the stack must not end the writing of others
    private @Nullable Failure tryCommit(List<Operation<?>> group) {
        boolean committing = false;
        boolean broken = true;
        Session session = null;
        try {
            session = database.begin();
            runAll(session, group);
            committing = true;
            session.connection().commit();
            broken = false;
            return null;
        } catch (SQLException | RuntimeException | Error e) {
            // a batch that was not run to its end would be run with the next one
            broken = !rolledBack(session) || !(e instanceof SQLException);
            return new Failure(e, committing, broken);
        } finally {
            if (session != null) {
                database.end(session, broken);
            }
        }
    }

    private void failed(List<Operation<?>> group, Throwable e, boolean committing) {
        boolean own = e instanceof SQLException sql ? database.isOwnFault(sql) : true;
        if (own && !committing) {
            failedByOne(group, e);
            return;
        }
        boolean told = fault != null || database.refusal() != null;
        database.failed(e);
        JournalException reason = new JournalException(database.explain(e), e);
        if (!told) {
            LOG.warn("{}", reason.getMessage(), e);
        }
        fault = reason;
        faults++;
        // what is left of a disk may be enough for some of them
        mostInGroup = Math.max(1, group.size() / 2);
        List<Operation<?>> again = new ArrayList<>();
        for (Operation<?> operation : group) {
            Operation<?> undo = committing ? operation.undo() : null;
            if (operation.isLasting()) {
                again.add(operation);
            } else {
                if (operation != probe) {
                    operation.fail(reason);
                }
                if (undo != null) {
                    again.add(undo);
                }
            }
        }
        for (int i = again.size() - 1; i >= 0; i--) {
            kept.addFirst(again.get(i));
        }
    }

    /** One of them can't be written: the others can. */
    private void failedByOne(List<Operation<?>> group, Throwable e) {
        if (group.size() == 1) {
            LOG.error("the journal refused what was to be written", e);
            group.get(0).fail(new JournalException("the journal refused what was to be written", e));
            return;
        }
        int before = faults;
        for (int i = 0; i < group.size(); i++) {
            if (faults != before) {
                // meanwhile the database itself has gone
                group.subList(i, group.size()).forEach(this::keepOrFail);
                return;
            }
            if (commit(List.of(group.get(i)))) {
                committed(group.get(i));
            }
        }
    }

    private static void runAll(Session session, List<Operation<?>> group) throws SQLException {
        List<AcceptOperation> accepts = new ArrayList<>();
        List<RecordOperation> records = new ArrayList<>();
        List<Operation<?>> others = new ArrayList<>();
        Set<String> messages = new HashSet<>();
        for (Operation<?> operation : group) {
            messages.addAll(operation.messages());
            if (operation instanceof AcceptOperation accept) {
                accepts.add(accept);
            } else if (operation instanceof RecordOperation recorded) {
                records.add(recorded);
            } else {
                others.add(operation);
            }
        }
        if (!accepts.isEmpty()) {
            AcceptOperation.runAll(session, accepts);
        }
        States.hold(session, messages);
        if (!records.isEmpty()) {
            RecordOperation.runAll(session, records);
        }
        for (Operation<?> other : others) {
            other.run(session);
        }
    }

    private static boolean rolledBack(@Nullable Session session) {
        if (session == null) {
            return false;
        }
        try {
            session.connection().rollback();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void failAll(JournalException reason) {
        Operation<?> next = queue.poll();
        while (next != null) {
            next.fail(reason);
            next = queue.poll();
        }
        if (Thread.currentThread() == thread) {
            kept.forEach(operation -> operation.fail(reason));
            kept.clear();
        }
    }

    /** Ends what was asked for. */
    @Override
    public void close() {
        closing = true;
        // it may be waiting for something to do
        queue.add(new Nothing());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Nothing extends Operation<Void> {
        @Override
        void run(Session session) {}

        @Override
        void committed() {}
    }

    /** What was written until now. Thread-safe. */
    static final class Tally {
        private final AtomicLong commits = new AtomicLong();
        private final AtomicLong operations = new AtomicLong();
        private final AtomicLong nanos = new AtomicLong();

        private void add(int size, long took) {
            commits.incrementAndGet();
            operations.addAndGet(size);
            nanos.addAndGet(took);
        }

        long commits() {
            return commits.get();
        }

        long operations() {
            return operations.get();
        }

        Duration took() {
            return Duration.ofNanos(nanos.get());
        }
    }
}
