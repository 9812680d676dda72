package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a record waits, was taken, or can't be told of. */
class RecordLookupTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final RecordIds.Place THIRD = new RecordIds.Place(0, 3, 1000);

    private final MockConsumer<byte[], byte[]> broker = new MockConsumer<>("none");

    @BeforeEach
    void start() {
        broker.updateBeginningOffsets(Map.of(ORDERS, 0L));
        broker.updateEndOffsets(Map.of(ORDERS, 5L));
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void handsOut(long timestamp) {
        broker.schedulePollTask(() -> broker.addRecord(new ConsumerRecord<>(
                "orders",
                0,
                3,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                "{}".getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty())));
    }

    @Test
    void recordThatWaitsIsFound() {
        handsOut(THIRD.timestamp());

        assertThat(RecordLookup.find(THIRD, ORDERS, broker).offset()).isEqualTo(3);
    }

    @Test
    void recordWrittenAtAnotherTimeIsAnother() {
        handsOut(THIRD.timestamp() + 1);

        assertThat(RecordLookup.find(THIRD, ORDERS, broker)).isNull();
    }

    @Test
    void recordThatWasTakenWaitsNoMore() {
        broker.assign(List.of(ORDERS));
        broker.commitSync(Map.of(ORDERS, new OffsetAndMetadata(4)));

        assertThat(RecordLookup.find(THIRD, ORDERS, broker)).isNull();
    }

    @Test
    void noneIsBehindTheEnd() {
        broker.updateEndOffsets(Map.of(ORDERS, 3L));

        assertThat(RecordLookup.find(THIRD, ORDERS, broker)).isNull();
    }

    @Test
    void brokerThatHandsOutNothingInTimeTellsNothing() {
        assertThatThrownBy(() -> RecordLookup.find(THIRD, ORDERS, broker)).isInstanceOf(KafkaException.class);
        assertThat(broker.assignment()).isEqualTo(Set.of(ORDERS));
    }
}
