package io.tandem.entry.kafka;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the Kafka entry fares in this instance. What is counted is counted since its start.
 *
 * @param state {@code connecting}, {@code disconnected}, {@code without-partitions}, {@code held}, {@code running}, {@code stopped}
 * @param reason why no records are taken, or no replies written; null when there is none
 * @param taking partitions from which records are taken
 * @param held partitions whose records wait at the broker
 * @param underWay records that were read, and are not committed yet
 * @param replyTopic null when no replies are written
 * @param replies that were written
 * @param deadLetterTopic null when what is no message is passed by, and what is given up is in the journal alone
 * @param refused records that were no messages
 * @param givenUp messages that were given up
 */
public record KafkaProgress(
        String group,
        List<Topic> topics,
        String state,
        @Nullable String reason,
        int taking,
        int held,
        int underWay,
        @Nullable String replyTopic,
        long replies,
        @Nullable String deadLetterTopic,
        long refused,
        long givenUp) {
    /**
     * A topic that records are taken from.
     *
     * @param lag records in this instance's partitions that were not taken, some seconds ago; null when that is not known
     */
    public record Topic(String name, @Nullable Long lag) {}
}
