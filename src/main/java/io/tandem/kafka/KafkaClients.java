package io.tandem.kafka;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.config.Settings.KafkaAuth;
import io.tandem.oauth2.TokenSource;
import io.tandem.tls.TlsFiles;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes clients of the configured brokers. Thread-safe. */
public final class KafkaClients {
    private static final String MAX_RECONNECT_MILLIS = "2000";
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final Settings.Brokers brokers;
    private final TlsFiles tls;
    private final @Nullable TokenSource tokens;

    /** Kafka shares a login, and with it the token, among all clients of a process whose JAAS configuration is the same. */
    private final String login = UUID.randomUUID().toString();

    /**
     * @param tls used with {@link Settings.Brokers#tls}
     * @param tokens with {@link KafkaAuth#CLIENT_CREDENTIALS}, else null
     */
    public KafkaClients(Settings.Brokers brokers, TlsFiles tls, @Nullable TokenSource tokens) {
        this.brokers = brokers;
        this.tls = tls;
        this.tokens = tokens;
    }

    /**
     * A consumer of bytes. Connects in the background.
     *
     * @throws org.apache.kafka.common.KafkaException when it can't be made; the reason shows no secret
     */
    public Consumer<byte[], byte[]> consumer(Map<String, ?> settings) {
        return new KafkaConsumer<>(with(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A producer of bytes; as {@link #consumer}. */
    public Producer<byte[], byte[]> producer(Map<String, ?> settings) {
        return new KafkaProducer<>(with(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Why the brokers can't be used for these topics, in a line; null when they can. Blocks for some seconds at most. */
    public @Nullable String fault(Collection<String> topics) {
        Map<String, Object> patience = Map.of(
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis(),
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis());
        try (Admin admin = Admin.create(with(patience))) {
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                    admin.describeTopics(topics).topicNameValues().entrySet()) {
                try {
                    TopicDescription unused = topic.getValue().get();
                } catch (ExecutionException e) {
                    return e.getCause() instanceof UnknownTopicOrPartitionException
                            ? "there is no topic '%s', or it may not be seen".formatted(topic.getKey())
                            : KafkaFaults.explain(e);
                }
            }
            return null;
        } catch (KafkaException e) {
            return KafkaFaults.explain(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private Map<String, Object> with(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers.addresses());
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, "tandem");
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_RECONNECT_MILLIS);
        // measured by Tandem; nothing by JMX, nothing sent to the brokers
        all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        security(all);
        all.putAll(settings);
        return all;
    }

    private void security(Map<String, Object> all) {
        boolean sasl = brokers.auth() != KafkaAuth.NONE;
        all.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                (sasl ? "SASL_" : "") + (brokers.tls() ? "SSL" : "PLAINTEXT"));
        if (brokers.tls()) {
            all.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TlsEngines.class);
            all.put(TlsEngines.FILES, tls);
        }
        if (sasl) {
            all.put(SaslConfigs.SASL_MECHANISM, brokers.auth().mechanism());
            all.put(SaslConfigs.SASL_JAAS_CONFIG, jaas());
        }
        if (tokens != null) {
            all.put(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS, TokenLogin.class);
            all.put(TokenLogin.TOKENS, tokens);
            all.put(TokenLogin.EXTENSIONS, new SaslExtensions(brokers.extensions()));
        }
    }

    private String jaas() {
        return switch (brokers.auth()) {
            case NONE -> "";
            case PLAIN -> withPassword(PlainLoginModule.class);
            case SCRAM_SHA_256, SCRAM_SHA_512 -> withPassword(ScramLoginModule.class);
            case CLIENT_CREDENTIALS ->
                "%s required login=%s;".formatted(OAuthBearerLoginModule.class.getName(), quoted(login));
        };
    }

    private String withPassword(Class<?> module) {
        Secret password = brokers.password();
        return "%s required username=%s password=%s;"
                .formatted(
                        module.getName(),
                        quoted(String.valueOf(brokers.username())),
                        quoted(password == null ? "" : password.value()));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
