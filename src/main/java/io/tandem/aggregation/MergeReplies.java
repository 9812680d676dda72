package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.MergedReply.Merged;
import io.tandem.message.Message;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregator of the scatter-gather: collects one {@link Delivery} per branch and leaves a {@link MergedReply} as the
 * body. Multicast calls it in the order of the branches (not of arrival) and under its lock, so it does little.
 * Thread-safe: what belongs to one message is in its exchange.
 */
public final class MergeReplies implements AggregationStrategy {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    private final CompletionPolicy policy;
    private final Shape shape;
    private final OwnMerging ownMerging;

    /** @param ownMerging for strategies of the users' own, which are completed here too */
    public MergeReplies(CompletionPolicy policy, Shape shape, OwnMerging ownMerging) {
        this.policy = policy;
        this.shape = shape;
        this.ownMerging = ownMerging;
    }

    /** That of the routes to which an exchange belongs. */
    static MergeReplies of(Exchange exchange) {
        return exchange.getContext().getRegistry().lookupByNameAndType("mergeReplies", MergeReplies.class);
    }

    @Override
    public Exchange aggregate(@Nullable Exchange oldExchange, Exchange newExchange) {
        return collect(oldExchange, newExchange);
    }

    static Exchange collect(@Nullable Exchange oldExchange, Exchange newExchange) {
        Delivery delivery = delivery(newExchange);
        Exchange result = oldExchange == null ? newExchange : oldExchange;
        deliveries(result, oldExchange == null).add(delivery);
        return result;
    }

    @Override
    public void onCompletion(@Nullable Exchange exchange, Exchange inputExchange) {
        complete(exchange, inputExchange, null);
    }

    /** @param own what merges in place of the shape, or null */
    void complete(@Nullable Exchange exchange, Exchange inputExchange, @Nullable MergeStrategy own) {
        Message message = inputExchange.getProperty(Message.PROPERTY, Message.class);
        if (exchange == null || message == null) {
            return;
        }
        long startNanos = message.span().isRecorded() ? System.nanoTime() : 0;
        List<Delivery> deliveries = deliveries(exchange, false);
        boolean met = policy.isMet(deliveries);
        Merged merged = own == null ? shape.merge(deliveries) : met ? ownMerging.merge(own, message, deliveries) : null;
        MergedReply reply = new MergedReply(message.id(), policy.text(), met, deliveries, merged);
        DefaultMessage body = new DefaultMessage(exchange.getContext());
        body.setBody(reply);
        message.span().past("merge", startNanos);
        exchange.setMessage(body);
    }

    private static Delivery delivery(Exchange branch) {
        Object body = branch.getMessage().getBody();
        if (body instanceof Delivery delivery && branch.getException() == null) {
            return delivery;
        }
        // a branch that was not wrapped in a delivery policy, or that failed outside of it
        Exception exception = branch.getException();
        String name = branchName(branch);
        LOG.warn(
                "target {}: its branch ended without a delivery: {}",
                name,
                exception == null ? "call targets through the Kamelet 'target'" : exception.toString());
        // multicast would carry it on, and the caller would get no reply
        branch.setException(null);
        return new Delivery(
                name,
                Outcome.FAILED,
                0,
                Duration.ZERO,
                0,
                null,
                Problem.of(ProblemType.TARGET_ROUTE_FAILED, "See the log for the reason."),
                null);
    }

    private static String branchName(Exchange branch) {
        Integer index = branch.getProperty(ExchangePropertyKey.MULTICAST_INDEX, Integer.class);
        return "branch-" + (index == null ? "unknown" : Integer.toString(index + 1));
    }

    @SuppressWarnings("unchecked") // put there by this class alone
    private static List<Delivery> deliveries(Exchange exchange, boolean first) {
        if (first) {
            List<Delivery> deliveries = new ArrayList<>(4);
            exchange.getMessage().setBody(deliveries);
            return deliveries;
        }
        return (List<Delivery>) exchange.getMessage().getBody();
    }
}
