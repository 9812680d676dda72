package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.ForwardingObserver;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import java.util.List;
import java.util.Set;

/**
 * Cancels the deliveries of a message that are under way when those that have ended decide its policy. Thread-safe.
 */
public final class CancelOthers extends ForwardingObserver {
    private final CompletionPolicy policy;
    private final Set<String> targets;

    /**
     * @param next is told all
     * @param targets the names of all targets
     */
    public CancelOthers(MessageObserver next, CompletionPolicy policy, Set<String> targets) {
        super(next);
        this.policy = policy;
        this.targets = Set.copyOf(targets);
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        super.delivered(message, delivery);
        List<Delivery> ended = message.cancellation().ended(delivery);
        // what is journaled and not delivered yet is delivered later: it is not given up over a policy that is lost
        if (policy.isWon(ended, targets) || (message.ledger() == null && policy.isLost(ended, targets))) {
            message.cancellation().cancel();
        }
    }
}
