package io.tandem.journal;

import io.tandem.message.Answer;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What became of a message that was handed to {@link GuaranteedDelivery}. */
public sealed interface Receipt {

    /** It is on disk: whoever handed it in now sends {@link #message} through the routes, and then says so once. */
    final class Run implements Receipt {
        private final Message message;
        private final RunLedger ledger;

        Run(Message message, RunLedger ledger) {
            this.message = message;
            this.ledger = ledger;
        }

        /** To be sent, under the id that it has in the journal. */
        public Message message() {
            return message;
        }

        /** The routes are done; completes when the answer is on disk, and with it all deliveries. */
        public CompletionStage<Void> finish(@Nullable Answer answer) {
            return ledger.finish(answer);
        }

        /** The routes have failed; completes when that is on disk. */
        public CompletionStage<Void> fail() {
            return ledger.fail();
        }
    }

    /** It came before, and this was the answer. */
    record Answered(String id, Answer answer) implements Receipt {}

    /** It came before, and is on its way. */
    record InFlight(String id) implements Receipt {}

    /** Its key belongs to another message. */
    record KeyTaken(String id) implements Receipt {}

    /**
     * It is on disk, and goes on in the background.
     *
     * @param message as it was when it was handed in
     * @param run what comes of its first run through the routes; null when nobody waits for it. Completes
     *     exceptionally when a route fails.
     */
    record Background(StoredMessage message, @Nullable CompletionStage<MergedReply> run) implements Receipt {}
}
