package io.tandem.config;

import io.tandem.config.Settings.Auth;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.config.Settings.Retry;
import io.tandem.config.Settings.Target;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one target. */
final class TargetReader {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /** What the token request has anyway, from keys of its own. */
    private static final Set<String> OWN_PARAMETERS = Set.of(
            "grant_type",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "scope",
            "audience",
            "resource");

    private final String target;
    private final List<RawValue> given;
    private final Values values;
    private final Faults faults;

    /** {@code given}: all values of this target, at least one. */
    TargetReader(String target, List<RawValue> given, Values values, Faults faults) {
        this.target = target;
        this.given = given;
        this.values = values;
        this.faults = faults;
    }

    Target read() {
        Origin firstMention = given.stream()
                .map(RawValue::origin)
                .min(Comparator.naturalOrder())
                .orElse(Origin.DEFAULTS);
        String url = required(Catalogue.URL, firstMention, "target '%s' has no URL".formatted(target), values::find);
        Map<String, String> headers = headers();
        return new Target(
                target,
                url,
                get(Catalogue.METHOD),
                get(Catalogue.TIMEOUT),
                get(Catalogue.CONNECT_TIMEOUT),
                get(Catalogue.LEASE_TIMEOUT),
                get(Catalogue.MAX_CONNECTIONS),
                get(Catalogue.MAX_REPLY),
                get(Catalogue.IDEMPOTENT),
                retry(),
                headers,
                auth(headers));
    }

    private Retry retry() {
        Duration min = get(Catalogue.RETRY_MIN_BACKOFF);
        Duration max = get(Catalogue.RETRY_MAX_BACKOFF);
        if (min.compareTo(max) > 0) {
            String minKey = Catalogue.RETRY_MIN_BACKOFF.at(target);
            String maxKey = Catalogue.RETRY_MAX_BACKOFF.at(target);
            String wrong = values.origin(maxKey).compareTo(values.origin(minKey)) >= 0 ? maxKey : minKey;
            faults.add(values.origin(wrong), wrong, "'%s' is longer than '%s'".formatted(minKey, maxKey));
        }
        return new Retry(get(Catalogue.RETRY_ATTEMPTS), min, max);
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        chosen(Catalogue.HEADER).forEach((raw, name) -> {
            try {
                HeaderNames.checkedNoCredential(name);
            } catch (BadValue e) {
                faults.add(raw.origin(), raw.key(), "bad header in '%s': %s".formatted(raw.key(), e.reason()));
                return;
            }
            String value = values.find(Catalogue.HEADER, raw.key());
            if (headers.put(name, value == null ? "" : value) != null) {
                faults.add(
                        raw.origin(),
                        raw.key(),
                        "'%s' is given twice, in upper and lower case; remove one".formatted(raw.key()));
            }
        });
        return Collections.unmodifiableMap(headers);
    }

    private Auth auth(Map<String, String> headers) {
        String authKey = Catalogue.AUTH.at(target);
        Authentication chosen = values.usable(Catalogue.AUTH, authKey);
        if (chosen == null) {
            // Without knowing what was meant, any word about the keys that depend on it would be a guess
            return new Auth.None();
        }
        reportKeysWithoutEffect(chosen);
        return switch (chosen) {
            case NONE -> new Auth.None();
            case BASIC ->
                new Auth.Basic(
                        needed(chosen, Catalogue.BASIC_USERNAME), neededSecret(chosen, Catalogue.BASIC_PASSWORD));
            case API_KEY -> apiKey(chosen, headers);
            case CLIENT_CREDENTIALS -> new Auth.OAuth2(oauth(chosen));
        };
    }

    private void reportKeysWithoutEffect(Authentication chosen) {
        Origin choice = values.origin(Catalogue.AUTH.at(target));
        for (RawValue value : given) {
            Catalogue.Match match = Catalogue.match(value.key());
            // A later layer may choose another auth than the file prepared; the file isn't wrong for that
            boolean madeUseless = value.origin().layer().compareTo(choice.layer()) < 0;
            if (match == null || madeUseless || chosen.uses(match.key().rest())) {
                continue;
            }
            String needed = Arrays.stream(Authentication.values())
                    .filter(other -> other.uses(match.key().rest()))
                    .map(Authentication::word)
                    .collect(Collectors.joining(" or "));
            faults.add(
                    value.origin(),
                    value.key(),
                    "'%s' has no effect with auth=%s; set %s=%s, or remove it"
                            .formatted(value.key(), chosen.word(), Catalogue.AUTH.at(target), needed));
        }
    }

    private Auth apiKey(Authentication chosen, Map<String, String> headers) {
        String header = get(Catalogue.API_KEY_HEADER);
        if (headers.containsKey(header)) {
            given.stream()
                    .filter(raw -> raw.key().equalsIgnoreCase("target.%s.header.%s".formatted(target, header)))
                    .forEach(raw -> faults.add(
                            raw.origin(),
                            raw.key(),
                            "'%s' names the header that carries the API key; remove it, or set another %s"
                                    .formatted(raw.key(), Catalogue.API_KEY_HEADER.at(target))));
        }
        String scheme = values.find(Catalogue.API_KEY_SCHEME, Catalogue.API_KEY_SCHEME.at(target));
        return new Auth.ApiKey(header, scheme, neededSecret(chosen, Catalogue.API_KEY_VALUE));
    }

    private OAuth2Settings oauth(Authentication chosen) {
        String tokenUrl = needed(chosen, Catalogue.OAUTH_TOKEN_URL);
        boolean allowHttp = get(Catalogue.OAUTH_ALLOW_HTTP);
        if (!allowHttp && isPlainHttpElsewhere(tokenUrl)) {
            String key = Catalogue.OAUTH_TOKEN_URL.at(target);
            faults.add(
                    values.origin(key),
                    key,
                    "'%s' is plain http, which shows the client secret to the network; use https, or set %s=true"
                            .formatted(key, Catalogue.OAUTH_ALLOW_HTTP.at(target)));
        }
        String clientAuth = get(Catalogue.OAUTH_CLIENT_AUTH);
        return new OAuth2Settings(
                chosen.word(),
                tokenUrl,
                needed(chosen, Catalogue.OAUTH_CLIENT_ID),
                clientSecret(chosen, clientAuth),
                clientAuth,
                get(Catalogue.OAUTH_SCOPE),
                values.find(Catalogue.OAUTH_AUDIENCE, Catalogue.OAUTH_AUDIENCE.at(target)),
                get(Catalogue.OAUTH_RESOURCE),
                parameters(),
                get(Catalogue.OAUTH_CONNECT_TIMEOUT),
                get(Catalogue.OAUTH_TIMEOUT),
                allowHttp);
    }

    private @Nullable Secret clientSecret(Authentication chosen, String clientAuth) {
        if (!clientAuth.equals("none")) {
            return neededSecret(chosen, Catalogue.OAUTH_CLIENT_SECRET);
        }
        String key = Catalogue.OAUTH_CLIENT_SECRET.at(target);
        Origin origin = values.origin(key);
        Origin choice = values.origin(Catalogue.OAUTH_CLIENT_AUTH.at(target));
        if (origin.layer().compareTo(choice.layer()) >= 0) {
            faults.add(origin, key, "'%s' has no effect with client-auth=none; remove one of the two".formatted(key));
        }
        return null;
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        chosen(Catalogue.OAUTH_PARAMETER).forEach((raw, name) -> {
            if (OWN_PARAMETERS.contains(name)) {
                faults.add(
                        raw.origin(),
                        raw.key(),
                        "'%s' is a parameter that Tandem sets from other keys".formatted(raw.key()));
                return;
            }
            String value = values.find(Catalogue.OAUTH_PARAMETER, raw.key());
            parameters.put(name, value == null ? "" : value);
        });
        return Collections.unmodifiableMap(parameters);
    }

    /** The values of an open-ended key, with the part of the key that the user chose. */
    private Map<RawValue, String> chosen(Key<?> openEnded) {
        Map<RawValue, String> chosen = new LinkedHashMap<>();
        for (RawValue raw : given) {
            Catalogue.Match match = Catalogue.match(raw.key());
            if (match != null && match.key().equals(openEnded)) {
                chosen.put(raw, match.chosen());
            }
        }
        return chosen;
    }

    private <T> T get(Key<T> key) {
        return values.get(key, key.at(target));
    }

    private <T> T needed(Authentication chosen, Key<T> key) {
        return required(key, values.origin(Catalogue.AUTH.at(target)), lacks(chosen, key), values::find);
    }

    private Secret neededSecret(Authentication chosen, Key<Secret> key) {
        return required(key, values.origin(Catalogue.AUTH.at(target)), lacks(chosen, key), values::findSecret);
    }

    private String lacks(Authentication chosen, Key<?> key) {
        return "target '%s' has auth=%s and lacks %s".formatted(target, chosen.word(), key.rest());
    }

    private interface Finder<T> {
        @Nullable
        T find(Key<T> key, String name);
    }

    private <T> T required(Key<T> key, Origin origin, String missing, Finder<T> finder) {
        String name = key.at(target);
        T value = finder.find(key, name);
        if (value != null) {
            return value;
        }
        faults.add(origin, name, "%s; add %s=%s".formatted(missing, name, key.example()));
        return key.type().parse(key.example());
    }

    private static boolean isPlainHttpElsewhere(String url) {
        URI uri = URI.create(url);
        return "http".equalsIgnoreCase(uri.getScheme())
                && !LOOPBACK.matcher(String.valueOf(uri.getHost())).matches();
    }
}
