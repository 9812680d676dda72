package io.tandem.status;

import io.tandem.message.AttemptTrace;
import io.tandem.message.ProblemType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one message.
 *
 * @param message null when that is forgotten
 * @param rounds its deliveries, the earliest first; one that is made again comes again
 */
record MessageStory(String id, MessageList.@Nullable Entry message, List<Round> rounds) {
    /** A delivery; its attempts are counted from {@code start}. */
    record Round(Instant start, MessageList.DeliverySummary delivery, List<Attempt> attempts) {
        static Round of(LatestMessages.Round round) {
            return new Round(
                    Instant.ofEpochMilli(round.startMillis()),
                    MessageList.DeliverySummary.of(round.delivery()),
                    round.delivery().trace().stream().map(Attempt::of).toList());
        }
    }

    /**
     * One attempt.
     *
     * @param queuedMs from when it waited for its turn and for credentials
     * @param sentMs when the request began to be sent
     * @param endedMs when the reply was read, or nobody waited for it any more
     * @param status 0 when there was no reply
     */
    record Attempt(
            double queuedMs, double sentMs, double endedMs, String outcome, int status, @Nullable String problem) {
        static Attempt of(AttemptTrace trace) {
            ProblemType problem = trace.problem();
            return new Attempt(
                    MessageList.millis(trace.queued()),
                    MessageList.millis(trace.sent()),
                    MessageList.millis(trace.ended()),
                    trace.outcome().word(),
                    trace.status(),
                    problem == null ? null : problem.title());
        }
    }

    static MessageStory of(String id, LatestMessages.Story story) {
        LatestMessages.Answered answered = story.answered();
        return new MessageStory(
                id,
                answered == null ? null : MessageList.Entry.of(answered),
                story.rounds().stream().map(Round::of).toList());
    }
}
