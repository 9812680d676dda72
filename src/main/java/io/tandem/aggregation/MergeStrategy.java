package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedBody;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A way of the users' own to make one body of the replies, which the multicast of the scatter-gather names:
 * {@code aggregationStrategy: "#myMerge"}. It takes the place of {@code tandem.shape}; all else stays with Tandem: which
 * deliveries make a success, the outcome, the headers, the journal.
 *
 * <p>One object serves all messages: implementations must be thread-safe, and without side effects, as a message that is
 * delivered later, or sent again with its Idempotency-Key, is merged again.
 */
@FunctionalInterface
public interface MergeStrategy extends AggregationStrategy {

    /**
     * Merges the replies to one message whose completion policy is met. Is given what is left of the deadline; its thread
     * is interrupted then.
     *
     * @param deliveries one per target, in the order of the multicast's steps, whatever came of them: only those that
     *     are {@link Delivery#delivered() delivered} have a reply to be merged, and not all of these a body. Not to be
     *     changed, nor the arrays in them
     * @return what the caller gets; at most as large as all targets' replies may be
     * @throws Exception for whatever reason: the caller gets the problem {@code merge-failed} and the replies as they are,
     *     the log the reason
     */
    MergedBody merge(List<Delivery> deliveries) throws Exception;

    /** For Camel to call. */
    @Override
    default Exchange aggregate(@Nullable Exchange oldExchange, Exchange newExchange) {
        return MergeReplies.collect(oldExchange, newExchange);
    }

    /** For Camel to call. */
    @Override
    default void onCompletion(@Nullable Exchange exchange, Exchange inputExchange) {
        MergeReplies.of(inputExchange).complete(exchange, inputExchange, this);
    }
}
