package io.tandem.entry.http;

import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.StoredMessage;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers with the state of a journaled message. In routes: {@code process: showMessage}. Thread-safe. */
public final class ShowMessage implements Processor {
    private final GuaranteedDelivery delivery;
    private final @Nullable Intake intake;

    /** @param intake where messages may be on their way to the journal; null: nowhere */
    public ShowMessage(GuaranteedDelivery delivery, @Nullable Intake intake) {
        this.delivery = delivery;
        this.intake = intake;
    }

    @Override
    public void process(Exchange exchange) {
        String id = id(exchange);
        StoredMessage message = find(id);
        if (message == null) {
            throw unknown();
        }
        exchange.getMessage().setBody(MessageDocument.of(message, delivery::isConfigured));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    private @Nullable StoredMessage find(String id) {
        StoredMessage message = delivery.journal().find(id);
        if (message != null || intake == null) {
            return message;
        }
        StoredMessage awaited = intake.find(id);
        // it may have come in between
        return awaited == null ? delivery.journal().find(id) : awaited;
    }

    /** The id in the path; upper and lower case are the same (the ULID specification). */
    static String id(Exchange exchange) {
        String id = exchange.getVariable("id", String.class);
        return id == null ? "" : id.toUpperCase(java.util.Locale.ROOT);
    }

    static ProblemException unknown() {
        return new ProblemException(Problem.of(
                ProblemType.NOT_FOUND,
                "No message with this id is in the journal: messages get there by Prefer, an Idempotency-Key, the folder,"
                        + " or tandem.journal.sync=true, and leave it after tandem.journal.keep."));
    }

    static ProblemException malformed(@Nullable String detail) {
        return new ProblemException(Problem.of(ProblemType.MALFORMED_REQUEST, detail));
    }
}
