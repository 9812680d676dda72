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
        Settings.Brokers brokers = settings.brokers();
        Egress egress = Connections.egress(brokers.connection());
        OAuth2Settings oauth = brokers.oauth();
        TokenSource source = null;
        if (oauth != null) {
            source = tokens.source(TOKENS, OAuth2Targets.tokenSettings(TOKENS, oauth, logins));
            tokenMeters.watch(List.of(source));
        }
        TlsFiles tls = new TlsFiles(egress.trust(), egress.certificate());
        return new KafkaEntry(settings, new KafkaClients(brokers, tls, source), services);
    }

    static void measure(KafkaEntry kafka, Settings.Kafka settings, Meters meters) {
        for (String topic : settings.topics()) {
            meters.gauge(TandemMeter.KAFKA_LAG, () -> kafka.lag().getOrDefault(topic, 0L), topic);
        }
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
