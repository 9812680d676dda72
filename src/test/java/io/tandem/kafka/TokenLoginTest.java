package io.tandem.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.tandem.support.Kafka;
import io.tandem.support.Logs;
import io.tandem.support.Ports;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.Test;

/** A broker that checks tokens against the keys of an issuer. */
class TokenLoginTest {
    private static final String LISTENER = "listener.name.tokens.oauthbearer.";

    @Test
    void recordsAndRepliesPassWhenTheBrokerWantsTokensOfAnIssuer() throws IOException {
        MockOAuth2Server issuer = new MockOAuth2Server();
        issuer.start(InetAddress.getLoopbackAddress(), 0);
        int port = Ports.free();
        String jwks = issuer.jwksUrl("kafka").toString();
        Map<String, String> broker = Map.of(
                "listeners",
                "TOKENS://127.0.0.1:" + port,
                "advertised.listeners",
                "TOKENS://127.0.0.1:" + port,
                "listener.security.protocol.map",
                "TOKENS:SASL_PLAINTEXT",
                "listener.name.tokens.sasl.enabled.mechanisms",
                "OAUTHBEARER",
                LISTENER + "sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
                LISTENER + "sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
                LISTENER + "sasl.oauthbearer.jwks.endpoint.url",
                jwks,
                LISTENER + "sasl.oauthbearer.expected.issuer",
                issuer.issuerUrl("kafka").toString(),
                LISTENER + "sasl.oauthbearer.expected.audience",
                "brokers");
        try (Kafka kafka = Kafka.start(broker, List.of("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + jwks));
                StubTargets targets = new StubTargets()) {
            String topic = kafka.topic("in", 1);
            String replies = kafka.topic("replies", 1);
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("tandem.kafka.brokers", "127.0.0.1:" + port);
            settings.put("tandem.kafka.topics", topic);
            settings.put("tandem.kafka.reply-topic", replies);
            settings.put("tandem.kafka.auth", "client-credentials");
            settings.put(
                    "tandem.kafka.oauth.token-url",
                    issuer.tokenEndpointUrl("kafka").toString());
            settings.put("tandem.kafka.oauth.client-id", "tandem");
            settings.put("tandem.kafka.oauth.client-secret", "s3cr3t-of-kafka");
            settings.put("tandem.kafka.oauth.audience", "brokers");
            settings.put("tandem.kafka.oauth.scope", "brokers");
            try (Logs logs = new Logs(Map.of("org.apache.kafka", Level.DEBUG, "io.tandem", Level.DEBUG));
                    RunningTandem tandem = RunningTandem.start(settings)) {
                kafka.send(topic, "k", "{\"order\":1}");

                assertThat(kafka.records(replies, 1)).hasSize(1);
                assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                        .contains(
                                "tandem_token_requests_seconds_count{result=\"success\",source=\"tandem.kafka\"} 1\n");
                assertThat(logs.all())
                        .isNotEmpty()
                        // "eyJ": how every signed token begins
                        .noneMatch(line -> line.contains("s3cr3t-of-kafka") || line.contains("eyJ"));
            }
            // tokens for somebody else
            settings.put("tandem.kafka.oauth.scope", "others");
            settings.put("tandem.kafka.oauth.audience", "others");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(tandem.get(tandem.managementUri("/observe/health"))
                                        .body())
                                .contains("the brokers refuse Tandem's credentials"));
            }
        } finally {
            issuer.shutdown();
        }
    }
}
