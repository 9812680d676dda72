package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A request that a stub got.
 *
 * @param path with its query
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StubRequest(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The values of a header, joined; missing when it is not there. */
    JsonNode header(String name) {
        List<String> values = headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
        return values.isEmpty() ? MissingNode.getInstance() : TextNode.valueOf(String.join(", ", values));
    }

    /** The body as JSON if it is, else as text; missing when it is empty. */
    JsonNode json() {
        return json(body);
    }

    /** Bytes as JSON if they are, else as text; missing when there are none. */
    static JsonNode json(byte[] bytes) {
        if (bytes.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            return TextNode.valueOf(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
