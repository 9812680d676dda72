package io.tandem.entry.folder;

import io.tandem.journal.JournalException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way through: reads records as places in the window become free, sends them, writes the results in the
 * order of the file, and moves the file when all of it is on disk.
 *
 * <p>Nobody waits: each event (a result, a free place, the stop) is a {@link #signal}, and the first of them puts the
 * run on the executor, where it does all that can be done by then. So the fields belong to one thread at a time, and
 * need no locks. When something can't be written, the run keeps what it has and tries again: sending records twice would
 * be worse than waiting for someone to make room on the disk.
 */
final class FileRun implements Runnable, Window.Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(FileRun.class);

    /** Records that are done and wait for an earlier one may take that much memory, and that many places of the window. */
    private static final long MAX_BYTES_AHEAD = 8L * 1024 * 1024;

    private static final int MAX_WINDOWS_AHEAD = 16;

    /** A record's place in the order of the file. The result may come from any thread; the rest belongs to the run. */
    private static final class Slot {
        private final FileRecord record;
        private volatile @Nullable RecordResult result;

        Slot(FileRecord record) {
            this.record = record;
        }
    }

    private final EachRecord.Services services;
    private final Claim claim;
    private final RecordSteps steps;
    private final BooleanSupplier stopping;
    private final FileKind kind;

    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicLong bytesAhead = new AtomicLong();
    private volatile boolean paused;

    private final Deque<Slot> slots = new ArrayDeque<>();
    private @Nullable Consumer<@Nullable Exception> done;
    private @Nullable ContentHash content;
    private Claims.@Nullable Work work;
    private @Nullable RetentionHold hold;
    private @Nullable RecordReader reader;
    private @Nullable ReplyWriter writer;
    private boolean allRead;
    private boolean left;
    private boolean complained;
    private long records;
    private long results;
    private long undelivered;
    private long size;
    private volatile FileProgress progress;

    FileRun(EachRecord.Services services, Claim claim, RecordSteps steps, BooleanSupplier stopping) {
        this.services = services;
        this.claim = claim;
        this.steps = steps;
        this.stopping = stopping;
        this.kind = FileKind.of(claim.name());
        this.progress = new FileProgress(claim.name(), 0, 0, 0, 0, 0);
    }

    /** @param whenDone is called once, with null or with what broke the run */
    void start(Consumer<@Nullable Exception> whenDone) {
        done = whenDone;
        signal();
    }

    /** How far it is, as of a moment ago. */
    FileProgress progress() {
        return progress;
    }

    private void tell() {
        RecordReader current = reader;
        progress = new FileProgress(
                claim.name(), size, current == null ? 0 : current.position(), records, results, undelivered);
    }

    /** Something has happened that the run may be waiting for. */
    void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                services.executor().execute(this);
            } catch (RejectedExecutionException e) {
                LOG.debug("{} is left for the next start", claim, e);
            }
        }
    }

    @Override
    public void placeFree() {
        signal();
    }

    @Override
    @SuppressWarnings("IllegalCatch") // the file must come out of the inbox's way whatever happens
    public void run() {
        int seen = signals.get();
        do {
            Consumer<@Nullable Exception> callback = done;
            if (callback != null && (!paused || stopping.getAsBoolean())) {
                try {
                    boolean over = advance();
                    if (complained) {
                        complained = false;
                        LOG.info("{} goes on", FileNames.printable(claim.name()));
                    }
                    if (over) {
                        end(callback, null);
                    }
                } catch (IOException e) {
                    pause(callback, e);
                } catch (RuntimeException | Error e) {
                    LOG.error("{} could not be processed", FileNames.printable(claim.name()), e);
                    end(callback, new IllegalStateException("file could not be processed", e));
                }
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    /**
     * Does what can be done now.
     *
     * @return whether all is done
     * @throws IOException when something can't be written: the same call goes on from there
     */
    private boolean advance() throws IOException {
        boolean opened = work != null || open();
        boolean stop = !opened || left || stopping.getAsBoolean();
        boolean moved;
        do {
            moved = write();
            moved |= !stop && read();
            stop |= left;
            tell();
        } while (moved);
        if (!slots.isEmpty() || !(allRead || stop)) {
            return false;
        }
        if (allRead && !left) {
            finish();
        } else {
            putBack();
        }
        return true;
    }

    /** Whether records may be sent: false when the stop came first. */
    private boolean open() throws IOException {
        if (stopping.getAsBoolean()) {
            return false;
        }
        size = claim.path().toFile().length();
        if (writer == null) {
            // before a record is sent, it is sure that its reply can be written
            writer = new ReplyWriter(services.folders(), services.claims(), kind);
        }
        if (content == null && !allRead) {
            try {
                content = ContentHash.of(claim.path(), stopping);
            } catch (IOException e) {
                Slot slot = new Slot(unreadable(e));
                slot.result = steps.refused(Faults.unreadable(records));
                slots.add(slot);
                records++;
            }
            if (content == null && !allRead) {
                return false;
            }
        }
        // and that whoever goes on with it knows which ones they are
        Claims.Work begun =
                services.claims().begin(claim, content, services.settings().recognise());
        RetentionHold needed =
                new RetentionHold(services.delivery()::journal, begun.identity().work());
        try {
            needed.on(begun.identity().prefix());
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
        hold = needed;
        work = begun;
        return true;
    }

    /** Whether anything was read. */
    private boolean read() {
        boolean progress = false;
        while (!allRead && maySend() && services.window().tryEnter(this)) {
            FileRecord record = nextRecord();
            if (record == null) {
                allRead = true;
                services.window().exit();
            } else {
                progress = true;
                records++;
                Slot slot = new Slot(record);
                slots.add(slot);
                if (record.body() != null) {
                    steps.send(task(record.number(), record.body()), result -> sent(slot, result));
                } else if (record.fault() != null) {
                    services.window().exit();
                    slot.result = steps.refused(record.fault());
                }
            }
        }
        return progress;
    }

    private boolean maySend() {
        return bytesAhead.get() < MAX_BYTES_AHEAD
                && slots.size() < MAX_WINDOWS_AHEAD * services.settings().window();
    }

    private RecordRun.Task task(long number, byte[] body) {
        Claims.Work known = work;
        RetentionHold needed = hold;
        if (known == null || needed == null) {
            throw new IllegalStateException("sent before it was opened");
        }
        return new RecordRun.Task(
                known.identity(), FileNames.isRetry(claim.name()) ? needed : null, number, body, kind.contentType());
    }

    private @Nullable FileRecord nextRecord() {
        try {
            RecordReader current = reader;
            if (current == null) {
                current = kind.open(claim.path(), services.settings().maxRecord());
                reader = current;
            }
            return current.next();
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private FileRecord unreadable(IOException e) {
        allRead = true;
        LOG.error("{} can't be read: {}", FileNames.printable(claim.path().toString()), e.toString());
        return FileRecord.badFile(Faults.unreadable(records));
    }

    private void sent(Slot slot, RecordResult result) {
        bytesAhead.addAndGet(bytes(slot.record, result));
        slot.result = result;
        services.window().exit();
        signal();
    }

    private static long bytes(FileRecord record, RecordResult result) {
        byte[] body = record.body();
        return (body == null ? 0L : body.length) + result.json().length;
    }

    /** Whether anything was written. */
    private boolean write() throws IOException {
        boolean progress = false;
        for (Slot slot = slots.peek(); slot != null && slot.result != null; slot = slots.peek()) {
            RecordResult result = slot.result;
            left |= result.isLeft();
            if (writer != null && !left) {
                // what comes behind a gap is of no use
                writer.write(slot.record, slot.record.body(), result);
            }
            slots.remove();
            if (slot.record.body() != null) {
                bytesAhead.addAndGet(-bytes(slot.record, result));
            }
            results += left ? 0 : 1;
            undelivered += result.met() ? 0 : 1;
            progress = true;
        }
        return progress;
    }

    private void finish() throws IOException {
        Claims.Work known = work;
        if (writer == null || known == null) {
            throw new IllegalStateException("finished before it was opened");
        }
        String output = known.output();
        closeReader();
        // in this order: the file leaves its claim only when all that is known about it is on disk
        writer.publish(output, known.identity().isResumed());
        services.claims()
                .settle(
                        claim,
                        undelivered == 0
                                ? services.folders().done()
                                : services.folders().failed(),
                        output);
        if (undelivered > 0) {
            LOG.warn(
                    "{}: {} of {} records were not delivered: see {}",
                    FileNames.printable(claim.name()),
                    undelivered,
                    records,
                    FileNames.printable(services.folders().replies().resolve(output) + kind.replySuffix()));
        }
    }

    /** The stop came first: whoever takes the file next is told by the journal what became of the records so far. */
    private void putBack() throws IOException {
        closeReader();
        services.claims().release(claim);
        if (records > 0 && services.draining().getAsBoolean()) {
            LOG.warn(
                    "{} is back in the inbox: at the next start it goes on behind the {} records that were sent before"
                            + " the stop",
                    FileNames.printable(claim.name()),
                    results);
        }
    }

    private void pause(Consumer<@Nullable Exception> callback, IOException e) {
        boolean stop = stopping.getAsBoolean();
        if (!complained) {
            complained = true;
            LOG.error(
                    "{} {}: {}; make room on the disk, and the folders beside {} writable",
                    FileNames.printable(claim.name()),
                    stop ? "stays claimed, to go on at the next start" : "waits",
                    FileNames.printable(e.toString()),
                    services.folders().inbox());
        }
        if (stop) {
            if (slots.stream().allMatch(slot -> slot.result != null)) {
                services.claims().leave(claim);
                end(callback, null);
            }
            return;
        }
        paused = true;
        CompletableFuture.delayedExecutor(
                        services.times().patience().toMillis(), TimeUnit.MILLISECONDS, services.executor())
                .execute(() -> {
                    paused = false;
                    signal();
                });
    }

    private void end(Consumer<@Nullable Exception> callback, @Nullable Exception failure) {
        done = null;
        allRead = true;
        services.window().leave(this);
        try {
            closeReader();
            if (writer != null) {
                writer.discard();
            }
        } catch (IOException e) {
            LOG.debug("{} could not be cleaned up", claim, e);
        }
        callback.accept(failure);
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
