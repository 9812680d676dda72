package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.Span;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Cancels the other deliveries of a message as soon as one target has it, where the first is enough. Thread-safe. */
public record CancelOthers(MessageObserver next) implements MessageObserver {
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
        if (delivery.delivered()) {
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
