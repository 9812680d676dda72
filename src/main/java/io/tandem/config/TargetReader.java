package io.tandem.config;

import io.tandem.config.Settings.Auth;
import io.tandem.config.Settings.Breaker;
import io.tandem.config.Settings.Bulkhead;
import io.tandem.config.Settings.Connection;
import io.tandem.config.Settings.Protection;
import io.tandem.config.Settings.Redelivery;
import io.tandem.config.Settings.Retry;
import io.tandem.config.Settings.Target;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one target. */
final class TargetReader {
    private final String target;
    private final List<RawValue> given;
    private final Values values;
    private final Faults faults;
    private final TargetValues ofTarget;

    /** {@code given}: all values of this target, at least one. */
    TargetReader(String target, List<RawValue> given, Values values, Faults faults) {
        this.target = target;
        this.given = given;
        this.values = values;
        this.faults = faults;
        this.ofTarget = TargetValues.of(target, given, values, faults);
    }

    Target read() {
        Origin firstMention = given.stream()
                .map(RawValue::origin)
                .min(Comparator.naturalOrder())
                .orElse(Origin.DEFAULTS);
        String url = ofTarget.orExample(
                Catalogue.URL, ofTarget.find(Catalogue.URL), firstMention, "target '%s' has no URL".formatted(target));
        Map<String, String> headers = headers();
        Connection connection = new ConnectionReader(ofTarget, Catalogue.CONNECTION).read();
        Auth auth = auth(headers);
        if (!(auth instanceof Auth.None) && !connection.allowHttp() && ConnectionReader.isPlainHttpElsewhere(url)) {
            ofTarget.fault(
                    Catalogue.URL,
                    "'%s' is plain http, which shows the credentials to the network; use https, or set "
                            + Catalogue.ALLOW_HTTP.at(target) + "=true");
        }
        return new Target(
                target,
                url,
                ofTarget.get(Catalogue.METHOD),
                ofTarget.get(Catalogue.CLIENT),
                ofTarget.get(Catalogue.TIMEOUT),
                ofTarget.get(Catalogue.CONNECT_TIMEOUT),
                ofTarget.get(Catalogue.LEASE_TIMEOUT),
                ofTarget.get(Catalogue.MAX_CONNECTIONS),
                ofTarget.get(Catalogue.MAX_REPLY),
                ofTarget.get(Catalogue.IDEMPOTENT),
                ofTarget.get(Catalogue.ORDERED),
                retry(),
                redelivery(),
                protection(),
                ofTarget.find(Catalogue.WHEN),
                headers,
                connection,
                auth);
    }

    private Retry retry() {
        checkBackoff(Catalogue.RETRY_MIN_BACKOFF, Catalogue.RETRY_MAX_BACKOFF);
        return new Retry(
                ofTarget.get(Catalogue.RETRY_ATTEMPTS),
                ofTarget.get(Catalogue.RETRY_MIN_BACKOFF),
                ofTarget.get(Catalogue.RETRY_MAX_BACKOFF));
    }

    private Protection protection() {
        if (ofTarget.get(Catalogue.MIN_TIMEOUT).compareTo(ofTarget.get(Catalogue.TIMEOUT)) > 0) {
            String least = Catalogue.MIN_TIMEOUT.at(target);
            faults.add(
                    values.origin(least),
                    least,
                    "'%s' is longer than '%s'".formatted(least, Catalogue.TIMEOUT.at(target)));
        }
        return new Protection(
                ofTarget.get(Catalogue.MIN_TIMEOUT),
                ofTarget.get(Catalogue.RETRY_BUDGET),
                breaker(),
                bulkhead(),
                ofTarget.find(Catalogue.RATE));
    }

    private @Nullable Breaker breaker() {
        Breaker breaker = new Breaker(
                ofTarget.get(Catalogue.BREAKER_FAILURE_RATE),
                ofTarget.find(Catalogue.BREAKER_SLOW_CALL),
                ofTarget.get(Catalogue.BREAKER_SLOW_RATE),
                ofTarget.get(Catalogue.BREAKER_WINDOW),
                ofTarget.get(Catalogue.BREAKER_MIN_CALLS),
                ofTarget.get(Catalogue.BREAKER_OPEN),
                ofTarget.get(Catalogue.BREAKER_PROBES));
        return ofTarget.get(Catalogue.BREAKER) ? breaker : null;
    }

    private @Nullable Bulkhead bulkhead() {
        Integer most = ofTarget.find(Catalogue.BULKHEAD_MAX_IN_FLIGHT);
        Duration wait = ofTarget.get(Catalogue.BULKHEAD_WAIT);
        return most == null ? null : new Bulkhead(most, wait);
    }

    private Redelivery redelivery() {
        checkBackoff(Catalogue.REDELIVERY_MIN_BACKOFF, Catalogue.REDELIVERY_MAX_BACKOFF);
        return new Redelivery(
                ofTarget.get(Catalogue.REDELIVERY_CONCURRENCY),
                ofTarget.get(Catalogue.REDELIVERY_MIN_BACKOFF),
                ofTarget.get(Catalogue.REDELIVERY_MAX_BACKOFF),
                ofTarget.get(Catalogue.REDELIVERY_MAX_AGE));
    }

    private void checkBackoff(Key<Duration> least, Key<Duration> most) {
        if (ofTarget.get(least).compareTo(ofTarget.get(most)) > 0) {
            String minKey = least.at(target);
            String maxKey = most.at(target);
            String wrong = values.origin(maxKey).compareTo(values.origin(minKey)) >= 0 ? maxKey : minKey;
            faults.add(values.origin(wrong), wrong, "'%s' is longer than '%s'".formatted(minKey, maxKey));
        }
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ofTarget.chosen(Catalogue.HEADER).forEach((raw, name) -> {
            try {
                HeaderNames.checkedNoCredential(name);
            } catch (BadValue e) {
                faults.add(raw.origin(), raw.key(), "bad header in '%s': %s".formatted(raw.key(), e.reason()));
                return;
            }
            if (headers.put(name, ofTarget.text(Catalogue.HEADER, raw)) != null) {
                faults.add(
                        raw.origin(),
                        raw.key(),
                        "'%s' is given twice, in upper and lower case; remove one".formatted(raw.key()));
            }
        });
        return Collections.unmodifiableMap(headers);
    }

    private Auth auth(Map<String, String> headers) {
        Authentication chosen = ofTarget.usable(Catalogue.AUTH);
        if (chosen == null) {
            // Without knowing what was meant, any word about the keys that depend on it would be a guess
            return new Auth.None();
        }
        ofTarget.reportKeysWithoutEffect(Catalogue.AUTH, chosen.word(), Authentication::using);
        return switch (chosen) {
            case NONE -> new Auth.None();
            case BASIC ->
                new Auth.Basic(
                        ofTarget.needed(chosen.word(), Catalogue.BASIC_USERNAME),
                        ofTarget.neededSecret(chosen.word(), Catalogue.BASIC_PASSWORD));
            case API_KEY -> apiKey(chosen, headers);
            case CLIENT_CREDENTIALS, AUTHORIZATION_CODE, TOKEN_EXCHANGE ->
                new Auth.OAuth2(new OAuth2Reader(ofTarget, chosen, faults).read());
        };
    }

    private Auth apiKey(Authentication chosen, Map<String, String> headers) {
        String header = ofTarget.get(Catalogue.API_KEY_HEADER);
        if (headers.containsKey(header)) {
            given.stream()
                    .filter(raw -> raw.key().equalsIgnoreCase("target.%s.header.%s".formatted(target, header)))
                    .forEach(raw -> faults.add(
                            raw.origin(),
                            raw.key(),
                            "'%s' names the header that carries the API key; remove it, or set another %s"
                                    .formatted(raw.key(), Catalogue.API_KEY_HEADER.at(target))));
        }
        String scheme = ofTarget.find(Catalogue.API_KEY_SCHEME);
        return new Auth.ApiKey(header, scheme, ofTarget.neededSecret(chosen.word(), Catalogue.API_KEY_VALUE));
    }
}
