package io.tandem.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * What a demo party answers, always called JSON. Immutable.
 *
 * @param headers besides Content-Type
 */
record Reply(int status, Map<String, String> headers, String body) {
    /** For all JSON of the demo. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static Reply json(int status, ObjectNode body) {
        try {
            return new Reply(status, Map.of(), JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values could not be written", e);
        }
    }

    /** A refusal, in the way of RFC 6749 §5.2. */
    static Reply error(int status, String error, String description) {
        return json(status, JSON.createObjectNode().put("error", error).put("error_description", description));
    }

    Reply with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Reply(status, Map.copyOf(more), body);
    }

    /** The same, broken off in the middle. */
    Reply cutOff() {
        return new Reply(status, headers, body.substring(0, body.length() / 2));
    }
}
