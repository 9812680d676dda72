package io.tandem.entry.kafka;

import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery.Incoming;
import io.tandem.message.Cancellation;
import io.tandem.message.Deadline;
import io.tandem.message.Json;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.message.Span;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Makes a message of a record. Thread-safe. */
final class RecordReader {
    /** Java object serialisation, magic number and version: no target is to be handed such a thing. */
    private static final byte[] SERIALISED = {(byte) 0xAC, (byte) 0xED, 0, 5};

    private final Settings.Kafka settings;
    private final Set<String> httpHeaders;
    private final RecordIds ids = new RecordIds();

    /** @param httpHeaders that are passed on of messages which came in over HTTP */
    RecordReader(Settings.Kafka settings, Set<String> httpHeaders) {
        this.settings = settings;
        this.httpHeaders = httpHeaders;
    }

    /**
     * @param span of the message's way
     * @throws ProblemException when it is no message
     */
    Incoming read(ConsumerRecord<byte[], byte[]> record, Span span, Duration deadline) {
        byte[] value = record.value();
        checkValue(value);
        String contentType = Headers.text(record.headers(), Headers.CONTENT_TYPE);
        CloudEvent event = CloudEvent.in(record.headers(), contentType, value);
        byte[] body = event == null ? value : event.data();
        String type = event == null ? contentType : event.contentType();
        if (type == null) {
            type = settings.contentType();
        }
        checkBody(body, type);
        boolean intake = Headers.text(record.headers(), Headers.INTAKE) != null;
        String id = intake
                ? RecordIds.of(
                        record.topic(), new RecordIds.Place(record.partition(), record.offset(), record.timestamp()))
                : null;
        long now = System.nanoTime();
        Message message = new Message(
                id == null ? ids.next() : id,
                intake ? "http" : "kafka",
                headers(record, event, intake ? httpHeaders : settings.forwardHeaders()),
                span,
                now,
                new Deadline(now + deadline.toNanos()),
                new Cancellation(),
                null,
                null);
        return new Incoming(
                message, key(record, event), body, type, intake ? null : Origin.of(record, event, settings));
    }

    private void checkValue(byte @Nullable [] value) {
        if (value == null || value.length == 0) {
            throw malformed("The record has no value.");
        }
        if (value.length > settings.maxRecord()) {
            throw malformed("The record is larger than tandem.kafka.max-record.");
        }
        if (value.length >= SERIALISED.length && startsWith(value, SERIALISED)) {
            throw malformed("The record is a serialised Java object.");
        }
    }

    private static boolean startsWith(byte[] value, byte[] start) {
        for (int i = 0; i < start.length; i++) {
            if (value[i] != start[i]) {
                return false;
            }
        }
        return true;
    }

    private static void checkBody(byte[] body, String contentType) {
        if (!Headers.fitsHttp(contentType)) {
            throw malformed("The record's content-type is none.");
        }
        if (body.length == 0) {
            throw malformed("The event has no data.");
        }
        if (ReplyBody.isJson(ReplyBody.mediaType(contentType))) {
            String fault = Json.fault(body);
            if (fault != null) {
                throw new ProblemException(
                        Problem.of(ProblemType.MALFORMED_JSON, "The record is not JSON: " + fault + "."));
            }
        }
    }

    /** Those that are allowed; an attribute of an event is called {@code ce-…} in HTTP. */
    private static Map<String, String> headers(
            ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event, Set<String> allowed) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : allowed) {
            String value = Headers.text(record.headers(), name);
            if (value == null && event != null && name.regionMatches(true, 0, "ce-", 0, 3)) {
                value = event.httpValue(name.substring(3).toLowerCase(Locale.ROOT));
            }
            if (value == null) {
                continue;
            }
            if (!Headers.fitsHttp(value)) {
                throw malformed("The record's header " + name + " can't be passed on by HTTP.");
            }
            headers.put(name, value);
        }
        return Collections.unmodifiableMap(headers);
    }

    /** The time tells records of a topic from those of one that had the same name and was deleted. */
    private static String key(ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event) {
        return event == null
                ? "kafka:%s:%d:%d:%d".formatted(record.topic(), record.partition(), record.offset(), record.timestamp())
                : "cloudevent:" + sha256(event.identity());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.of(ProblemType.MALFORMED_RECORD, detail));
    }
}
