package io.tandem.config;

import io.tandem.config.Settings.Brokers;
import io.tandem.config.Settings.Connection;
import io.tandem.config.Settings.Kafka;
import io.tandem.config.Settings.KafkaAuth;
import io.tandem.config.Settings.OAuth2Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what is taken from Kafka, and how its brokers are connected to. */
final class KafkaReader {
    private static final List<KafkaAuth> WITH_PASSWORD =
            List.of(KafkaAuth.PLAIN, KafkaAuth.SCRAM_SHA_256, KafkaAuth.SCRAM_SHA_512);

    /** RFC 7628, section 3.1; auth is the token's own. */
    private static final Pattern EXTENSION = Pattern.compile("(?!auth=)[A-Za-z]+=[\\x21-\\x7E \\t]+");

    private final List<RawValue> given;
    private final Values values;
    private final Faults faults;
    private final TargetValues brokers;

    KafkaReader(Collection<RawValue> given, Values values, Faults faults) {
        this.given = given.stream()
                .filter(value -> value.key().startsWith(Catalogue.KAFKA_PREFIX))
                .toList();
        this.values = values;
        this.faults = faults;
        this.brokers = TargetValues.ofKafka(this.given, values, faults);
    }

    /** Null without topics. */
    @Nullable
    Kafka read() {
        List<String> topics = values.get(Catalogue.KAFKA_TOPICS);
        boolean intake = values.get(Catalogue.INTAKE).equals("kafka");
        if (topics.isEmpty()) {
            if (intake) {
                fault(
                        Catalogue.INTAKE,
                        "'%s=kafka' needs a topic to write to; add %s=%s"
                                .formatted(
                                        Catalogue.INTAKE.name(),
                                        Catalogue.KAFKA_TOPICS.name(),
                                        Catalogue.KAFKA_TOPICS.example()));
            }
            return null;
        }
        return new Kafka(
                brokers(),
                topics,
                values.get(Catalogue.KAFKA_GROUP),
                values.get(Catalogue.KAFKA_OFFSET_RESET),
                outTopic(Catalogue.KAFKA_REPLY_TOPIC, topics),
                outTopic(Catalogue.KAFKA_DEAD_LETTER_TOPIC, topics),
                values.get(Catalogue.KAFKA_FORWARD_HEADERS),
                values.get(Catalogue.KAFKA_REPLY_HEADERS),
                values.get(Catalogue.KAFKA_CONTENT_TYPE),
                values.get(Catalogue.KAFKA_MAX_RECORD),
                values.get(Catalogue.KAFKA_BATCH),
                values.get(Catalogue.KAFKA_MAX_PENDING),
                intake);
    }

    private @Nullable String outTopic(Key<String> key, List<String> topics) {
        String topic = values.find(key, key.name());
        if (topic != null && topics.contains(topic)) {
            fault(
                    key,
                    "'%s' is '%s', which %s takes in: what is written there would come in again; name another topic"
                            .formatted(key.name(), topic, Catalogue.KAFKA_TOPICS.name()));
        }
        return topic;
    }

    private Brokers brokers() {
        KafkaAuth usable = values.usable(Catalogue.KAFKA_AUTH, Catalogue.KAFKA_AUTH.name());
        if (usable != null) {
            brokers.reportKeysWithoutEffect(Catalogue.KAFKA_AUTH, usable.word(), KafkaReader::using);
        }
        KafkaAuth auth = usable == null ? KafkaAuth.NONE : usable;
        boolean tls = values.get(Catalogue.KAFKA_TLS);
        String addresses = values.get(Catalogue.KAFKA_BROKERS);
        Connection connection = new ConnectionReader(brokers, Catalogue.CONNECTION).read();
        if (!tls) {
            checkPlaintext(auth, addresses);
        }
        boolean password = WITH_PASSWORD.contains(auth);
        OAuth2Settings oauth = auth == KafkaAuth.CLIENT_CREDENTIALS
                ? new OAuth2Reader(brokers, Authentication.CLIENT_CREDENTIALS, faults).read()
                : null;
        return new Brokers(
                addresses,
                tls,
                connection,
                auth,
                password ? brokers.needed(auth.word(), Catalogue.KAFKA_USERNAME) : null,
                password ? brokers.neededSecret(auth.word(), Catalogue.KAFKA_PASSWORD) : null,
                oauth,
                extensions());
    }

    private void checkPlaintext(KafkaAuth auth, String addresses) {
        for (RawValue value : given) {
            String key = value.key();
            if (key.startsWith(Catalogue.KAFKA_TLS.name() + ".") || key.startsWith(Catalogue.KAFKA_TRUST.name())) {
                faults.add(
                        value.origin(),
                        key,
                        "'%s' has no effect without TLS; set %s=true, or remove it"
                                .formatted(key, Catalogue.KAFKA_TLS.name()));
            }
        }
        boolean elsewhere = List.of(addresses.split(",")).stream()
                .anyMatch(address -> ConnectionReader.isPlainHttpElsewhere("http://" + address));
        if (auth != KafkaAuth.NONE && elsewhere && !values.get(Catalogue.KAFKA_ALLOW_PLAINTEXT)) {
            fault(
                    Catalogue.KAFKA_AUTH,
                    "'%s=%s' without TLS shows the credentials to the network; set %s=true, or %s=true"
                            .formatted(
                                    Catalogue.KAFKA_AUTH.name(),
                                    auth.word(),
                                    Catalogue.KAFKA_TLS.name(),
                                    Catalogue.KAFKA_ALLOW_PLAINTEXT.name()));
        }
    }

    /** With which auth a key has an effect; none: with each. */
    private static List<String> using(String rest) {
        if (rest.startsWith("oauth.") || rest.equals(Catalogue.KAFKA_SASL_EXTENSIONS.rest())) {
            return List.of(KafkaAuth.CLIENT_CREDENTIALS.word());
        }
        return rest.equals(Catalogue.KAFKA_USERNAME.rest()) || rest.equals(Catalogue.KAFKA_PASSWORD.rest())
                ? WITH_PASSWORD.stream().map(KafkaAuth::word).toList()
                : List.of();
    }

    private Map<String, String> extensions() {
        Map<String, String> extensions = new LinkedHashMap<>();
        List<String> written = values.find(Catalogue.KAFKA_SASL_EXTENSIONS, Catalogue.KAFKA_SASL_EXTENSIONS.name());
        for (String extension : written == null ? List.<String>of() : written) {
            if (!EXTENSION.matcher(extension).matches()) {
                fault(
                        Catalogue.KAFKA_SASL_EXTENSIONS,
                        "'%s' in '%s' is no extension: write name=value, the name in letters"
                                .formatted(extension, Catalogue.KAFKA_SASL_EXTENSIONS.name()));
                continue;
            }
            int equals = extension.indexOf('=');
            extensions.put(extension.substring(0, equals), extension.substring(equals + 1));
        }
        return Map.copyOf(extensions);
    }

    private void fault(Key<?> key, String message) {
        faults.add(values.origin(key.name()), key.name(), message);
    }
}
