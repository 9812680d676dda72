package io.tandem.message;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells another observer all that it is told, for those that do more with some of it. As thread-safe as the other. */
public abstract class ForwardingObserver implements MessageObserver {
    private final MessageObserver next;

    /** @param next is told the same */
    protected ForwardingObserver(MessageObserver next) {
        this.next = next;
    }

    @Override
    public Span begin(String entry, @Nullable String traceparent, long sinceNanos) {
        return next.begin(entry, traceparent, sinceNanos);
    }

    @Override
    public Span sending(String destination, TraceContext cause) {
        return next.sending(destination, cause);
    }

    @Override
    public void accepted(Message message) {
        next.accepted(message);
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        next.delivered(message, delivery);
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
