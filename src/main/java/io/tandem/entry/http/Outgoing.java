package io.tandem.entry.http;

import io.tandem.journal.StoredMessage;
import io.tandem.message.Answer;
import io.tandem.message.MergedReply;
import org.jspecify.annotations.Nullable;

/** What {@link GuaranteedDeliveryPolicy} leaves as the body for {@link HttpReply}. */
sealed interface Outgoing {

    /**
     * An answer that is kept.
     *
     * @param reply of which it was made just now; null when it was given before
     * @param preferenceApplied empty for none
     */
    record Kept(String id, Answer answer, @Nullable MergedReply reply, String preferenceApplied) implements Outgoing {}

    /** The message goes on in the background. */
    record Accepted(StoredMessage message, String preferenceApplied) implements Outgoing {}
}
