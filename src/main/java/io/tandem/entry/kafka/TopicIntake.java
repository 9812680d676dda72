package io.tandem.entry.kafka;

import io.tandem.entry.http.Intake;
import io.tandem.journal.StoredMessage;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** Writes messages of HTTP callers to the first topic, from where any instance takes them. Thread-safe. */
final class TopicIntake implements Intake {
    /** Looking for a record takes a connection of its own: it is for the moments before it is taken. */
    private static final int LOOKS = 4;

    private final RecordLookup lookup;
    private final TopicWriter writer;
    private final Supplier<@Nullable String> disconnected;
    private final KafkaEntry.Services services;
    private final Semaphore looks = new Semaphore(LOOKS);

    /** @param disconnected why the brokers can't be used, as far as is known; or null */
    TopicIntake(
            RecordLookup lookup,
            TopicWriter writer,
            Supplier<@Nullable String> disconnected,
            KafkaEntry.Services services) {
        this.lookup = lookup;
        this.writer = writer;
        this.disconnected = disconnected;
        this.services = services;
    }

    @Override
    public CompletionStage<StoredMessage> accept(Message message, byte[] body, @Nullable String contentType) {
        if (disconnected.get() != null) {
            return failed("Nothing was accepted; try again later.");
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(lookup.topic(), null, body);
        record.headers().add(Headers.INTAKE, Headers.bytes(message.entry()));
        if (contentType != null) {
            record.headers().add(Headers.CONTENT_TYPE, Headers.bytes(contentType));
        }
        message.headers().forEach((name, value) -> record.headers().add(name, Headers.bytes(value)));
        return writer.write(record, message.trace())
                .handleAsync(
                        (metadata, failure) -> failure == null
                                ? CompletableFuture.completedStage(accepted(metadata, body.length, contentType))
                                : refused(failure),
                        services.executor())
                .thenCompose(stage -> stage);
    }

    private StoredMessage accepted(RecordMetadata metadata, int size, @Nullable String contentType) {
        String id = RecordIds.of(
                lookup.topic(), new RecordIds.Place(metadata.partition(), metadata.offset(), metadata.timestamp()));
        if (id == null) {
            throw new IllegalStateException("the topic has more partitions or records than ids have room for");
        }
        return awaited(id, metadata.timestamp(), size, contentType);
    }

    private StoredMessage awaited(String id, long timestamp, int size, @Nullable String contentType) {
        return services.delivery().get().awaited(id, "http", Instant.ofEpochMilli(timestamp), size, contentType);
    }

    private static CompletionStage<StoredMessage> refused(Throwable failure) {
        return failure instanceof RecordTooLargeException
                ? CompletableFuture.failedStage(new ProblemException(Problem.of(
                        ProblemType.BODY_TOO_LARGE, "It is larger than the broker takes; nothing was accepted.")))
                : failed("The broker has not confirmed the message in time: it may come all the same.");
    }

    private static <T> CompletionStage<T> failed(String detail) {
        return CompletableFuture.failedStage(new ProblemException(Problem.of(ProblemType.INTAKE_UNAVAILABLE, detail)));
    }

    @Override
    public @Nullable StoredMessage find(String id) {
        RecordIds.Place place = RecordIds.in(lookup.topic(), id);
        if (place == null) {
            return null;
        }
        try {
            if (disconnected.get() != null
                    || !looks.tryAcquire(RecordLookup.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw unknown();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown();
        }
        try {
            ConsumerRecord<byte[], byte[]> record = lookup.find(place);
            return record == null || record.headers().lastHeader(Headers.INTAKE) == null
                    ? null
                    : awaited(
                            id,
                            record.timestamp(),
                            record.value().length,
                            Headers.text(record.headers(), Headers.CONTENT_TYPE));
        } catch (KafkaException e) {
            throw unknown();
        } finally {
            looks.release();
        }
    }

    private static ProblemException unknown() {
        return new ProblemException(Problem.of(
                ProblemType.INTAKE_UNAVAILABLE,
                "It is not in the journal yet, and the broker can't be asked now whether it is on its way."));
    }
}
