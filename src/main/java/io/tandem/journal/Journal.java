package io.tandem.journal;

import io.tandem.message.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk of messages and their deliveries. Thread-safe.
 *
 * <p>Whatever changes it returns a stage that completes when the change is on disk (fsynced), or exceptionally with a
 * {@link JournalException} when it is not; stages complete on the journal's own thread, which must not be blocked: go
 * on with an {@code …Async} method. Whatever only reads blocks, and throws {@link JournalException}.
 *
 * <p>A delivery is taken by at most one instance at a time: from {@link #accept}, {@link #take} or {@link #takeDue} to
 * {@link #record}. What an instance has taken when it dies is pending again once it is known to be dead; when its
 * target is not idempotent, it is dead instead, since nobody knows whether it was processed.
 */
public interface Journal extends AutoCloseable {

    /** Writes a message down, unless one with its key is there already. */
    CompletionStage<Acceptance> accept(NewMessage message);

    /**
     * Takes what has not been delivered of a message, be it pending or dead, to attempt it now.
     *
     * @return those of the targets that were taken: empty when each is delivered, or taken by somebody
     */
    CompletionStage<Set<String>> take(String messageId, Collection<String> targets);

    /**
     * Takes the oldest deliveries to a target that are due.
     *
     * @param limit how many at most
     * @param early also those whose next attempt is later: the target is there again
     * @param inOrder only the very oldest that is not settled, and none behind it
     */
    CompletionStage<List<DueDelivery>> takeDue(String target, int limit, boolean early, boolean inOrder);

    /** Gives back what was taken and not attempted: it is due again. */
    CompletionStage<Void> release(String messageId, Collection<String> targets);

    /**
     * Writes down what came of deliveries that were taken, and lets go of them.
     *
     * @param answer what the caller is told once this is on disk; null leaves the one there is
     */
    CompletionStage<Void> record(String messageId, List<DeliveryRecord> deliveries, @Nullable Answer answer);

    /**
     * Makes undelivered deliveries due now, their attempts counted on.
     *
     * @param targets null: all that are not delivered
     * @return the targets that are pending now; null when there is no such message
     */
    CompletionStage<@Nullable Set<String>> replay(String messageId, @Nullable Collection<String> targets);

    /**
     * Takes messages of which nothing is left to do and whose sender has not been told, the oldest first, for so long:
     * until then {@link #told} or {@link #tellLater} is expected, and after that they are taken again.
     */
    CompletionStage<List<Untold>> takeUntold(int limit, Duration time);

    /** The sender was told; the body of a message that every target has is forgotten now. */
    CompletionStage<Void> told(Untold message);

    /** The sender could not be told; it is tried again by whoever takes it after that time. */
    CompletionStage<Void> tellLater(Untold message, Duration wait);

    /**
     * Remembers messages for as long as somebody needs to know what became of them, whatever their age. An end that never
     * comes is assumed after a year.
     *
     * @param holder who needs them
     * @param keyPrefix what their keys begin with
     */
    CompletionStage<Void> hold(String holder, String keyPrefix);

    /** Whatever was held for somebody is forgotten in its time. */
    CompletionStage<Void> endHold(String holder);

    /**
     * Declares deliveries to a target dead whose message was handed in longer ago; returns how many. Their problem is that
     * the target was removed, if it is not configured, and else what came of the last attempt.
     */
    CompletionStage<Integer> expire(String target, Duration maxAge);

    /** The message, or null. */
    @Nullable
    StoredMessage find(String messageId);

    /**
     * The message of the entry with that body that was given up once, or whose caller was told that it was not
     * delivered: the youngest of which that is still true, one that is being attempted only when there is no other;
     * else the youngest that is delivered by now; or null.
     *
     * @param bodyHash {@link BodyHash}
     */
    @Nullable
    StoredMessage findGivenUp(String entry, byte[] bodyHash);

    /** Newest first; their answers and the bodies of their deliveries left out. */
    List<StoredMessage> list(MessageQuery query);

    /** When the next delivery to a target is due, of those that nobody has taken; null when none is pending. */
    @Nullable
    Instant nextDue(String target);

    /** What is left to do at a target; may be some seconds old. */
    Backlog backlog(String target);

    /**
     * Deliveries that wait for targets which are not configured (any more), by target; may be some seconds old. They go on
     * when these are configured again.
     */
    Map<String, Long> removedTargets();

    /**
     * From now on an attempt may go on for that long after its delivery was taken: others that share the journal must not
     * believe sooner that it has ended. Blocks until they can know; when they can't be told now, nothing is taken until
     * they can.
     */
    void allow(Duration attempt);

    /** Messages with a pending delivery to a target that is configured; may be some seconds old. */
    long pendingMessages();

    /** Why nothing new should be handed in now (disk nearly full, database away, …), one line for people; or null. */
    @Nullable
    String unavailable();

    /** What was written until now, for meters. */
    JournalStatistics statistics();

    /** Ends the writes that were asked for, and closes. */
    @Override
    void close();
}
