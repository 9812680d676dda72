package io.tandem.entry.kafka;

import io.tandem.config.Settings;
import io.tandem.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Looks for a record of the first topic that the group has not taken yet. Thread-safe. */
final class RecordLookup {
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String topic;
    private final KafkaClients clients;
    private final Map<String, Object> properties = new HashMap<>();

    RecordLookup(Settings.Kafka settings, KafkaClients clients) {
        this.topic = settings.topics().get(0);
        this.clients = clients;
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    }

    String topic() {
        return topic;
    }

    /**
     * Null when there is none, or it was taken. Blocks, on a connection of its own; joins no group.
     *
     * @throws org.apache.kafka.common.KafkaException when that can't be told now
     */
    @Nullable
    ConsumerRecord<byte[], byte[]> find(RecordIds.Place place) {
        TopicPartition partition = new TopicPartition(topic, place.partition());
        Consumer<byte[], byte[]> consumer = clients.consumer(properties);
        try {
            return find(place, partition, consumer);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    static @Nullable ConsumerRecord<byte[], byte[]> find(
            RecordIds.Place place, TopicPartition partition, Consumer<byte[], byte[]> consumer) {
        try {
            OffsetAndMetadata taken =
                    consumer.committed(Set.of(partition), PATIENCE).get(partition);
            if (taken != null && taken.offset() > place.offset()) {
                return null;
            }
            consumer.assign(List.of(partition));
            consumer.seek(partition, place.offset());
            ConsumerRecords<byte[], byte[]> records = consumer.poll(PATIENCE);
            if (records.isEmpty() && end(partition, consumer) > place.offset()) {
                throw new TimeoutException("the broker has not handed out the record in time");
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() == place.offset() && record.timestamp() == place.timestamp()) {
                    return record;
                }
            }
            return null;
        } catch (InvalidOffsetException e) {
            // the topic does not go so far, or not so far back any more
            return null;
        }
    }

    private static long end(TopicPartition partition, Consumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(Set.of(partition), PATIENCE).getOrDefault(partition, 0L);
    }
}
