package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.Span;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cancels the deliveries of a message that are under way when those that have ended decide its policy. Thread-safe.
 *
 * @param targets the names of all targets
 */
public record CancelOthers(MessageObserver next, CompletionPolicy policy, Set<String> targets)
        implements MessageObserver {
    public CancelOthers {
        targets = Set.copyOf(targets);
    }

    @Override
    public Span begin(String entry, @Nullable String traceparent, long sinceNanos) {
        return next.begin(entry, traceparent, sinceNanos);
    }

    @Override
    public void accepted(Message message) {
        next.accepted(message);
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        next.delivered(message, delivery);
        List<Delivery> ended = message.cancellation().ended(delivery);
        // what is journaled and not delivered yet is delivered later: it is not given up over a policy that is lost
        if (policy.isWon(ended, targets) || (message.ledger() == null && policy.isLost(ended, targets))) {
            message.cancellation().cancel();
        }
    }

    @Override
    public void replied(Message message, MergedReply reply, Duration took) {
        next.replied(message, reply, took);
    }

    @Override
    public void answered(Message message, String id, String outcome, Duration took) {
        next.answered(message, id, outcome, took);
    }

    @Override
    public void failed(Message message, Problem problem, Duration took) {
        next.failed(message, problem, took);
    }

    @Override
    public void refused(String entry, String reference, Problem problem) {
        next.refused(entry, reference, problem);
    }
}
