package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What KEDA is told, against what its documentation knows (2.15 and later), and against what Tandem is told. */
class ScaledObjectTest {
    private static final Set<String> SPEC = Set.of(
            "scaleTargetRef",
            "pollingInterval",
            "cooldownPeriod",
            "initialCooldownPeriod",
            "idleReplicaCount",
            "minReplicaCount",
            "maxReplicaCount",
            "fallback",
            "advanced",
            "triggers");

    private static final Map<String, Set<String>> METADATA = Map.of(
            "kafka",
            Set.of(
                    "bootstrapServers",
                    "consumerGroup",
                    "topic",
                    "lagThreshold",
                    "activationLagThreshold",
                    "offsetResetPolicy",
                    "allowIdleConsumers",
                    "scaleToZeroOnInvalidOffset",
                    "excludePersistentLag",
                    "version",
                    "partitionLimitation",
                    "sasl",
                    "tls"),
            "cpu",
            Set.of("value", "containerName"));

    private final Manifests built = Manifests.build("camel-k/kafka");
    private final JsonNode spec = built.the("ScaledObject", "tandem").path("spec");

    @Test
    void everythingIsKnownToKeda() {
        assertThat(spec.propertyNames()).isSubsetOf(SPEC);
        assertThat(spec.path("triggers").valueStream()).isNotEmpty().allSatisfy(trigger -> {
            JsonNode metadata = trigger.path("metadata");
            assertThat(METADATA).containsKey(trigger.path("type").asString());
            assertThat(metadata.propertyNames())
                    .isSubsetOf(METADATA.get(trigger.path("type").asString()));
            // a number would be refused
            assertThat(metadata.valueStream()).allMatch(JsonNode::isString);
        });
    }

    @Test
    void whatIsScaledIsThereAndNobodyElseScalesIt() {
        JsonNode target = spec.path("scaleTargetRef");

        JsonNode scaled =
                built.the(target.path("kind").asString(), target.path("name").asString());
        assertThat(scaled.path("apiVersion")).isEqualTo(target.path("apiVersion"));
        assertThat(built.has("HorizontalPodAutoscaler")).isFalse();
    }

    @Test
    void lagIsThatOfTheGroupAndTopicThatTandemReads() throws IOException {
        Properties kafka = new Properties();
        kafka.load(new StringReader(built.the("ConfigMap", "tandem")
                .path("data")
                .path("kafka.properties")
                .asString()));
        JsonNode trigger = spec.path("triggers").get(0).path("metadata");

        assertThat(trigger.path("bootstrapServers").asString()).isEqualTo(kafka.getProperty("tandem.kafka.brokers"));
        assertThat(trigger.path("topic").asString()).isEqualTo(kafka.getProperty("tandem.kafka.topics"));
        assertThat(trigger.path("consumerGroup").asString()).isEqualTo(kafka.getProperty("tandem.kafka.group"));
        assertThat(trigger.path("offsetResetPolicy").asString()).isEqualTo("earliest");
    }
}
