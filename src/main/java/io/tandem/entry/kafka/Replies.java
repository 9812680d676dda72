package io.tandem.entry.kafka;

import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.JournalException;
import io.tandem.journal.Untold;
import io.tandem.kafka.KafkaFaults;
import io.tandem.message.MergedReply;
import io.tandem.message.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the merged replies of messages whose deliveries have all ended, in whatever instance, before or after a crash: at
 * least once, as what was written is known to the journal only afterwards (transactional outbox).
 */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.kafka");

    private static final int BATCH = 256;

    /** Longer than everything it takes to write one. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 1000;

    /** Those that end at about the same time are taken at once. */
    private static final long GATHER_MILLIS = 20;

    private final ReplyTopic topic;
    private final DeadLetters deadLetters;
    private final Supplier<GuaranteedDelivery> delivery;
    private final BooleanSupplier connected;
    private final Semaphore ended = new Semaphore(0);
    private final Trouble trouble = new Trouble("replies wait in the journal");
    private final Thread thread = new Thread(this::run, "tandem-kafka-replies");
    private volatile boolean stopping;

    /** @param connected whether a broker can be reached, as far as is known */
    Replies(
            ReplyTopic topic,
            DeadLetters deadLetters,
            Supplier<GuaranteedDelivery> delivery,
            BooleanSupplier connected) {
        this.topic = topic;
        this.deadLetters = deadLetters;
        this.delivery = delivery;
        this.connected = connected;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Something may have ended. Returns at once. */
    void wake() {
        if (ended.availablePermits() == 0) {
            ended.release();
        }
    }

    /** Why none are written; or null. */
    @Nullable
    String unavailable() {
        return trouble.reason();
    }

    /** Ends when what was begun is done, or took too long. */
    void stop() {
        stopping = true;
        wake();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            boolean more = false;
            while (!stopping) {
                if (!more && ended.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    Thread.sleep(GATHER_MILLIS);
                    ended.drainPermits();
                }
                more = connected.getAsBoolean() && tell();
            }
            // what has ended until now; the rest is told by others, or after the next start
            boolean unused = connected.getAsBoolean() && tell();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether there may be more. */
    private boolean tell() {
        try {
            List<Untold> untold = delivery.get()
                    .journal()
                    .takeUntold(BATCH, LEASE)
                    .toCompletableFuture()
                    .join();
            CompletableFuture.allOf(untold.stream().map(this::tell).toArray(CompletableFuture[]::new))
                    .join();
            return untold.size() == BATCH;
        } catch (CompletionException | JournalException e) {
            LOG.debug("it could not be seen which replies are to be written", e);
            return false;
        }
    }

    private CompletableFuture<?> tell(Untold untold) {
        return delivery.get()
                .merge(untold)
                .thenCompose(reply -> write(untold, reply))
                .handle((done, failure) -> {
                    if (failure == null) {
                        trouble.over();
                        return delivery.get().journal().told(untold);
                    }
                    LOG.debug(
                            "message {}: its reply is not written",
                            untold.message().id(),
                            failure);
                    trouble.is("message " + untold.message().id() + ": " + KafkaFaults.explain(failure));
                    return delivery.get().journal().tellLater(untold, AGAIN);
                })
                .thenCompose(stage -> stage)
                .exceptionally(failure -> null)
                .toCompletableFuture();
    }

    private CompletableFuture<Void> write(Untold untold, MergedReply reply) {
        // what every target has is no dead letter, though it could not be merged
        Problem unmet = reply.policyMet() ? null : reply.problem();
        CompletionStage<Void> dead =
                unmet == null ? CompletableFuture.completedStage(null) : deadLetters.giveUp(untold, unmet);
        return CompletableFuture.allOf(
                dead.toCompletableFuture(), topic.write(untold, reply).toCompletableFuture());
    }
}
