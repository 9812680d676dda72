package io.tandem.entry.kafka;

import io.tandem.kafka.KafkaClients;
import io.tandem.message.MessageObserver;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Writes records: a stage is complete when all replicas in sync have the record. Thread-safe. Waits for a moment at most,
 * when no broker can be reached or too much waits for it.
 */
final class TopicWriter implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private static final Map<String, Object> SETTINGS = Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.LINGER_MS_CONFIG,
            2,
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            32L << 20,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            1000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            4000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            8000,
            // the broker says what is too large
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            16 << 20);

    private final KafkaClients clients;
    private final MessageObserver observer;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    TopicWriter(KafkaClients clients, MessageObserver observer) {
        this.clients = clients;
        this.observer = observer;
    }

    /**
     * Completes on the producer's thread, exceptionally with a {@link KafkaException}.
     *
     * @param cause in whose trace it is, whatever trace its headers are from
     */
    CompletionStage<RecordMetadata> write(ProducerRecord<byte[], byte[]> record, TraceContext cause) {
        Span span = observer.sending(record.topic(), cause);
        record.headers()
                .remove(Headers.TRACEPARENT)
                .add(Headers.TRACEPARENT, Headers.bytes(span.context().header()));
        CompletableFuture<RecordMetadata> written = send(record);
        if (span.isRecorded()) {
            CompletionStage<?> unused =
                    written.whenComplete((metadata, failure) -> RecordTags.sent(span, record, metadata, failure));
        }
        return written;
    }

    private CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
        try {
            Producer<byte[], byte[]> current = producer();
            Future<?> unused = current.send(record, (metadata, failure) -> {
                if (failure == null) {
                    written.complete(metadata);
                } else {
                    discardIfBroken(current, failure);
                    written.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            written.completeExceptionally(e);
        }
        return written;
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new KafkaException("closed");
        }
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            current = clients.producer(SETTINGS);
            producer = current;
        }
        return current;
    }

    /** After some errors an idempotent producer writes nothing any more. */
    private synchronized void discardIfBroken(Producer<byte[], byte[]> failed, Exception failure) {
        boolean ofTheRecord = failure instanceof RetriableException
                || failure instanceof RecordTooLargeException
                || failure instanceof InvalidTopicException
                || failure instanceof AuthorizationException;
        if (!ofTheRecord && producer == failed) {
            producer = null;
            failed.close(Duration.ZERO);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(CLOSE);
            producer = null;
        }
    }
}
