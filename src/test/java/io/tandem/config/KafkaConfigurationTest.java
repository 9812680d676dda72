package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings.Kafka;
import io.tandem.config.Settings.KafkaAuth;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaConfigurationTest {
    private static final String TOPICS = "tandem.kafka.topics=orders";

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void workspace() {
        workspace = new Workspace(folder).env("SECRET", "s3cr3t\\\"");
    }

    private Kafka kafka() {
        return Objects.requireNonNull(workspace.load().kafka());
    }

    @Test
    void thereIsNoKafkaWhenNoTopicIsNamed() {
        workspace.targetAnd("");

        assertThat(workspace.load().kafka()).isNull();
    }

    @Test
    void oneKeyIsEnoughWhenTheBrokerIsOnThisMachine() {
        workspace.targetAnd(TOPICS);

        assertThat(kafka().topics()).containsExactly("orders");
        assertThat(kafka().brokers().addresses()).isEqualTo("127.0.0.1:9092");
        assertThat(kafka().maxPending()).isEqualTo(workspace.load().journal().maxPending());
        assertThat(kafka().replyHeaders()).contains("correlation-id");
    }

    @Test
    void tokenClientIsThatOfTargetsWhenAuthIsClientCredentials() {
        workspace.targetAnd(
                TOPICS,
                "tandem.kafka.brokers=kafka.example.com:9093",
                "tandem.kafka.tls=true",
                "tandem.kafka.auth=client-credentials",
                "tandem.kafka.oauth.token-url=https://idp.example.com/token",
                "tandem.kafka.oauth.client-id=tandem",
                "tandem.kafka.oauth.client-secret={{env:SECRET}}",
                "tandem.kafka.oauth.scope=kafka",
                "tandem.kafka.sasl-extensions=logicalCluster=lkc-1,identityPoolId=p-2");

        assertThat(kafka().brokers().auth()).isEqualTo(KafkaAuth.CLIENT_CREDENTIALS);
        assertThat(Objects.requireNonNull(kafka().brokers().oauth()).scope()).containsExactly("kafka");
        assertThat(kafka().brokers().extensions())
                .isEqualTo(Map.of("logicalCluster", "lkc-1", "identityPoolId", "p-2"));
        assertThat(workspace.load().toString()).doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            tandem.kafka.reply-topic=orders | 'tandem.kafka.reply-topic' is 'orders', which tandem.kafka.topics takes in
            tandem.kafka.topic=x | unknown key 'tandem.kafka.topic'
            tandem.kafka.brokers=kafka | bad value 'kafka' for 'tandem.kafka.brokers': expected hosts with ports
            tandem.kafka.reply-topic=a b | bad value 'a b' for 'tandem.kafka.reply-topic': expected the name of a topic
            tandem.kafka.auth=plain | tandem.kafka has auth=plain and lacks username; add tandem.kafka.username=tandem
            tandem.kafka.auth=client-credentials | tandem.kafka has auth=client-credentials and lacks oauth.client-id
            tandem.kafka.oauth.client-id=x | 'tandem.kafka.oauth.client-id' has no effect with auth=none; set tandem.kafka.auth=client-credentials
            tandem.kafka.username=x | 'tandem.kafka.username' has no effect with auth=none; set tandem.kafka.auth=plain or scram
            tandem.kafka.trust=application.properties | 'tandem.kafka.trust' has no effect without TLS; set tandem.kafka.tls=true
            tandem.kafka.forward-headers=Authorization | 'Authorization' carries credentials
            """)
    void reasonIsToldWhenAKeyIsWrong(String line, String reason) {
        workspace.targetAnd(TOPICS, line);

        assertThat(workspace.faults()).anySatisfy(fault -> assertThat(fault).contains(reason));
    }

    @Test
    void startIsRefusedWhenCredentialsWouldGoOverTheNetworkInClear() {
        String[] lines = {
            TOPICS,
            "tandem.kafka.brokers=kafka.example.com:9092",
            "tandem.kafka.auth=plain",
            "tandem.kafka.username=tandem",
            "tandem.kafka.password={{env:SECRET}}"
        };
        workspace.targetAnd(lines);
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("shows the credentials to the network; set tandem.kafka.tls=true");

        workspace.override("tandem.kafka.allow-plaintext", "true");
        assertThat(kafka().brokers().username()).isEqualTo("tandem");
    }

    @Test
    void intakeNeedsATopicWhenItIsKafka() {
        workspace.targetAnd("tandem.intake=kafka");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("'tandem.intake=kafka' needs a topic to write to; add tandem.kafka.topics=");
    }

    @Test
    void keysThatDoNothingAreToldWhenThereAreNoTopics() {
        workspace.targetAnd("tandem.kafka.group=x");

        Examined examined = ConfigurationLoader.examine(workspace.sources());

        assertThat(examined.faults()).extracting(Fault::line).anySatisfy(line -> assertThat(line)
                .contains("has no effect without tandem.kafka.topics"));
        assertThat(List.of(Severity.WARNING))
                .containsExactlyElementsOf(
                        examined.faults().stream().map(Fault::severity).toList());
    }
}
