package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.egress.Egress;
import io.tandem.entry.kafka.KafkaEntry;
import io.tandem.kafka.KafkaClients;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.observe.Health;
import io.tandem.observe.Meters;
import io.tandem.observe.TandemMeter;
import io.tandem.observe.TokenMeters;
import io.tandem.target.Connections;
import io.tandem.target.OAuth2Targets;
import io.tandem.tls.TlsFiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the Kafka entry together, and shows how it fares. Nothing in here is loaded where there is no Kafka. Stateless. */
final class KafkaParts {
    /** No target can have that name. */
    private static final String TOKENS = "tandem.kafka";

    private KafkaParts() {}

    static KafkaEntry entry(
            Settings.Kafka settings,
            TokenSources tokens,
            TokenMeters tokenMeters,
            RefreshTokenStore logins,
            KafkaEntry.Services services) {
        TokenSource source = tokens(settings.brokers(), tokens, logins);
        if (source != null) {
            tokenMeters.watch(List.of(source));
        }
        return new KafkaEntry(settings, clients(settings.brokers(), source), services);
    }

    /** Where the tokens for the brokers come from; null when they want none. */
    static @Nullable TokenSource tokens(Settings.Brokers brokers, TokenSources tokens, RefreshTokenStore logins) {
        OAuth2Settings oauth = brokers.oauth();
        return oauth == null ? null : tokens.source(TOKENS, OAuth2Targets.tokenSettings(TOKENS, oauth, logins));
    }

    static KafkaClients clients(Settings.Brokers brokers, @Nullable TokenSource source) {
        Egress egress = Connections.egress(brokers.connection());
        return new KafkaClients(brokers, new TlsFiles(egress.trust(), egress.certificate()), source);
    }

    static void measure(KafkaEntry kafka, Settings.Kafka settings, Meters meters) {
        for (String topic : settings.topics()) {
            meters.gauge(TandemMeter.KAFKA_LAG, () -> kafka.lag().getOrDefault(topic, 0L), topic);
        }
        meters.gauge(TandemMeter.KAFKA_PARTITIONS, kafka::taking, "taking");
        meters.gauge(TandemMeter.KAFKA_PARTITIONS, kafka::held, "held");
        meters.counter(TandemMeter.KAFKA_REBALANCES, kafka::rebalances);
        meters.counter(TandemMeter.KAFKA_REPLIES, kafka::replies);
        meters.counter(TandemMeter.KAFKA_DEAD_LETTERS, kafka::refused, "refused");
        meters.counter(TandemMeter.KAFKA_DEAD_LETTERS, kafka::givenUp, "given-up");
    }

    /** Callers over HTTP do without Kafka, but for those whose messages are written to it. */
    static List<Health.Check> check(KafkaEntry kafka) {
        Map<String, String> data = new TreeMap<>();
        String reason = kafka.unavailable();
        if (reason != null) {
            data.put("reason", reason);
        }
        kafka.lag().forEach((topic, lag) -> data.put("lag " + topic, String.valueOf(lag)));
        boolean up = kafka.intake() == null || kafka.disconnected() == null;
        return List.of(new Health.Check("kafka", up, data));
    }
}
