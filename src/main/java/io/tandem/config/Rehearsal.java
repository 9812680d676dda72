package io.tandem.config;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Puts stand-ins in place of what is real: targets, authorization servers, secrets, ports and folders. What the rest of
 * a configuration says stays. For one thread.
 */
final class Rehearsal {
    private static final Origin ORIGIN = Origin.of(Layer.OVERRIDES, "test run");

    /** What is asked of the authorization server may be kept: it is part of what is tried. */
    private static final List<Key<?>> KEPT_OF_OAUTH = List.of(
            Catalogue.OAUTH_SCOPE,
            Catalogue.OAUTH_AUDIENCE,
            Catalogue.OAUTH_RESOURCE,
            Catalogue.OAUTH_SUBJECT_TOKEN_TYPE,
            Catalogue.OAUTH_REQUESTED_TOKEN_TYPE,
            Catalogue.OAUTH_REJECTED_STATUSES);

    /** Within the deadline, a busy machine may take the time it needs. */
    private static final String LONG = "1h";

    /** What is about the world outside, callers and networks, and would keep a test run from its stand-ins. */
    private static final List<String> OUTSIDE = List.of(
            "tandem.auth", "tandem.caller", "tandem.egress", "tandem.http.tls", "tandem.intake", "tandem.kafka");

    private static final List<String> OUTSIDE_OF_TARGET = List.of("tls.", "trust", "proxy", "allow-http");

    private final Map<String, RawValue> given;
    private final Placeholders placeholders;
    private final StandIns standIns;

    private Rehearsal(Map<String, RawValue> given, Placeholders placeholders, StandIns standIns) {
        this.given = given;
        this.placeholders = placeholders;
        this.standIns = standIns;
    }

    /** Changes {@code given}. */
    static void prepare(Map<String, RawValue> given, Map<String, String> environment, StandIns standIns) {
        Rehearsal rehearsal = new Rehearsal(given, new Placeholders(given, environment), standIns);
        rehearsal.surroundings();
        for (String target : rehearsal.targets()) {
            rehearsal.target(target);
        }
    }

    private Set<String> targets() {
        return given.keySet().stream()
                .map(Catalogue::match)
                .filter(match -> match != null && TargetNames.valid(match.target()))
                .map(match -> match == null ? "" : match.target())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void surroundings() {
        put(Catalogue.HTTP_HOST.name(), "127.0.0.1");
        put(Catalogue.HTTP_PORT.name(), "0");
        put(Catalogue.HTTP_DRAIN_DELAY.name(), "0s");
        put(Catalogue.HTTP_DRAIN_TIMEOUT.name(), "500ms");
        put(Catalogue.MANAGEMENT_HOST.name(), "127.0.0.1");
        put(Catalogue.MANAGEMENT_PORT.name(), "0");
        put(Catalogue.ACCESS_LOG.name(), "off");
        put(Catalogue.RELOAD.name(), "false");
        put(Catalogue.STATUS_PAGE.name(), "false");
        put(Catalogue.INBOX_DIR.name(), standIns.folder().resolve("inbox").toString());
        put(Catalogue.TOKENS_DIR.name(), standIns.folder().resolve("tokens").toString());
        put(
                Catalogue.JOURNAL_URL.name(),
                "jdbc:sqlite:" + standIns.folder().resolve("journal").resolve("tandem.db"));
        if (value(Catalogue.CLUSTER.name()).equals("kubernetes")) {
            put(Catalogue.CLUSTER.name(), "file");
        }
        put(Catalogue.CLUSTER_DIR.name(), standIns.folder().resolve("cluster").toString());
        given.keySet().removeIf(Rehearsal::isOutside);
        for (Key<?> key : List.of(Catalogue.JOURNAL_USER, Catalogue.JOURNAL_PASSWORD, Catalogue.TOKENS_KEY)) {
            given.remove(key.name());
        }
    }

    /** Mistyped keys stay, to be told. */
    private static boolean isOutside(String key) {
        Catalogue.Match match = Catalogue.match(key);
        if (match == null) {
            return false;
        }
        return match.target().isEmpty()
                ? OUTSIDE.stream().anyMatch(key::startsWith)
                : OUTSIDE_OF_TARGET.stream().anyMatch(match.key().rest()::startsWith);
    }

    private void target(String target) {
        String url = Catalogue.URL.at(target);
        // without one, the target is told as incomplete as at any start
        if (given.containsKey(url)) {
            put(url, standIns.url(target, path(value(url))));
        }
        String auth = value(Catalogue.AUTH.at(target));
        if (Authentication.isOAuth2(auth)) {
            authorizationServer(target, auth);
        }
        if (standIns.answerAtOnce()) {
            lengthen(Catalogue.TIMEOUT.at(target));
            lengthen(Catalogue.CONNECT_TIMEOUT.at(target));
            lengthen(Catalogue.LEASE_TIMEOUT.at(target));
        }
        given.replaceAll((key, value) -> {
            Catalogue.Match match = Catalogue.match(key);
            boolean secret = match != null
                    && match.target().equals(target)
                    && match.key().sensitivity() == Sensitivity.SECRET;
            return secret ? RawValue.of(key, StandIns.secret(target), ORIGIN) : value;
        });
    }

    private void authorizationServer(String target, String auth) {
        String prefix = Catalogue.TARGET_PREFIX + target + ".oauth.";
        String parameters = Catalogue.TARGET_PREFIX + target + "." + Catalogue.OAUTH_PARAMETER.stem();
        Set<String> kept = KEPT_OF_OAUTH.stream().map(key -> key.at(target)).collect(Collectors.toSet());
        given.keySet().removeIf(key -> key.startsWith(prefix) && !kept.contains(key) && !key.startsWith(parameters));
        if (auth.equals(Authentication.AUTHORIZATION_CODE.word())) {
            // nobody is there to log in
            put(Catalogue.AUTH.at(target), Authentication.CLIENT_CREDENTIALS.word());
        }
        put(Catalogue.OAUTH_TOKEN_URL.at(target), standIns.tokenUrl(target));
        put(Catalogue.OAUTH_TIMEOUT.at(target), LONG);
        put(Catalogue.OAUTH_CONNECT_TIMEOUT.at(target), LONG);
        put(Catalogue.OAUTH_CLIENT_ID.at(target), "tandem");
        put(Catalogue.OAUTH_CLIENT_SECRET.at(target), StandIns.secret(target));
    }

    /** But for what was set for just this run. */
    private void lengthen(String key) {
        RawValue raw = given.get(key);
        if (raw == null || raw.origin().layer() != Layer.OVERRIDES) {
            put(key, LONG);
        }
    }

    private void put(String key, String value) {
        given.put(key, RawValue.of(key, value, ORIGIN));
    }

    /** Empty when it is not there, or can't be told. */
    private String value(String key) {
        RawValue raw = given.get(key);
        try {
            return raw == null ? "" : placeholders.resolve(raw).strip();
        } catch (Placeholders.UnresolvedException e) {
            return "";
        }
    }

    private static String path(String url) {
        try {
            URI uri = URI.create(url);
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        } catch (IllegalArgumentException e) {
            return "/";
        }
    }
}
