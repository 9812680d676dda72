package io.tandem.entry.http;

import io.tandem.journal.StoredMessage;
import io.tandem.message.Message;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where messages are written first whose callers hear 202, in place of the journal. Thread-safe. */
public interface Intake {
    /**
     * Writes a message. Completes when it can't be lost, with the message under the id by which it is known from then on;
     * exceptionally with a {@link io.tandem.message.ProblemException}.
     */
    CompletionStage<StoredMessage> accept(Message message, byte[] body, @Nullable String contentType);

    /**
     * A message that was written and has not come to the journal yet; null when there is none. Blocks.
     *
     * @throws io.tandem.message.ProblemException when that can't be told now
     */
    @Nullable
    StoredMessage find(String id);
}
