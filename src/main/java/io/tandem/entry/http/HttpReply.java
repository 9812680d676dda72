package io.tandem.entry.http;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a merged reply into the answer to the HTTP caller: status, headers, document. In routes:
 * {@code process: httpReply}. Thread-safe.
 */
public final class HttpReply implements Processor {
    private final MessageObserver observer;

    public HttpReply(MessageObserver observer) {
        this.observer = observer;
    }

    @Override
    public void process(Exchange exchange) {
        org.apache.camel.Message out = exchange.getMessage();
        if (!(out.getBody() instanceof MergedReply reply)) {
            throw new IllegalStateException("'process: httpReply' needs the merged reply as its body:"
                    + " it belongs right behind the scatter-gather");
        }
        Message message = exchange.getProperty(Message.PROPERTY, Message.class);
        out.setBody(reply.toJson());
        out.setHeader(Exchange.CONTENT_TYPE, reply.contentType());
        out.setHeader(Exchange.HTTP_RESPONSE_CODE, reply.httpStatus());
        out.setHeader("Tandem-Message-Id", reply.id());
        out.setHeader("Tandem-Outcome", reply.outcome());
        out.setHeader("Server-Timing", serverTiming(reply));
        if (message != null) {
            observer.replied(message, reply, Duration.ofNanos(System.nanoTime() - message.startNanos()));
        }
    }

    private static String serverTiming(MergedReply reply) {
        StringBuilder timing = new StringBuilder(64);
        for (Delivery delivery : reply.deliveries()) {
            if (timing.length() > 0) {
                timing.append(", ");
            }
            timing.append(delivery.target())
                    .append(";dur=")
                    .append(delivery.took().toMillis());
        }
        return timing.toString();
    }
}
