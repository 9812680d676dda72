package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenSources;
import io.tandem.target.OAuth2Targets;
import io.tandem.target.TargetCheck;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tries out how the brokers of Kafka are connected to, and takes nothing. Stateless. */
public final class KafkaCheck {
    private KafkaCheck() {}

    /** What came of it; null where there is no Kafka. Blocks for some seconds at most. */
    public static TargetCheck.@Nullable Result of(Settings settings) {
        Settings.Kafka kafka = settings.kafka();
        if (kafka == null) {
            return null;
        }
        List<String> topics = new ArrayList<>(kafka.topics());
        if (kafka.replyTopic() != null) {
            topics.add(kafka.replyTopic());
        }
        if (kafka.deadLetterTopic() != null) {
            topics.add(kafka.deadLetterTopic());
        }
        try (TokenSources tokens = new TokenSources(OAuth2Targets.policy(settings.tokens()), TokenEvents.NONE)) {
            String fault = KafkaParts.clients(
                            kafka.brokers(),
                            KafkaParts.tokens(kafka.brokers(), tokens, OAuth2Targets.store(settings.tokens())))
                    .fault(topics);
            return new TargetCheck.Result(
                    "kafka",
                    fault == null,
                    fault == null ? "connection ok, topics " + String.join(", ", topics) + " are there" : fault);
        }
    }
}
