package io.tandem.entry.kafka;

import io.tandem.config.Settings;
import io.tandem.entry.http.Intake;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.GuaranteedDelivery.Incoming;
import io.tandem.journal.GuaranteedDelivery.Wait;
import io.tandem.journal.JournalException;
import io.tandem.journal.Receipt;
import io.tandem.journal.Undelivered;
import io.tandem.kafka.KafkaClients;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.Span;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka, with all that outlives the routes. A record is committed when the journal has its message on disk; the journal
 * then delivers it, and knows it when it comes again. Thread-safe.
 */
public final class KafkaEntry implements AutoCloseable {
    /**
     * What it works with.
     *
     * @param delivery takes the messages; changes with the settings
     * @param deadline time budget of each message; changes with the settings
     * @param httpHeaders that are passed on of messages which came in over HTTP
     * @param executor must allow blocking
     */
    public record Services(
            Supplier<GuaranteedDelivery> delivery,
            Supplier<Duration> deadline,
            Set<String> httpHeaders,
            MessageObserver observer,
            Executor executor) {}

    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.kafka");

    private final Settings.Kafka settings;
    private final Services services;
    private final RecordReader reader;
    private final TopicWriter writer;
    private final DeadLetters deadLetters;
    private final RecordConsumer consumer;
    private final ReplyTopic replyTopic;
    private final Replies replies;
    private final @Nullable TopicIntake intake;

    /** Prepares everything, and connects to nothing. */
    public KafkaEntry(Settings.Kafka settings, KafkaClients clients, Services services) {
        this.settings = settings;
        this.services = services;
        this.reader = new RecordReader(settings, services.httpHeaders());
        this.writer = new TopicWriter(clients, services.observer());
        this.deadLetters = new DeadLetters(settings.deadLetterTopic(), writer, services.observer());
        this.consumer = new RecordConsumer(settings, clients::consumer, new Taker());
        this.replyTopic = new ReplyTopic(settings.replyTopic(), writer);
        this.replies = new Replies(replyTopic, deadLetters, services.delivery(), () -> consumer.disconnected() == null);
        this.intake = settings.intake()
                ? new TopicIntake(new RecordLookup(settings, clients), writer, consumer::disconnected, services)
                : null;
    }

    /** Begins to take records: when the journal is open, and the routes run. */
    public void start() {
        if (settings.replyTopic() != null || settings.deadLetterTopic() != null) {
            services.delivery().get().whenEnded(replies::wake);
            replies.start();
        }
        consumer.start();
    }

    /** Where messages of HTTP callers are written; null when that is not wanted. */
    public @Nullable Intake intake() {
        return intake;
    }

    /** Why no records are taken, or no replies written, for those who run Tandem; or null. */
    public @Nullable String unavailable() {
        String reason = consumer.unavailable();
        return reason == null ? replies.unavailable() : reason;
    }

    /** Why the brokers can't be used; or null. */
    public @Nullable String disconnected() {
        return consumer.disconnected();
    }

    /** Records in this instance's partitions that were not taken yet, by topic; may be some seconds old. */
    public Map<String, Long> lag() {
        return consumer.lag();
    }

    /** Partitions from which this instance takes records. */
    public int taking() {
        return consumer.taking();
    }

    /** Partitions of this instance whose records wait at the broker. */
    public int held() {
        return consumer.held();
    }

    /** How often the group has shared out its partitions anew. */
    public long rebalances() {
        return consumer.rebalances();
    }

    /** Replies that were written. */
    public long replies() {
        return replyTopic.written();
    }

    /** Records that were no messages. */
    public long refused() {
        return deadLetters.refused();
    }

    /** Messages that were given up. */
    public long givenUp() {
        return deadLetters.givenUp();
    }

    /** How it fares in this instance. */
    public KafkaProgress progress() {
        ConsumerState state = consumer.state();
        // what was known of brokers that are away is not how it is now
        Map<String, Long> lag = state == ConsumerState.DISCONNECTED ? Map.of() : consumer.lag();
        return new KafkaProgress(
                settings.group(),
                settings.topics().stream()
                        .map(topic -> new KafkaProgress.Topic(topic, lag.get(topic)))
                        .toList(),
                state.word(),
                unavailable(),
                taking(),
                held(),
                consumer.underWay(),
                settings.replyTopic(),
                replies(),
                settings.deadLetterTopic(),
                refused(),
                givenUp());
    }

    /** Takes no more records, and leaves them to other instances; what was taken goes on. */
    public void drain() {
        consumer.stop();
    }

    /** After deliveries have ended, before the journal closes. */
    @Override
    public void close() {
        consumer.stop();
        replies.stop();
        writer.close();
    }

    private final class Taker implements RecordConsumer.Taker {
        @Override
        public @Nullable String unavailable() {
            GuaranteedDelivery delivery = services.delivery().get();
            String reason = delivery.unavailable();
            long pending = reason == null ? delivery.journal().pendingMessages() : 0;
            return reason == null && pending >= settings.maxPending()
                    ? "%d messages wait for their delivery (tandem.kafka.max-pending=%d)"
                            .formatted(pending, settings.maxPending())
                    : reason;
        }

        @Override
        public CompletionStage<?> take(ConsumerRecord<byte[], byte[]> record, long sinceNanos) {
            Span span =
                    services.observer().begin("kafka", Headers.text(record.headers(), Headers.TRACEPARENT), sinceNanos);
            if (span.isRecorded()) {
                RecordTags.taken(span, record, settings.group());
            }
            return take(record, span).whenComplete((done, failure) -> {
                if (failure != null) {
                    // it comes up again
                    RecordTags.fail(span, failure);
                    span.end();
                }
            });
        }

        private CompletionStage<Void> take(ConsumerRecord<byte[], byte[]> record, Span span) {
            Incoming incoming;
            try {
                incoming = read(record, span);
            } catch (ProblemException e) {
                return refuse(record, span, e.problem());
            }
            try {
                return services.delivery()
                        .get()
                        .receive(incoming, Undelivered.REDELIVER, Wait.LEAVES)
                        .thenCompose(receipt -> taken(record, incoming.message(), receipt));
            } catch (JournalException e) {
                return CompletableFuture.failedStage(e);
            }
        }

        private CompletionStage<Void> refuse(ConsumerRecord<byte[], byte[]> record, Span span, Problem problem) {
            return deadLetters.refuse(record, problem, span.context()).thenRun(() -> {
                span.fail(problem.type().type());
                span.end();
            });
        }

        /** Whatever is wrong with one record, those behind it go on. */
        @SuppressWarnings("IllegalCatch")
        private Incoming read(ConsumerRecord<byte[], byte[]> record, Span span) {
            try {
                return reader.read(record, span, services.deadline().get());
            } catch (ProblemException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.error(
                        "topic {} partition {} offset {} could not be read",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e);
                throw new ProblemException(Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in Tandem's log."));
            }
        }

        private CompletionStage<Void> taken(ConsumerRecord<byte[], byte[]> record, Message message, Receipt receipt) {
            if (receipt instanceof Receipt.KeyTaken taken) {
                return refuse(
                        record,
                        message.span(),
                        Problem.of(
                                ProblemType.IDEMPOTENCY_KEY_REUSED,
                                "Message " + taken.id() + " was an event of the same source and id with other data."));
            }
            if (!(receipt instanceof Receipt.Background background)) {
                throw new IllegalStateException("unexpected receipt " + receipt);
            }
            String id = background.message().id();
            if (message.entry().equals("http")) {
                // whoever wrote it to the topic has told of it
                message.span().end();
                return CompletableFuture.completedStage(null);
            }
            services.observer().accepted(message);
            services.observer()
                    .answered(
                            message,
                            id,
                            id.equals(message.id()) ? "accepted" : "repeated",
                            Duration.ofNanos(System.nanoTime() - message.startNanos()));
            return CompletableFuture.completedStage(null);
        }
    }
}
