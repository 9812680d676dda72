package io.tandem.entry.kafka;

import io.tandem.journal.Untold;
import io.tandem.message.Answer;
import io.tandem.message.MergedReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Where merged replies go. Thread-safe. */
final class ReplyTopic {
    private final @Nullable String topic;
    private final TopicWriter writer;
    private final AtomicLong written = new AtomicLong();

    /** @param topic null: none are written */
    ReplyTopic(@Nullable String topic, TopicWriter writer) {
        this.topic = topic;
        this.writer = writer;
    }

    long written() {
        return written.get();
    }

    /** Completes when it is written. */
    CompletionStage<Void> write(Untold untold, MergedReply reply) {
        if (topic == null) {
            return CompletableFuture.completedStage(null);
        }
        Answer answer = Answer.of(reply);
        ProducerRecord<byte[], byte[]> record = Origin.answer(topic, untold.replyTo(), answer.body());
        record.headers()
                .add(Headers.CONTENT_TYPE, Headers.bytes(answer.contentType()))
                .add(Headers.MESSAGE_ID, Headers.bytes(untold.message().id()))
                .add(Headers.OUTCOME, Headers.bytes(answer.outcome()));
        return writer.write(record, untold.message().trace()).thenRun(written::incrementAndGet);
    }
}
