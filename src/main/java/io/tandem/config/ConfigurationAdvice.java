package io.tandem.config;

import io.tandem.config.Settings.Auth;
import io.tandem.config.Settings.Target;
import java.time.Duration;
import java.util.Map;

/** Notes what a configuration says that is allowed, and can hardly be meant. */
final class ConfigurationAdvice {
    private final Map<String, RawValue> given;
    private final Settings settings;
    private final Faults faults;

    private ConfigurationAdvice(Map<String, RawValue> given, Settings settings, Faults faults) {
        this.given = given;
        this.settings = settings;
        this.faults = faults;
    }

    static void give(Map<String, RawValue> given, Settings settings, Faults faults) {
        ConfigurationAdvice advice = new ConfigurationAdvice(given, settings, faults);
        settings.targets().values().forEach(advice::target);
        advice.compare();
        advice.kafka();
        advice.secretsInClear();
    }

    private void target(Target target) {
        String name = target.name();
        withinDeadline(Catalogue.TIMEOUT.at(name), target.timeout());
        withinDeadline(Catalogue.CONNECT_TIMEOUT.at(name), target.connectTimeout());
        withinDeadline(Catalogue.LEASE_TIMEOUT.at(name), target.leaseTimeout());
        withinDeadline(Catalogue.RETRY_MIN_BACKOFF.at(name), target.retry().minBackoff());
        if (target.auth() instanceof Auth.OAuth2 oauth2) {
            withinDeadline(Catalogue.OAUTH_TIMEOUT.at(name), oauth2.oauth().timeout());
        }
        String connect = Catalogue.CONNECT_TIMEOUT.at(name);
        if (given.containsKey(connect) && target.connectTimeout().compareTo(target.timeout()) > 0) {
            warn(
                    connect,
                    "'%s' is longer than '%s', which ends every attempt: lower it"
                            .formatted(connect, Catalogue.TIMEOUT.at(name)));
        }
    }

    private void withinDeadline(String key, Duration value) {
        if (given.containsKey(key) && value.compareTo(settings.deadline()) > 0) {
            warn(
                    key,
                    "'%s' is longer than '%s', which ends every message: lower it, or raise that"
                            .formatted(key, Catalogue.DEADLINE.name()));
        }
    }

    private void compare() {
        String key = Catalogue.COMPARE_IGNORE.name();
        if (given.containsKey(key)
                && !settings.compareIgnore().isEmpty()
                && !settings.shape().equals("compare")) {
            warn(
                    key,
                    "'%s' has no effect with %s=%s; set %s=compare, or remove it"
                            .formatted(key, Catalogue.SHAPE.name(), settings.shape(), Catalogue.SHAPE.name()));
        }
    }

    private void kafka() {
        if (settings.kafka() != null) {
            return;
        }
        given.keySet().stream()
                .filter(key -> key.startsWith(Catalogue.KAFKA_PREFIX))
                .filter(key -> Catalogue.match(key) != null && !key.equals(Catalogue.KAFKA_TOPICS.name()))
                .forEach(key -> warn(
                        key,
                        "'%s' has no effect without %s; add %s=%s, or remove it"
                                .formatted(
                                        key,
                                        Catalogue.KAFKA_TOPICS.name(),
                                        Catalogue.KAFKA_TOPICS.name(),
                                        Catalogue.KAFKA_TOPICS.example())));
    }

    /** Files of the configuration are read by many and kept in repositories; what is mounted is there to hold secrets. */
    private void secretsInClear() {
        for (RawValue value : given.values()) {
            if (value.origin().layer() == Layer.FILE
                    && Catalogue.sensitivity(value.key()) == Sensitivity.SECRET
                    && !value.value().isBlank()
                    && !value.value().contains("{{")
                    && !value.value().startsWith(Values.FILE_REFERENCE)) {
                faults.advise(
                        Severity.HINT,
                        value.origin(),
                        value.key(),
                        "'%s' is written in clear: write {{env:NAME}} or file:PATH".formatted(value.key()));
            }
        }
    }

    private void warn(String key, String message) {
        RawValue value = given.get(key);
        faults.advise(Severity.WARNING, value == null ? Origin.DEFAULTS : value.origin(), key, message);
    }
}
