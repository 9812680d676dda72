package io.tandem.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.tandem.app.KafkaCheck;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.oauth2.TestPki;
import io.tandem.support.Kafka;
import io.tandem.support.Logs;
import io.tandem.support.Ports;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.tandem.target.TargetCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that checks tokens against the keys of an issuer, and another way passwords and client certificates. */
class BrokerSecurityTest {
    private static final String SECRET = "s3cr3t-of-kafka";

    /** What would break out of a JAAS configuration. */
    private static final String PASSWORD = "p\"w\\d;-of-kafka";

    private static final MockOAuth2Server ISSUER = new MockOAuth2Server();
    private static TestPki pki;
    private static Kafka kafka;
    private static StubTargets targets;
    private static int tokens;
    private static int secure;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        ISSUER.start(InetAddress.getLoopbackAddress(), 0);
        pki = new TestPki();
        tokens = Ports.free();
        secure = Ports.free();
        Path keystore = Files.write(
                folder.resolve("broker.p12"), pki.server("127.0.0.1").pkcs12("changeit"));
        String jwks = ISSUER.jwksUrl("kafka").toString();
        String oauth = "listener.name.tokens.oauthbearer.sasl.";
        String plain = "listener.name.secure.";
        kafka = Kafka.start(
                Map.ofEntries(
                        Map.entry("listeners", "TOKENS://127.0.0.1:" + tokens + ",SECURE://127.0.0.1:" + secure),
                        Map.entry(
                                "advertised.listeners",
                                "TOKENS://127.0.0.1:" + tokens + ",SECURE://127.0.0.1:" + secure),
                        Map.entry("listener.security.protocol.map", "TOKENS:SASL_PLAINTEXT,SECURE:SASL_SSL"),
                        Map.entry("listener.name.tokens.sasl.enabled.mechanisms", "OAUTHBEARER"),
                        Map.entry(
                                oauth + "jaas.config",
                                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"),
                        Map.entry(
                                oauth + "server.callback.handler.class",
                                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"),
                        Map.entry(oauth + "oauthbearer.jwks.endpoint.url", jwks),
                        Map.entry(
                                oauth + "oauthbearer.expected.issuer",
                                ISSUER.issuerUrl("kafka").toString()),
                        Map.entry(oauth + "oauthbearer.expected.audience", "brokers"),
                        Map.entry(plain + "sasl.enabled.mechanisms", "PLAIN"),
                        Map.entry(
                                plain + "plain.sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required user_tandem=\""
                                        + PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"") + "\";"),
                        Map.entry(plain + "ssl.keystore.location", keystore.toString()),
                        Map.entry(plain + "ssl.keystore.type", "PKCS12"),
                        Map.entry(plain + "ssl.keystore.password", "changeit"),
                        Map.entry(
                                plain + "ssl.truststore.location",
                                pki.trustFile(folder).toString()),
                        Map.entry(plain + "ssl.truststore.type", "PEM"),
                        Map.entry(plain + "ssl.client.auth", "required")),
                List.of("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + jwks));
        targets = new StubTargets();
    }

    @AfterAll
    static void stop() {
        targets.close();
        kafka.close();
        ISSUER.shutdown();
    }

    private static Map<String, String> settings(int port, String topic, String replies) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.kafka.brokers", "127.0.0.1:" + port);
        settings.put("tandem.kafka.topics", topic);
        settings.put("tandem.kafka.reply-topic", replies);
        return settings;
    }

    /** Records pass, and neither secrets nor tokens ("eyJ": how they begin) are in any log. */
    private static String passes(Map<String, String> settings) {
        String topic = settings.get("tandem.kafka.topics");
        try (Logs logs = new Logs(Map.of("org.apache.kafka", Level.DEBUG, "io.tandem", Level.DEBUG));
                RunningTandem tandem = RunningTandem.start(settings)) {
            kafka.send(topic, "k", "{\"order\":1}");
            assertThat(kafka.records(settings.get("tandem.kafka.reply-topic"), 1))
                    .hasSize(1);
            assertThat(logs.all()).isNotEmpty().noneMatch(line -> line.contains("-of-kafka") || line.contains("eyJ"));
            return tandem.get(tandem.managementUri("/observe/metrics")).body();
        }
    }

    private static void isRefused(Map<String, String> settings, String reason) {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            tandem.get(tandem.managementUri("/observe/health")).body())
                    .contains(reason)
                    .doesNotContain("-of-kafka"));
        }
    }

    /** As {@code check --connect} does. */
    private static TargetCheck.Result checked(Map<String, String> settings) {
        return Objects.requireNonNull(KafkaCheck.of(ConfigurationLoader.load(
                ConfigurationSources.of(folder, Map.of()).withOverrides(settings))));
    }

    @Test
    void recordsAndRepliesPassWhenTheTokenIsForTheBroker() throws IOException {
        Map<String, String> settings = settings(tokens, kafka.topic("in", 1), kafka.topic("replies", 1));
        settings.put("tandem.kafka.auth", "client-credentials");
        settings.put(
                "tandem.kafka.oauth.token-url", ISSUER.tokenEndpointUrl("kafka").toString());
        settings.put("tandem.kafka.oauth.client-id", "tandem");
        settings.put("tandem.kafka.oauth.client-secret", SECRET);
        settings.put("tandem.kafka.oauth.scope", "brokers");

        // one for consumer and producer
        assertThat(passes(settings))
                .contains("tandem_token_requests_seconds_count{result=\"success\",source=\"tandem.kafka\"} 1\n");

        assertThat(checked(settings).ok()).isTrue();
        settings.put("tandem.kafka.dead-letter-topic", "nowhere");
        assertThat(checked(settings).text()).isEqualTo("there is no topic 'nowhere', or it may not be seen");

        settings.put("tandem.kafka.oauth.scope", "others");
        isRefused(settings, "the brokers refuse Tandem's credentials");
    }

    @Test
    void recordsAndRepliesPassWhenCertificatesAndPasswordAreRight() throws Exception {
        TestPki.Identity client = pki.client("tandem");
        Map<String, String> settings = settings(secure, kafka.topic("in", 1), kafka.topic("replies", 1));
        settings.put("tandem.kafka.tls", "true");
        settings.put("tandem.kafka.trust", pki.trustFile(folder).toString());
        settings.put(
                "tandem.kafka.tls.certificate",
                Files.writeString(folder.resolve("client.crt"), client.pemCertificate())
                        .toString());
        settings.put(
                "tandem.kafka.tls.key",
                Files.writeString(folder.resolve("client.key"), client.pemKey()).toString());
        settings.put("tandem.kafka.auth", "plain");
        settings.put("tandem.kafka.username", "tandem");
        settings.put("tandem.kafka.password", PASSWORD);

        passes(settings);
        assertThat(checked(settings).text()).startsWith("connection ok, topics in-");

        settings.put("tandem.kafka.password", "wrong-of-kafka");
        assertThat(checked(settings).text()).startsWith("the brokers refuse Tandem's credentials");
        isRefused(settings, "the brokers refuse Tandem's credentials");
        settings.remove("tandem.kafka.trust");
        isRefused(settings, "\"reason\":");
    }
}
