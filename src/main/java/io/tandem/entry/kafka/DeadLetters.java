package io.tandem.entry.kafka;

import com.github.f4b6a3.ulid.Ulid;
import io.tandem.journal.Untold;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.TraceContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dead letter channel: records that are no messages, and messages that were given up, with the reason. Thread-safe. */
final class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.kafka");

    private final @Nullable String topic;
    private final TopicWriter writer;
    private final MessageObserver observer;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();

    /** @param topic null: what is no message is told in the log, and passed by */
    DeadLetters(@Nullable String topic, TopicWriter writer, MessageObserver observer) {
        this.topic = topic;
        this.writer = writer;
        this.observer = observer;
    }

    /** Records that were no messages. */
    long refused() {
        return refused.get();
    }

    /** Messages that were given up. */
    long givenUp() {
        return givenUp.get();
    }

    /**
     * A record that is no message, as it came. Completes when it is written.
     *
     * @param trace where that was found out
     */
    CompletionStage<Void> refuse(ConsumerRecord<byte[], byte[]> record, Problem problem, TraceContext trace) {
        CompletionStage<Void> written;
        if (topic == null) {
            LOG.warn(
                    "topic {} partition {} offset {} is no message and is passed by, as there is no"
                            + " tandem.kafka.dead-letter-topic: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    reason(problem));
            written = CompletableFuture.completedStage(null);
        } else {
            ProducerRecord<byte[], byte[]> letter =
                    new ProducerRecord<>(topic, null, record.key(), record.value(), record.headers());
            Origin.place(letter, record.topic(), String.valueOf(record.partition()), String.valueOf(record.offset()));
            written = write(letter, problem, trace);
        }
        return written.thenRun(() -> {
            refused.incrementAndGet();
            observer.refused("kafka", Ulid.fast().toString(), problem);
        });
    }

    /** A message that was given up. */
    CompletionStage<Void> giveUp(Untold untold, Problem problem) {
        if (topic == null) {
            return CompletableFuture.completedStage(null);
        }
        ProducerRecord<byte[], byte[]> letter = Origin.answer(topic, untold.replyTo(), untold.body());
        letter.headers().add(Headers.MESSAGE_ID, Headers.bytes(untold.message().id()));
        if (untold.message().contentType() != null) {
            letter.headers()
                    .add(Headers.CONTENT_TYPE, Headers.bytes(untold.message().contentType()));
        }
        return write(letter, problem, untold.message().trace()).thenRun(givenUp::incrementAndGet);
    }

    private CompletionStage<Void> write(ProducerRecord<byte[], byte[]> letter, Problem problem, TraceContext trace) {
        letter.headers()
                .add(Headers.REASON, Headers.bytes(problem.type().type()))
                .add(Headers.DETAIL, Headers.bytes(reason(problem)));
        return writer.write(letter, trace)
                .exceptionallyCompose(failure -> failure instanceof RecordTooLargeException
                        // it is where its headers say
                        ? writer.write(
                                new ProducerRecord<>(letter.topic(), null, letter.key(), null, letter.headers()), trace)
                        : CompletableFuture.failedStage(failure))
                .thenRun(() -> {});
    }

    private static String reason(Problem problem) {
        String detail = problem.detail();
        return detail == null ? problem.type().title() : detail;
    }
}
