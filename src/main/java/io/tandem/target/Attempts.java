package io.tandem.target;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that are under way at one target, by message id: between the delivery and the client there are steps of the
 * route, and camel-http offers no other way to hand something through to the client. Thread-safe.
 */
final class Attempts {
    private final Map<String, Attempt> underWay = new ConcurrentHashMap<>();

    /** From now on the request of this message belongs to {@code attempt}. */
    void begin(String messageId, Attempt attempt) {
        underWay.put(messageId, attempt);
    }

    /** Null when none is under way. */
    @Nullable
    Attempt of(String messageId) {
        return underWay.get(messageId);
    }

    void end(String messageId, Attempt attempt) {
        underWay.remove(messageId, attempt);
    }
}
