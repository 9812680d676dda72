package io.tandem.journal;

import io.tandem.message.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A journal in a database. Thread-safe. */
final class JdbcJournal implements Journal {
    private static final String SATURATED = "the journal is saturated: the disk does not keep up";
    // an eighth of the heap: the rest is for the messages under way
    private static final long MAX_BODIES =
            Math.max(16 << 20, Runtime.getRuntime().maxMemory() / 8);

    private final AtomicLong bodies = new AtomicLong();
    private final Context context;
    private final Database database;
    private final GroupWriter writer;
    private final Housekeeping housekeeping;
    private final End end;

    /** What is done in the end, before the database is closed. */
    record End(ExecutorService helpers, Runnable leaving) {
        void run() {
            helpers.shutdown();
            boolean ended = false;
            try {
                ended = helpers.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!ended) {
                List<Runnable> unused = helpers.shutdownNow();
            }
            leaving.run();
        }
    }

    JdbcJournal(Context context, Database database, GroupWriter writer, Housekeeping housekeeping, End end) {
        this.context = context;
        this.database = database;
        this.writer = writer;
        this.housekeeping = housekeeping;
        this.end = end;
    }

    @Override
    public CompletionStage<Acceptance> accept(NewMessage message) {
        if (message.targets().isEmpty() || !message.targets().containsAll(message.taken())) {
            throw new IllegalArgumentException("a message has targets, and those taken are among them");
        }
        AcceptOperation operation = new AcceptOperation(context, message);
        String refusal = database.refusal();
        if (refusal == null && !message.taken().isEmpty()) {
            refusal = context.ownership().refusal();
        }
        if (refusal != null) {
            operation.fail(new JournalException(refusal));
        } else if (!operation.isInFile()) {
            writer.submit(operation);
        } else if (writer.fault() != null) {
            operation.fail(new JournalException(String.valueOf(writer.fault())));
        } else {
            writeBodyAndSubmit(operation);
        }
        return operation.stage();
    }

    private void writeBodyAndSubmit(AcceptOperation operation) {
        NewMessage message = operation.message();
        int size = message.body().length;
        if (bodies.addAndGet(size) > MAX_BODIES) {
            bodies.addAndGet(-size);
            operation.fail(new JournalException(SATURATED));
            return;
        }
        CompletionStage<Acceptance> unused = operation.stage().whenComplete((acceptance, failure) -> {
            bodies.addAndGet(-size);
            if (failure != null) {
                context.bodies().remove(message.id());
            }
        });
        try {
            context.helpers().execute(() -> {
                try {
                    context.bodies().write(message.id(), message.body());
                    writer.submit(operation);
                } catch (IOException e) {
                    operation.fail(new JournalException("the message's body can't be written: " + Reasons.of(e), e));
                }
            });
        } catch (RejectedExecutionException e) {
            operation.fail(new JournalException(SATURATED, e));
        }
    }

    @Override
    public CompletionStage<Set<String>> take(String messageId, Collection<String> targets) {
        return submitTake(new TakeOperation(context, messageId, targets));
    }

    @Override
    public CompletionStage<List<DueDelivery>> takeDue(String target, int limit, boolean early, boolean inOrder) {
        TakeDueOperation.Request request = new TakeDueOperation.Request(target, limit, early, inOrder);
        return submitTake(new TakeDueOperation(context, request, writer::submit));
    }

    private <T> CompletionStage<T> submitTake(Operation<T> operation) {
        String refusal = context.ownership().refusal();
        return refusal == null ? submit(operation) : CompletableFuture.failedStage(new JournalException(refusal));
    }

    private <T extends @Nullable Object> CompletionStage<T> submit(Operation<T> operation) {
        writer.submit(operation);
        return operation.stage();
    }

    @Override
    public CompletionStage<Void> release(String messageId, Collection<String> targets) {
        return submit(new ReleaseOperation(context, messageId, targets));
    }

    @Override
    public CompletionStage<Void> record(String messageId, List<DeliveryRecord> deliveries, @Nullable Answer answer) {
        return submit(new RecordOperation(context, messageId, deliveries, answer));
    }

    @Override
    public CompletionStage<@Nullable Set<String>> replay(String messageId, @Nullable Collection<String> targets) {
        return submit(new ReplayOperation(context, messageId, targets));
    }

    @Override
    public CompletionStage<List<Untold>> takeUntold(int limit, Duration time) {
        return submitTake(new TakeUntoldOperation(context, limit, time));
    }

    @Override
    public CompletionStage<Void> told(Untold message) {
        return submit(new ToldOperation(context, message.message().id(), message.lease(), null));
    }

    @Override
    public CompletionStage<Void> tellLater(Untold message, Duration wait) {
        long next = context.now() + wait.toMillis();
        return submit(new ToldOperation(context, message.message().id(), message.lease(), next));
    }

    @Override
    public CompletionStage<Void> hold(String holder, String keyPrefix) {
        return submit(new HoldOperation(context, holder, keyPrefix));
    }

    @Override
    public CompletionStage<Void> endHold(String holder) {
        return submit(new EndHoldOperation(holder));
    }

    @Override
    public CompletionStage<Integer> expire(String target, Duration maxAge) {
        return expire(target, context.clock().instant().minus(maxAge).toEpochMilli(), "", 0);
    }

    private CompletionStage<Integer> expire(String target, long before, String after, int already) {
        return submit(new ExpireOperation(context, target, before, !housekeeping.isConfigured(target), after))
                .thenCompose(part -> {
                    int expired = already + part.expired();
                    return part.last().isEmpty()
                            ? CompletableFuture.completedStage(expired)
                            : expire(target, before, part.last(), expired);
                });
    }

    @Override
    public void allow(Duration attempt) {
        context.ownership().allow(attempt);
    }

    @Override
    public @Nullable StoredMessage find(String messageId) {
        return context.reader().find(messageId);
    }

    @Override
    public @Nullable StoredMessage findGivenUp(String entry, byte[] bodyHash) {
        return context.reader().findGivenUp(entry, bodyHash);
    }

    @Override
    public List<StoredMessage> list(MessageQuery query) {
        return context.reader().list(query);
    }

    @Override
    public @Nullable Instant nextDue(String target) {
        return context.reader().nextDue(target);
    }

    @Override
    public Backlog backlog(String target) {
        return context.counts().backlog(target);
    }

    @Override
    public Map<String, Long> removedTargets() {
        return context.counts().removed();
    }

    @Override
    public long pendingMessages() {
        return context.counts().messages();
    }

    @Override
    public @Nullable String unavailable() {
        String fault = writer.fault();
        if (fault != null) {
            return fault;
        }
        String refusal = database.refusal();
        if (refusal == null) {
            refusal = context.ownership().refusal();
        }
        return refusal != null ? refusal : housekeeping.health();
    }

    @Override
    public JournalStatistics statistics() {
        GroupWriter.Tally tally = writer.tally();
        return new JournalStatistics(tally.commits(), tally.operations(), tally.took(), writer.queued());
    }

    @Override
    public void close() {
        housekeeping.close();
        writer.close();
        end.run();
        database.close();
    }
}
