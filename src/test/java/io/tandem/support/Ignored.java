package io.tandem.support;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import java.time.Duration;

/** For tests that look elsewhere. */
public final class Ignored implements MessageObserver {
    @Override
    public void accepted(Message message) {}

    @Override
    public void delivered(Message message, Delivery delivery) {}

    @Override
    public void replied(Message message, MergedReply reply, Duration took) {}

    @Override
    public void answered(Message message, String id, String outcome, Duration took) {}

    @Override
    public void failed(Message message, Problem problem, Duration took) {}

    @Override
    public void refused(String entry, String reference, Problem problem) {}
}
