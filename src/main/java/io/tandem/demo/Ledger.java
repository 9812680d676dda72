package io.tandem.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a demo API has received lately, newest first. Thread-safe, bounded. */
final class Ledger {
    private static final int MAX_ENTRIES = 200;

    /**
     * One request.
     *
     * @param status what it was answered, 0 when it was not
     * @param what in a word
     */
    record Entry(
            Instant time,
            @Nullable String idempotencyKey,
            @Nullable String messageId,
            int bytes,
            int status,
            String what) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long total;

    synchronized void add(Entry entry) {
        if (entries.size() == MAX_ENTRIES) {
            entries.removeLast();
        }
        entries.addFirst(entry);
        total++;
    }

    synchronized ObjectNode toJson() {
        ObjectNode json = Reply.JSON.createObjectNode().put("total", total);
        ArrayNode list = json.putArray("entries");
        for (Entry entry : entries) {
            ObjectNode item = list.addObject()
                    .put("time", entry.time().toString())
                    .put("idempotencyKey", entry.idempotencyKey())
                    .put("messageId", entry.messageId())
                    .put("bytes", entry.bytes());
            if (entry.status() != 0) {
                item.put("status", entry.status());
            }
            item.put("what", entry.what());
        }
        return json;
    }
}
