package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker does that is hard to have from a real one at the right moment. */
class RecordConsumerTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    private Path folder;

    /** Does not answer commits for a while. */
    private static final class Reluctant extends MockConsumer<byte[], byte[]> {
        private final AtomicInteger unanswered = new AtomicInteger(2);

        Reluctant() {
            super("earliest");
            updatePartitions(
                    "orders", List.of(new PartitionInfo("orders", 0, Node.noNode(), new Node[0], new Node[0])));
            updateBeginningOffsets(Map.of(ORDERS, 0L));
            updateEndOffsets(Map.of(ORDERS, 1L));
            schedulePollTask(() -> {
                rebalance(List.of(ORDERS));
                addRecord(new ConsumerRecord<>("orders", 0, 0, null, new byte[] {'{', '}'}));
            });
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (unanswered.getAndDecrement() > 0) {
                throw new TimeoutException("no answer");
            }
            super.commitSync(offsets, timeout);
        }
    }

    private static final class Noting implements RecordConsumer.Taker {
        private final AtomicInteger taken = new AtomicInteger();

        @Override
        public CompletionStage<?> take(ConsumerRecord<byte[], byte[]> record, long sinceNanos) {
            return CompletableFuture.completedFuture(taken.incrementAndGet());
        }

        @Override
        public @Nullable String unavailable() {
            return null;
        }
    }

    @Test
    void commitThatWasNotAnsweredIsTriedAgainThoughNothingMoreComes() throws Exception {
        Settings.Kafka settings = ConfigurationLoader.load(ConfigurationSources.of(folder, Map.of())
                        .withOverrides(Map.of(
                                "tandem.kafka.brokers", "localhost:1",
                                "tandem.kafka.topics", "orders",
                                "target.api-one.url", "http://127.0.0.1:1/",
                                "target.api-two.url", "http://127.0.0.1:1/")))
                .kafka();
        Reluctant broker = new Reluctant();
        Noting taker = new Noting();
        RecordConsumer consumer = new RecordConsumer(settings, properties -> broker, taker);
        consumer.start();
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> broker.committed(Set.of(ORDERS)).equals(Map.of(ORDERS, new OffsetAndMetadata(1))));
            assertThat(taker.taken).hasValue(1);
        } finally {
            consumer.stop();
        }
    }
}
