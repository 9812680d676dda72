package io.tandem.message;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to messages, for meters and logs. Called on the threads that do the work: implementations must
 * be thread-safe, quick and never throw.
 */
public interface MessageObserver {

    /**
     * An entry has read what may become a message, and a thread has taken it up just now.
     *
     * @param traceparent what the caller says of its trace, or null
     * @param sinceNanos {@link System#nanoTime()} when it had been read
     * @return the span of the message's way
     */
    default Span begin(String entry, @Nullable String traceparent, long sinceNanos) {
        return Span.unrecorded(TraceContext.continueOrRoot(traceparent));
    }

    /**
     * Something about a message is handed to a topic or a queue just now.
     *
     * @param destination the name of that topic or queue
     * @param cause where it is in the message's trace
     * @return the span of handing it over; its context is for whoever takes it from there
     */
    default Span sending(String destination, TraceContext cause) {
        return Span.unrecorded(cause.child());
    }

    /** An entry has taken a message; {@link #replied} follows. */
    void accepted(Message message);

    /** A delivery has ended. */
    void delivered(Message message, Delivery delivery);

    /** The merged reply is ready for the caller. */
    void replied(Message message, MergedReply reply, Duration took);

    /**
     * The caller of a message has got another answer than a merged reply made just now.
     *
     * @param id under which it is journaled
     * @param outcome {@code accepted}: it goes on in the background; {@code repeated}: it was answered before
     */
    void answered(Message message, String id, String outcome, Duration took);

    /** An accepted message has ended without a merged reply. */
    void failed(Message message, Problem problem, Duration took);

    /**
     * An entry has refused what came in; it never became a message.
     *
     * @param entry {@code http}, {@code folder} or {@code kafka}
     * @param reference names the occurrence in the reply and in the log
     */
    void refused(String entry, String reference, Problem problem);
}
