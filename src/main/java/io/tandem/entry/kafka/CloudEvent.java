package io.tandem.entry.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tandem.message.Json;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * An event as CloudEvents 1.0 describes it, in either mode of its Kafka binding.
 *
 * @param attributes by name, the content type aside
 * @param data not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CloudEvent(Map<String, String> attributes, @Nullable String contentType, byte[] data) {
    /** What attributes begin with in records. */
    static final String PREFIX = "ce_";

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch";

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * The event in a record; null when there is none.
     *
     * @param contentType the record's
     * @throws ProblemException when it says that it is an event, and is none
     */
    static @Nullable CloudEvent in(
            org.apache.kafka.common.header.Headers headers, @Nullable String contentType, byte[] value) {
        String mediaType = ReplyBody.mediaType(contentType);
        if (mediaType.startsWith(BATCH)) {
            throw malformed("Batches of CloudEvents are not taken: send each as a record.");
        }
        if (mediaType.equals(STRUCTURED)) {
            return structured(value);
        }
        if (Headers.text(headers, PREFIX + "specversion") == null) {
            return null;
        }
        Map<String, String> attributes = new TreeMap<>();
        for (Header header : headers) {
            String name = header.key().toLowerCase(Locale.ROOT);
            String text = header.value() == null ? null : Headers.text(header.value());
            if (name.startsWith(PREFIX) && text != null) {
                attributes.put(name.substring(PREFIX.length()), text);
            }
        }
        return checked(attributes, contentType, value);
    }

    private static CloudEvent structured(byte[] json) {
        String fault = Json.fault(json);
        if (fault != null) {
            throw new ProblemException(Problem.of(ProblemType.MALFORMED_JSON, "The event is not JSON: " + fault + "."));
        }
        Map<String, String> attributes = new TreeMap<>();
        byte[] data = new byte[0];
        byte[] text = null;
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("The event is no JSON object.");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("data")) {
                    int from = (int) parser.currentTokenLocation().getByteOffset();
                    text = token == JsonToken.VALUE_STRING ? parser.getText().getBytes(StandardCharsets.UTF_8) : null;
                    parser.skipChildren();
                    parser.finishToken();
                    data = Arrays.copyOfRange(
                            json, from, (int) parser.currentLocation().getByteOffset());
                } else if (name.equals("data_base64")) {
                    data = parser.getBinaryValue();
                } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                    attributes.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw malformed("The event can't be read: its data_base64 is not in base64, or an attribute is no value.");
        }
        String contentType = attributes.remove("datacontenttype");
        boolean isJson = contentType == null || ReplyBody.isJson(ReplyBody.mediaType(contentType));
        return checked(
                attributes,
                contentType == null ? "application/json" : contentType,
                // JSON format, section 3.1: a text stands as a JSON string
                text != null && !isJson ? text : data);
    }

    private static CloudEvent checked(Map<String, String> attributes, @Nullable String contentType, byte[] data) {
        for (String required : new String[] {"id", "source", "type"}) {
            if (attributes.getOrDefault(required, "").isEmpty()) {
                throw malformed("The event has no '" + required + "'.");
            }
        }
        if (!attributes.getOrDefault("specversion", "").startsWith("1.")) {
            throw malformed("The event is not of CloudEvents 1.0.");
        }
        return new CloudEvent(Collections.unmodifiableMap(attributes), contentType, data);
    }

    /** What tells it from all others (CloudEvents, section 3.1): a producer that repeats it keeps both. */
    String identity() {
        return attributes.get("source") + '\n' + attributes.get("id");
    }

    /** An attribute as HTTP carries it (HTTP binding, section 3.1.3.2); null when there is none. */
    @Nullable
    String httpValue(String attribute) {
        String value = attributes.get(attribute);
        if (value == null) {
            return null;
        }
        StringBuilder encoded = new StringBuilder(value.length());
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0x20 && b < 0x7F && b != '"' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return encoded.toString();
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.of(ProblemType.MALFORMED_RECORD, detail));
    }
}
