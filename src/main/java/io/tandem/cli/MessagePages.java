package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages in the journal of a running Tandem, page by page, newest first.
 *
 * @param state null: any
 * @param target null: any
 * @param since null: since ever
 */
record MessagePages(TandemClient client, @Nullable String state, @Nullable String target, @Nullable Instant since) {
    private static final int PAGE = 500;

    /**
     * Gives them away one by one.
     *
     * @param limit how many at most
     * @param each whether to go on
     * @return whether there are more
     */
    boolean forEach(long limit, Predicate<JsonNode> each) {
        long left = limit;
        String path = first(limit);
        while (true) {
            JsonNode page = client.get(path);
            for (JsonNode message : page.path("messages")) {
                if (isTooOld(message)) {
                    return false;
                }
                if (left == 0) {
                    return true;
                }
                left--;
                if (!each.test(message)) {
                    return true;
                }
            }
            String next = page.path("next").asText("");
            if (next.isEmpty()) {
                return false;
            }
            path = next;
        }
    }

    private String first(long limit) {
        Map<String, String> query = new LinkedHashMap<>();
        if (state != null) {
            query.put("state", state);
        }
        if (target != null) {
            query.put("target", target);
        }
        // one more than is shown tells whether there are more
        query.put("limit", Long.toString(limit < PAGE ? limit + 1 : PAGE));
        return MessagePaths.messages(query);
    }

    private boolean isTooOld(JsonNode message) {
        try {
            return since != null
                    && Instant.parse(message.path("received").asText()).isBefore(since);
        } catch (DateTimeParseException e) {
            throw new ClientException("a message has no time in 'received'");
        }
    }
}
