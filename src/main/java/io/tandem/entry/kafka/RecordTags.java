package io.tandem.entry.kafka;

import io.tandem.kafka.KafkaFaults;
import io.tandem.message.Span;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** What spans say of records, by OpenTelemetry's semantic conventions for Kafka: never a key, a value or a header. */
final class RecordTags {
    private RecordTags() {}

    /** A record is made a message. */
    static void taken(Span span, ConsumerRecord<byte[], byte[]> record, String group) {
        span.name("process " + record.topic());
        operation(span, "process", record.topic());
        span.tag("messaging.consumer.group.name", group);
        place(span, record.partition(), record.offset());
        if (record.value() != null) {
            span.tag("messaging.message.body.size", record.value().length);
        }
    }

    /** A record is written, or is not; with that the span ends. */
    static void sent(
            Span span,
            ProducerRecord<byte[], byte[]> record,
            @Nullable RecordMetadata metadata,
            @Nullable Throwable failure) {
        operation(span, "send", record.topic());
        if (metadata != null) {
            place(span, metadata.partition(), metadata.offset());
        }
        if (record.value() != null) {
            span.tag("messaging.message.body.size", record.value().length);
        }
        if (failure != null) {
            fail(span, failure);
        }
        span.end();
    }

    static void fail(Span span, Throwable failure) {
        String type = KafkaFaults.cause(failure).getClass().getSimpleName();
        span.tag("error.type", type);
        span.fail(type);
    }

    private static void operation(Span span, String operation, String topic) {
        span.tag("messaging.system", "kafka");
        span.tag("messaging.operation.name", operation);
        span.tag("messaging.operation.type", operation);
        span.tag("messaging.destination.name", topic);
    }

    private static void place(Span span, int partition, long offset) {
        span.tag("messaging.destination.partition.id", String.valueOf(partition));
        span.tag("messaging.kafka.offset", offset);
    }
}
