package io.tandem.entry.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Headers of records by name and as text. */
final class Headers {
    static final String CONTENT_TYPE = "content-type";
    static final String TRACEPARENT = "traceparent";
    static final String MESSAGE_ID = "Tandem-Message-Id";
    static final String OUTCOME = "Tandem-Outcome";

    /** A problem's type: why a record is a dead letter. */
    static final String REASON = "Tandem-Reason";

    static final String DETAIL = "Tandem-Detail";
    static final String TOPIC = "Tandem-Topic";
    static final String PARTITION = "Tandem-Partition";
    static final String OFFSET = "Tandem-Offset";

    /** Marks messages that came in over HTTP. */
    static final String INTAKE = "Tandem-Intake";

    /** RFC 9110, section 5.5, without obsolete text: what can go into a request to a target. */
    private static final Pattern HTTP_VALUE = Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E\\t]*[\\x21-\\x7E])?");

    private Headers() {}

    /** The last one of that name, whatever its case; null when there is none, or it is no text. */
    static @Nullable String text(org.apache.kafka.common.header.Headers headers, String name) {
        Header found = null;
        for (Header header : headers) {
            if (header.key().equalsIgnoreCase(name)) {
                found = header;
            }
        }
        return found == null || found.value() == null ? null : text(found.value());
    }

    /** Null when it is not UTF-8. */
    static @Nullable String text(byte[] value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Whether a text can be the value of a header of HTTP. */
    static boolean fitsHttp(String value) {
        return HTTP_VALUE.matcher(value).matches();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
