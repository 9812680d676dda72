package io.tandem.entry.kafka;

import io.tandem.config.Settings;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What is kept of a record, beside its message, to answer it: key, place, headers. As the journal keeps it. */
final class Origin {
    private static final String KEY = "key";
    private static final String TOPIC = "topic";
    private static final String PARTITION = "partition";
    private static final String OFFSET = "offset";
    private static final String HEADER = "header.";

    private Origin() {}

    /** Null when nothing is ever written back. */
    static @Nullable Map<String, String> of(
            ConsumerRecord<byte[], byte[]> record, @Nullable CloudEvent event, Settings.Kafka settings) {
        if (settings.replyTopic() == null && settings.deadLetterTopic() == null) {
            return null;
        }
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put(TOPIC, record.topic());
        origin.put(PARTITION, String.valueOf(record.partition()));
        origin.put(OFFSET, String.valueOf(record.offset()));
        if (record.key() != null) {
            origin.put(KEY, Base64.getEncoder().encodeToString(record.key()));
        }
        for (String name : settings.replyHeaders()) {
            String value = Headers.text(record.headers(), name);
            if (value != null) {
                origin.put(HEADER + name, value);
            }
        }
        if (event != null) {
            event.attributes().forEach((name, value) -> origin.put(HEADER + CloudEvent.PREFIX + name, value));
        }
        return origin;
    }

    /** A record with the original key, the headers that were kept, and where the original is. */
    static ProducerRecord<byte[], byte[]> answer(String topic, Map<String, String> origin, byte[] value) {
        String key = origin.get(KEY);
        ProducerRecord<byte[], byte[]> answer = new ProducerRecord<>(
                topic, key == null ? null : Base64.getDecoder().decode(key), value);
        origin.forEach((name, text) -> {
            if (name.startsWith(HEADER)) {
                answer.headers().add(name.substring(HEADER.length()), Headers.bytes(text));
            }
        });
        place(answer, origin.get(TOPIC), origin.get(PARTITION), origin.get(OFFSET));
        return answer;
    }

    static void place(
            ProducerRecord<byte[], byte[]> record,
            @Nullable String topic,
            @Nullable String partition,
            @Nullable String offset) {
        record.headers()
                .add(Headers.TOPIC, Headers.bytes(String.valueOf(topic)))
                .add(Headers.PARTITION, Headers.bytes(String.valueOf(partition)))
                .add(Headers.OFFSET, Headers.bytes(String.valueOf(offset)));
    }
}
