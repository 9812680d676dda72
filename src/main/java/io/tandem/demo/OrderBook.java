package io.tandem.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent receiver of a demo API: what it has answered to an Idempotency-Key, it answers again. Thread-safe; the
 * oldest keys are forgotten.
 */
final class OrderBook {
    static final int MAX_KEYS = 10_000;

    /** What is answered, and whether it was so before. */
    record Taken(Reply reply, boolean repeated) {}

    private final Map<String, Reply> replies = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Reply> eldest) {
            return size() > MAX_KEYS;
        }
    };

    /**
     * Takes an order once.
     *
     * @param key null: always another order
     */
    synchronized Taken take(@Nullable String key, Supplier<Reply> order) {
        if (key == null) {
            return new Taken(order.get(), false);
        }
        Reply known = replies.get(key);
        if (known != null) {
            return new Taken(known, true);
        }
        Reply reply = order.get();
        replies.put(key, reply);
        return new Taken(reply, false);
    }
}
