package io.tandem.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tandem.message.JsonBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers as the database holds them. */
final class HeadersJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private HeadersJson() {}

    static String write(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return "{}";
        }
        JsonBuffer out = new JsonBuffer(128).raw('{');
        boolean first = true;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (!first) {
                out.comma();
            }
            first = false;
            out.name(header.getKey()).string(header.getValue());
        }
        return out.raw('}').toString();
    }

    static Map<String, String> read(String json) {
        if (json.equals("{}")) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                headers.put(parser.currentName(), parser.nextTextValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the journal holds headers that are not JSON", e);
        }
        return Collections.unmodifiableMap(headers);
    }
}
