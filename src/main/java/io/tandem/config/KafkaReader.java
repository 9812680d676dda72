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
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what is taken from Kafka, and how its brokers are connected to. */
final class KafkaReader {
    private static final Set<KafkaAuth> WITH_PASSWORD =
            Set.of(KafkaAuth.PLAIN, KafkaAuth.SCRAM_SHA_256, KafkaAuth.SCRAM_SHA_512);

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
            reportKeysWithoutEffect(usable);
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
                password ? needed(auth, Catalogue.KAFKA_USERNAME, brokers.find(Catalogue.KAFKA_USERNAME)) : null,
                password ? needed(auth, Catalogue.KAFKA_PASSWORD, brokers.findSecret(Catalogue.KAFKA_PASSWORD)) : null,
                oauth,
                extensions());
    }

    private <T> T needed(KafkaAuth auth, Key<T> key, @Nullable T value) {
        return brokers.orExample(
                key,
                value,
                values.origin(Catalogue.KAFKA_AUTH.name()),
                "tandem.kafka has auth=%s and lacks %s".formatted(auth.word(), key.rest()));
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

    private void reportKeysWithoutEffect(KafkaAuth chosen) {
        Origin choice = values.origin(Catalogue.KAFKA_AUTH.name());
        for (RawValue value : given) {
            // A later layer may choose another auth than the file prepared; the file isn't wrong for that
            boolean madeUseless = value.origin().layer().compareTo(choice.layer()) < 0;
            String needed = needed(value.key());
            if (needed.isEmpty() || madeUseless || List.of(needed.split(" or ")).contains(chosen.word())) {
                continue;
            }
            faults.add(
                    value.origin(),
                    value.key(),
                    "'%s' has no effect with auth=%s; set %s=%s, or remove it"
                            .formatted(value.key(), chosen.word(), Catalogue.KAFKA_AUTH.name(), needed));
        }
    }

    /** With which auth a key has an effect; empty: with each. */
    private static String needed(String key) {
        if (key.startsWith(Catalogue.KAFKA_PREFIX + "oauth.") || key.equals(Catalogue.KAFKA_SASL_EXTENSIONS.name())) {
            return KafkaAuth.CLIENT_CREDENTIALS.word();
        }
        return key.equals(Catalogue.KAFKA_USERNAME.name()) || key.equals(Catalogue.KAFKA_PASSWORD.name())
                ? "plain or scram-sha-256 or scram-sha-512"
                : "";
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
