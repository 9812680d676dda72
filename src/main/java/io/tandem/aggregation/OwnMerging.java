package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedBody;
import io.tandem.message.MergedReply.Merged;
import io.tandem.message.MergedReply.NotMerged;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs merge strategies of the users' own within bounds: whatever they do, the message gets its answer. Thread-safe.
 */
public final class OwnMerging {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    /** Where a target took all of the deadline: enough to merge, and not enough for a caller to notice. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ExecutorService executor;
    private final long mostBytes;
    private final AtomicBoolean explained = new AtomicBoolean();

    /**
     * @param executor runs the strategies, and nothing that waits for them
     * @param mostBytes how large a merged body may be
     */
    public OwnMerging(ExecutorService executor, long mostBytes) {
        this.executor = executor;
        this.mostBytes = mostBytes;
    }

    Merged merge(MergeStrategy strategy, Message message, List<Delivery> deliveries) {
        List<Delivery> given = List.copyOf(deliveries);
        Future<MergedBody> merging;
        try {
            merging = executor.submit(() -> strategy.merge(given));
        } catch (RejectedExecutionException e) {
            return failed(strategy, message, e);
        }
        try {
            long nanos = Math.max(LEAST_NANOS, message.deadline().remainingNanos());
            return bounded(strategy, message, merging.get(nanos, TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            return failed(strategy, message, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            return failed(strategy, message, "the deadline was over before it came to an end");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(strategy, message, "Tandem is shutting down");
        } finally {
            merging.cancel(true);
        }
    }

    @SuppressWarnings("ConstantValue") // a strategy is compiled elsewhere
    private Merged bounded(MergeStrategy strategy, Message message, MergedBody body) {
        if (body == null) {
            return failed(strategy, message, "it gave nothing");
        }
        if (body.bytes().length > mostBytes) {
            return failed(
                    strategy,
                    message,
                    body.bytes().length + " bytes are more than all targets' max-reply together, " + mostBytes);
        }
        return body;
    }

    /** With the trace of the first only: it tells all that those after it would. */
    private NotMerged failed(MergeStrategy strategy, Message message, Throwable reason) {
        NotMerged failed = failed(strategy, message, reason.toString());
        if (explained.compareAndSet(false, true)) {
            LOG.warn("message {}: where the merge strategy failed", message.id(), reason);
        }
        return failed;
    }

    private NotMerged failed(MergeStrategy strategy, Message message, String reason) {
        LOG.warn(
                "message {}: the merge strategy {} failed: {}",
                message.id(),
                strategy.getClass().getName(),
                reason);
        return new NotMerged(
                Problem.of(ProblemType.MERGE_FAILED, "The message was delivered. See the log for the reason."));
    }
}
