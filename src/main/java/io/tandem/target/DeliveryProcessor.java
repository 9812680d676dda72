package io.tandem.target;

import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/** The wrapped steps of a {@link DeliveryPolicy}. Thread-safe: what belongs to one delivery is in a {@link DeliveryRun}. */
final class DeliveryProcessor extends DelegateAsyncProcessor {
    private final DeliveryPolicy policy;
    private final @Nullable TargetCondition condition;

    DeliveryProcessor(DeliveryPolicy policy, @Nullable TargetCondition condition, Processor steps) {
        super(steps);
        this.policy = policy;
        this.condition = condition;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Message message = exchange.getProperty(Message.PROPERTY, Message.class);
        if (message == null) {
            exchange.setException(new ProblemException(Problem.of(
                    ProblemType.INTERNAL_ERROR,
                    "The route to target " + policy.target.name() + " was called without a message: start the route"
                            + " with the step 'process: newMessage'.")));
            callback.done(true);
            return true;
        }
        new DeliveryRun(policy, getProcessor(), exchange, message, callback).start(condition);
        return false;
    }

    @Override
    public String toString() {
        return "deliver[" + policy.target.name() + "]";
    }
}
