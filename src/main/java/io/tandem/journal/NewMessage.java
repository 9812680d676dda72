package io.tandem.journal;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message that is handed to the journal for the first time.
 *
 * @param id a ULID
 * @param entry where it came in: {@code http}, {@code folder}, {@code kafka}
 * @param key names it across repetitions (an Idempotency-Key, or a record of a file); null when it can't be repeated
 * @param body not to be changed
 * @param headers of the caller, passed on to targets
 * @param traceparent the trace it belongs to
 * @param targets all that shall get it
 * @param taken those among them that whoever hands it in attempts itself, at once; the others are left to redelivery
 * @param replyTo by what the entry finds who is to be told when all is done, {@link Journal#takeUntold}; null: nobody is
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would cost
public record NewMessage(
        String id,
        String entry,
        @Nullable String key,
        byte[] body,
        @Nullable String contentType,
        Map<String, String> headers,
        String traceparent,
        Set<String> targets,
        Set<String> taken,
        @Nullable Map<String, String> replyTo) {

    /** One of which nobody is told in the end. */
    public NewMessage(
            String id,
            String entry,
            @Nullable String key,
            byte[] body,
            @Nullable String contentType,
            Map<String, String> headers,
            String traceparent,
            Set<String> targets,
            Set<String> taken) {
        this(id, entry, key, body, contentType, headers, traceparent, targets, taken, null);
    }
}
