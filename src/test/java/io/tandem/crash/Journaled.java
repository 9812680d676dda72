package io.tandem.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A message as {@code GET /messages/{id}} shows it. */
record Journaled(JsonNode document) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Journaled of(String body) throws IOException {
        return new Journaled(JSON.readTree(body));
    }

    String id() {
        return document.path("id").asText();
    }

    String state() {
        return document.path("state").asText();
    }

    /** The targets that have it. */
    List<String> delivered() {
        List<String> targets = new ArrayList<>();
        for (Map.Entry<String, JsonNode> delivery : document.path("deliveries").properties()) {
            if (delivery.getValue().path("state").asText().equals("delivered")) {
                targets.add(delivery.getKey());
            }
        }
        return targets;
    }
}
