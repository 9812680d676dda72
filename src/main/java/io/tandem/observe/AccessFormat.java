package io.tandem.observe;

import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a line of the access log looks. Thread-safe. */
interface AccessFormat {
    /**
     * What every line says.
     *
     * @param id of the message, or of the occurrence when it never became one
     * @param entry where it came in, or {@code journal}: it went on from there
     * @param traceId null when there is none
     */
    record Head(String id, String entry, String outcome, Duration took, @Nullable String traceId) {
        static Head of(String id, String entry, String outcome, Duration took, Message message) {
            return new Head(id, entry, outcome, took, message.trace().traceId());
        }
    }

    /** There is a merged reply. */
    String replied(Head head, MergedReply reply);

    /** There is another answer. */
    String answered(Head head);

    /** There is none but a problem. */
    String failed(Head head, Problem problem);
}
