package io.tandem.entry.http;

import io.tandem.journal.StoredMessage;
import io.tandem.message.Answer;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Turns what came of a message into the answer to the HTTP caller: status, headers, document. In routes:
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
        Message message = exchange.getProperty(Message.PROPERTY, Message.class);
        long startNanos = System.nanoTime();
        Object body = out.getBody();
        if (body instanceof MergedReply reply) {
            write(out, reply.id(), Answer.of(reply));
            ended(message, startNanos);
            replied(message, reply);
        } else if (body instanceof Outgoing.Kept kept) {
            write(out, kept.id(), kept.answer());
            applied(out, kept.preferenceApplied());
            ended(message, startNanos);
            if (kept.reply() != null) {
                replied(message, kept.reply());
            } else {
                answered(message, kept.id(), "repeated");
            }
        } else if (body instanceof Outgoing.Accepted accepted) {
            StoredMessage stored = accepted.message();
            out.setBody(MessageDocument.of(stored));
            out.setHeader(Exchange.CONTENT_TYPE, "application/json");
            out.setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
            out.setHeader("Location", "/messages/" + stored.id());
            out.setHeader("Tandem-Message-Id", stored.id());
            applied(out, accepted.preferenceApplied());
            ended(message, startNanos);
            answered(message, stored.id(), "accepted");
        } else {
            throw new IllegalStateException("'process: httpReply' needs the merged reply as its body:"
                    + " it belongs right behind the scatter-gather");
        }
    }

    private static void write(org.apache.camel.Message out, String id, Answer answer) {
        out.setBody(answer.body());
        out.setHeader(Exchange.CONTENT_TYPE, answer.contentType());
        out.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        out.setHeader("Tandem-Message-Id", id);
        out.setHeader("Tandem-Outcome", answer.outcome());
        out.setHeader("Server-Timing", answer.serverTiming());
    }

    private static void applied(org.apache.camel.Message out, String preference) {
        if (!preference.isEmpty()) {
            out.setHeader("Preference-Applied", preference);
        }
    }

    private static void ended(@Nullable Message message, long startNanos) {
        if (message != null) {
            message.span().past("reply", startNanos);
        }
    }

    private void replied(@Nullable Message message, MergedReply reply) {
        if (message != null) {
            observer.replied(message, reply, took(message));
        }
    }

    private void answered(@Nullable Message message, String id, String outcome) {
        if (message != null) {
            observer.answered(message, id, outcome, took(message));
        }
    }

    private static Duration took(Message message) {
        return Duration.ofNanos(System.nanoTime() - message.startNanos());
    }
}
