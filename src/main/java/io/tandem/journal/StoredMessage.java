package io.tandem.journal;

import io.tandem.message.Answer;
import io.tandem.message.TraceContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as the journal has it, without its body.
 *
 * @param size of the body in bytes
 * @param received when it was handed in
 * @param settled since when nothing is left to do; null while something is
 * @param answer what its caller was told; null before that, or when the caller was told nothing
 * @param deliveries in the order of the targets' names
 */
public record StoredMessage(
        String id,
        String entry,
        @Nullable String key,
        @Nullable String contentType,
        int size,
        Map<String, String> headers,
        String traceparent,
        Instant received,
        @Nullable Instant settled,
        MessageState state,
        @Nullable Answer answer,
        List<StoredDelivery> deliveries) {

    /** Where it is in its trace. */
    public TraceContext trace() {
        return TraceContext.continueOrRoot(traceparent);
    }

    /** Whether somebody is attempting one of its deliveries now. */
    public boolean inFlight() {
        return deliveries.stream().anyMatch(StoredDelivery::taken);
    }
}
