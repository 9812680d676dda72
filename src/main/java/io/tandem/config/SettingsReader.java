package io.tandem.config;

import io.tandem.config.Settings.Address;
import io.tandem.config.Settings.Callers;
import io.tandem.config.Settings.Cluster;
import io.tandem.config.Settings.Database;
import io.tandem.config.Settings.Http;
import io.tandem.config.Settings.Inbox;
import io.tandem.config.Settings.Journal;
import io.tandem.config.Settings.Kafka;
import io.tandem.config.Settings.Management;
import io.tandem.config.Settings.Otlp;
import io.tandem.config.Settings.Target;
import io.tandem.config.Settings.Telemetry;
import io.tandem.config.Settings.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns the values of all layers into {@link Settings}, and notes all that is wrong on the way. */
final class SettingsReader {
    /** Where files and replies go; in them, files would come in again. */
    private static final Set<String> BESIDE_INBOX = Set.of("done", "failed", "replies");

    private static final String SQLITE = "jdbc:sqlite:";

    private static final Pattern HEX_KEY = Pattern.compile("[0-9A-Fa-f]{64}");

    private final Map<String, RawValue> given;
    private final Path workingDirectory;
    private final Faults faults;
    private final Values values;

    SettingsReader(Map<String, RawValue> given, Map<String, String> environment, Path workingDirectory, Faults faults) {
        this.given = given;
        this.workingDirectory = workingDirectory;
        this.faults = faults;
        this.values = new Values(given, new Placeholders(given, environment), workingDirectory, faults);
    }

    /** Not to be used when there are faults. */
    Settings read() {
        String completion = values.get(Catalogue.COMPLETION);
        String shape = values.get(Catalogue.SHAPE);
        Path routes = folder(Catalogue.ROUTES);
        Http http = http();
        Callers callers = new CallersReader(values, faults).read(http);
        Management management = management(http);
        Inbox inbox = new Inbox(
                values.get(Catalogue.INBOX_ENABLED),
                inboxFolder(),
                values.get(Catalogue.INBOX_WINDOW),
                values.get(Catalogue.INBOX_MAX_RECORD),
                values.get(Catalogue.INBOX_RECOGNISE));
        Journal journal = journal();
        Kafka kafka = new KafkaReader(given.values(), values, faults).read();
        Map<String, Target> targets = targets();
        checkPolicy(completion, shape, targets.keySet());
        Map<String, String> camel = camel();
        ownKeys(routes);
        return new Settings(
                completion,
                shape,
                values.get(Catalogue.LATE).equals("cancel"),
                values.get(Catalogue.COMPARE_IGNORE),
                values.get(Catalogue.DEADLINE),
                routes,
                values.get(Catalogue.RELOAD),
                values.get(Catalogue.STATUS_PAGE),
                values.get(Catalogue.MAX_IN_FLIGHT),
                http,
                callers,
                management,
                inbox,
                journal,
                kafka,
                tokens(),
                values.get(Catalogue.ACCESS_LOG),
                new Cluster(
                        values.get(Catalogue.CLUSTER),
                        values.get(Catalogue.CLUSTER_DIR),
                        values.find(Catalogue.CLUSTER_NAMESPACE, Catalogue.CLUSTER_NAMESPACE.name())),
                telemetry(),
                targets,
                camel,
                values.open());
    }

    /** Where and how messages are accepted, and nothing else. */
    Address address() {
        return new Address(
                values.get(Catalogue.HTTP_HOST),
                values.get(Catalogue.HTTP_PORT),
                values.get(Catalogue.CALLER_KEY_HEADER),
                given.containsKey(Catalogue.HTTP_TLS_CERTIFICATE.name())
                        || given.containsKey(Catalogue.HTTP_TLS_KEYSTORE.name()));
    }

    private void checkPolicy(String completion, String shape, Set<String> targets) {
        String key = Catalogue.COMPLETION.name();
        if (completion.startsWith("quorum:") && Integer.parseInt(completion.substring(7)) > targets.size()) {
            faults.add(
                    values.origin(key),
                    key,
                    "'%s=%s' can't be met by %d targets".formatted(key, completion, targets.size()));
        }
        if (completion.startsWith("required:")) {
            for (String name : completion.substring(9).split(",")) {
                if (!targets.contains(name)) {
                    faults.add(
                            values.origin(key),
                            key,
                            "'%s=%s' names '%s', which is not a target; there are %s"
                                    .formatted(key, completion, name, String.join(", ", targets)));
                }
            }
        }
        if (shape.equals("first") && !Set.of("first", "any", "best-effort").contains(completion)) {
            String shapeKey = Catalogue.SHAPE.name();
            faults.add(
                    values.origin(shapeKey),
                    shapeKey,
                    "'%s=first' cancels the other deliveries, so that '%s=%s' is never met; set %s=first"
                            .formatted(shapeKey, key, completion, key));
        }
    }

    private Http http() {
        return new Http(
                values.get(Catalogue.HTTP_HOST),
                values.get(Catalogue.HTTP_PORT),
                values.get(Catalogue.HTTP_MAX_BODY),
                values.get(Catalogue.HTTP_FORWARD_HEADERS),
                values.get(Catalogue.HTTP_READ_TIMEOUT),
                values.get(Catalogue.HTTP_IDLE_TIMEOUT),
                values.get(Catalogue.HTTP_MAX_CONNECTIONS),
                values.get(Catalogue.HTTP_DRAIN_DELAY),
                values.get(Catalogue.HTTP_2),
                values.get(Catalogue.HTTP_DRAIN_TIMEOUT),
                values.get(Catalogue.HTTP_ORIGINS),
                new TlsReader(values, faults).read());
    }

    private Management management(Http http) {
        Management management = new Management(
                values.get(Catalogue.MANAGEMENT_HOST),
                values.get(Catalogue.MANAGEMENT_PORT),
                values.findSecret(Catalogue.MANAGEMENT_KEY, Catalogue.MANAGEMENT_KEY.name()),
                values.get(Catalogue.MANAGEMENT_TLS));
        if (management.tls() && http.tls() == null) {
            String key = Catalogue.MANAGEMENT_TLS.name();
            String needed = Catalogue.HTTP_TLS_CERTIFICATE.name();
            faults.add(
                    values.origin(key),
                    key,
                    "'%s' is for the certificate in '%s'; add %s=%s"
                            .formatted(key, needed, needed, Catalogue.HTTP_TLS_CERTIFICATE.example()));
        }
        if (management.port() != 0
                && management.port() == http.port()
                && management.host().equals(http.host())) {
            String httpKey = Catalogue.HTTP_PORT.name();
            String managementKey = Catalogue.MANAGEMENT_PORT.name();
            String wrong =
                    values.origin(managementKey).compareTo(values.origin(httpKey)) >= 0 ? managementKey : httpKey;
            faults.add(
                    values.origin(wrong),
                    wrong,
                    "'%s' and '%s' are both %d; change one".formatted(httpKey, managementKey, http.port()));
        }
        return management;
    }

    private Path inboxFolder() {
        Path inbox = folder(Catalogue.INBOX_DIR);
        Path name = inbox.getFileName();
        if (name == null || BESIDE_INBOX.contains(name.toString())) {
            String key = Catalogue.INBOX_DIR.name();
            faults.add(
                    values.origin(key),
                    key,
                    "'%s' can't be %s: Tandem makes a folder of that name beside it; use %s"
                            .formatted(key, values.get(Catalogue.INBOX_DIR), Catalogue.INBOX_DIR.example()));
        }
        return inbox;
    }

    private Journal journal() {
        return new Journal(
                database(),
                values.get(Catalogue.JOURNAL_SYNC),
                values.get(Catalogue.REDELIVERY_AFTER_REPLY),
                values.get(Catalogue.JOURNAL_MAX_PENDING),
                values.get(Catalogue.JOURNAL_MIN_FREE),
                values.get(Catalogue.JOURNAL_INLINE),
                values.get(Catalogue.JOURNAL_KEEP),
                values.get(Catalogue.JOURNAL_KEEP_DEAD));
    }

    private Database database() {
        String url = values.get(Catalogue.JOURNAL_URL);
        String user = values.find(Catalogue.JOURNAL_USER, Catalogue.JOURNAL_USER.name());
        Secret password = values.findSecret(Catalogue.JOURNAL_PASSWORD, Catalogue.JOURNAL_PASSWORD.name());
        if (!url.startsWith(SQLITE)) {
            return new Database.Postgres(url, user, password);
        }
        for (Key<?> key : List.of(Catalogue.JOURNAL_USER, Catalogue.JOURNAL_PASSWORD)) {
            if (given.values().stream().anyMatch(value -> value.key().equals(key.name()))) {
                faults.add(
                        values.origin(key.name()),
                        key.name(),
                        "'%s' has no effect with %s=%s; remove it"
                                .formatted(key.name(), Catalogue.JOURNAL_URL.name(), url));
            }
        }
        return new Database.Embedded(
                workingDirectory.resolve(url.substring(SQLITE.length())).normalize());
    }

    private Tokens tokens() {
        String name = Catalogue.TOKENS_KEY.name();
        Secret key = values.findSecret(Catalogue.TOKENS_KEY, name);
        // An empty one was told already, where its file could not be read
        if (key != null && !key.value().isEmpty() && !isKey(key.value())) {
            faults.add(
                    values.origin(name),
                    name,
                    "bad value for '%s': expected 32 bytes as base64 or as 64 hexadecimal digits, as 'openssl rand"
                                    .formatted(name)
                            + " -base64 32' writes them");
        }
        return new Tokens(folder(Catalogue.TOKENS_DIR), key, values.get(Catalogue.TOKENS_REFRESH_AT));
    }

    private Telemetry telemetry() {
        Otlp otlp = new Otlp(
                values.get(Catalogue.OTLP_URL),
                values.findSecret(Catalogue.OTLP_AUTHORIZATION, Catalogue.OTLP_AUTHORIZATION.name()),
                values.get(Catalogue.OTLP_METRICS),
                values.get(Catalogue.OTLP_INTERVAL));
        return new Telemetry(values.get(Catalogue.ROUTE_METRICS), values.get(Catalogue.TRACING_SAMPLE), otlp);
    }

    private static boolean isKey(String text) {
        if (HEX_KEY.matcher(text).matches()) {
            return true;
        }
        try {
            return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')).length == 32;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Path folder(Key<Path> key) {
        return workingDirectory.resolve(values.get(key)).normalize();
    }

    private Map<String, Target> targets() {
        Map<String, List<RawValue>> valuesByTarget = new LinkedHashMap<>();
        for (RawValue value : given.values()) {
            Catalogue.Match match = Catalogue.match(value.key());
            if (match != null && TargetNames.valid(match.target())) {
                valuesByTarget
                        .computeIfAbsent(match.target(), name -> new ArrayList<>())
                        .add(value);
            }
        }
        Map<String, Target> targets = new LinkedHashMap<>();
        valuesByTarget.forEach(
                (name, ofTarget) -> targets.put(name, new TargetReader(name, ofTarget, values, faults).read()));
        return Collections.unmodifiableMap(targets);
    }

    /** As they are: Camel resolves its placeholders itself. */
    private Map<String, String> camel() {
        Map<String, String> camel = new LinkedHashMap<>();
        given.values().stream()
                .filter(SettingsReader::isCamels)
                .forEach(value -> camel.put(value.key(), value.value()));
        return Collections.unmodifiableMap(camel);
    }

    /**
     * What routes and Camel's properties refer to becomes a placeholder. What only Tandem's own keys refer to does not:
     * it may well be a part of a secret.
     */
    private void ownKeys(Path routes) {
        Set<String> byCamel = References.inFiles(routes);
        byCamel.addAll(References.inValues(
                given.values().stream().filter(SettingsReader::isCamels).toList()));
        Set<String> byAny = new HashSet<>(byCamel);
        byAny.addAll(References.inValues(given.values()));
        KeyCheck.check(given.values(), byAny, faults);
        given.values().stream()
                .filter(value -> !Catalogue.isReserved(value.key()) && byCamel.contains(value.key()))
                .forEach(values::expose);
    }

    private static boolean isCamels(RawValue value) {
        return value.key().startsWith(Catalogue.CAMEL_PREFIX);
    }
}
