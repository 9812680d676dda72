package io.tandem.config;

import static io.tandem.config.Key.key;

import io.tandem.config.Settings.AccessLog;
import io.tandem.config.Settings.AddressBlock;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.config.Settings.CertificateName;
import io.tandem.config.Settings.Client;
import io.tandem.config.Settings.Condition;
import io.tandem.config.Settings.Election;
import io.tandem.config.Settings.HostAndPort;
import io.tandem.config.Settings.KafkaAuth;
import io.tandem.config.Settings.Rate;
import io.tandem.config.Settings.Redirect;
import io.tandem.config.Settings.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every key there is: the one place that declares it, from which checks, defaults and the reference page follow. */
final class Catalogue {
    static final String TANDEM_PREFIX = "tandem.";
    static final String TARGET_PREFIX = "target.";
    static final String CAMEL_PREFIX = "camel.";
    static final String KAFKA_PREFIX = "tandem.kafka.";

    static final Key<String> COMPLETION = key(
                    "tandem.completion",
                    ValueTypes.forms(
                            ValueTypes.form("all"),
                            ValueTypes.form("any"),
                            ValueTypes.form("quorum:N", "quorum:[1-9]\\d{0,3}"),
                            ValueTypes.form("required:NAME[,NAME]", "required:[^,\\s]+(,[^,\\s]+)*"),
                            ValueTypes.form("best-effort"),
                            ValueTypes.form("first")),
                    "required:api-one",
                    "Which deliveries make a message a success: all of them, any one, at least N, those to the targets"
                            + " that are named, whatever was possible (best-effort), or the first, which cancels the"
                            + " others.")
            .withDefault("all");

    static final Key<String> SHAPE = key(
                    "tandem.shape",
                    ValueTypes.words("collect", "merge", "first", "compare"),
                    "merge",
                    "How the replies become one: collect keys them by target, in the order of the routes; merge makes one"
                            + " object of all and reports conflicts; first gives the body that came first alone;"
                            + " compare adds the differences between the first target and each other.")
            .withDefault("collect");

    static final Key<String> LATE = key(
                    "tandem.late",
                    ValueTypes.words("wait", "cancel"),
                    "cancel",
                    "What becomes of deliveries under way when the completion policy is decided: wait lets them end, within"
                            + " the deadline, and the caller gets all the replies there are; cancel answers at once and"
                            + " closes their connections, as first always does.")
            .withDefault("wait");

    static final Key<List<String>> COMPARE_IGNORE = key(
                    "tandem.compare.ignore",
                    ValueTypes.POINTERS,
                    "/id,/items/*/updatedAt",
                    "What the shape compare leaves out: JSON Pointers, separated by commas; * stands for every member or"
                            + " element.")
            .withDefault("");

    static final Key<Duration> DEADLINE = key(
                    "tandem.deadline",
                    ValueTypes.DURATION,
                    "30s",
                    "Time budget of one message, over queueing, tokens, all attempts and the waits between them.")
            .withDefault("10s");

    static final Key<Path> ROUTES = key(
                    "tandem.routes",
                    ValueTypes.PATH,
                    "/etc/camel/sources",
                    "Folder of the route files, relative to the working directory; without such a folder there, the"
                            + " one that came with Tandem.")
            .withDefault("routes")
            .atStart();

    static final Key<Boolean> RELOAD = key(
                    "tandem.reload",
                    ValueTypes.FLAG,
                    "false",
                    "Whether an edit of routes or settings takes effect while Tandem runs, as soon as it is saved.")
            .withDefault("true")
            .atStart();

    static final Key<Boolean> STATUS_PAGE = key(
                    "tandem.status-page",
                    ValueTypes.FLAG,
                    "false",
                    "Whether the status page is served at / and its documents under /status.")
            .withDefault("true")
            .atStart();

    static final Key<Integer> MAX_IN_FLIGHT = key(
                    "tandem.max-in-flight",
                    ValueTypes.count(1, 1_000_000),
                    "256",
                    "Messages worked on at the same time; beyond it callers get 503 with Retry-After.")
            .withDefault("1024")
            .in("messages")
            .atStart();

    static final Key<AccessLog> ACCESS_LOG = key(
                    "tandem.access-log",
                    ValueTypes.choice(format -> format.name().toLowerCase(Locale.ROOT), List.of(AccessLog.values())),
                    "json",
                    "Format of the access log, which has one line per message.")
            .withDefault("text")
            .atStart();

    static final Key<Election> CLUSTER = key(
                    "tandem.cluster",
                    ValueTypes.choice(election -> election.name().toLowerCase(Locale.ROOT), List.of(Election.values())),
                    "kubernetes",
                    "By what instances elect the one in which routes from master:… run: nothing, so that there are no such"
                            + " routes; a lock in a folder that they share; or a Lease of Kubernetes.")
            .withDefault("none")
            .atStart();

    static final Key<Path> CLUSTER_DIR = key(
                    "tandem.cluster.dir",
                    ValueTypes.PATH,
                    "/data/cluster",
                    "The folder of the lock, with tandem.cluster=file.")
            .withDefault("data/cluster")
            .atStart();

    static final Key<String> CLUSTER_NAMESPACE = key(
                    "tandem.cluster.namespace",
                    ValueTypes.TEXT,
                    "integration",
                    "The namespace of the Lease, with tandem.cluster=kubernetes; the pod's own unless told otherwise.")
            .atStart();

    static final Key<Boolean> ROUTE_METRICS = key(
                    "tandem.metrics.routes",
                    ValueTypes.FLAG,
                    "true",
                    "Whether Camel's own meters of each route are there besides Tandem's; they cost time with each message.")
            .withDefault("false")
            .atStart();

    static final Key<Double> TRACING_SAMPLE = key(
                    "tandem.tracing.sample",
                    ValueTypes.fraction(0, 1),
                    "0.01",
                    "Share of the messages whose traces are sent to tandem.otlp.url, unless a caller has decided by its own"
                            + " traceparent; 0 traces none.")
            .withDefault("0")
            .atStart();

    static final Key<String> OTLP_URL = key(
                    "tandem.otlp.url",
                    ValueTypes.URL,
                    "https://otlp.example.com",
                    "Collector of OpenTelemetry, which takes OTLP over HTTP: the part before /v1/traces and /v1/metrics.")
            .withDefault("http://127.0.0.1:4318")
            .atStart();

    static final Key<Secret> OTLP_AUTHORIZATION = secret(
                    "tandem.otlp.authorization",
                    "file:/run/secrets/otlp-authorization",
                    "Header Authorization for the collector, as it is sent.")
            .atStart();

    static final Key<Boolean> OTLP_METRICS = key(
                    "tandem.otlp.metrics",
                    ValueTypes.FLAG,
                    "true",
                    "Whether the meters are sent to tandem.otlp.url; they are at the management port in any case.")
            .withDefault("false")
            .atStart();

    static final Key<Duration> OTLP_INTERVAL = key(
                    "tandem.otlp.interval", ValueTypes.DURATION, "30s", "How often the meters are sent.")
            .withDefault("60s")
            .atStart();

    static final Key<String> HTTP_HOST = key(
                    "tandem.http.host",
                    ValueTypes.HOST,
                    "0.0.0.0",
                    "Address on which messages are accepted; 0.0.0.0 is every interface of the machine.")
            .withDefault("127.0.0.1")
            .atStart();

    static final Key<Integer> HTTP_PORT = key(
                    "tandem.http.port",
                    ValueTypes.PORT,
                    "8081",
                    "Port on which messages are accepted; 0 takes any free one.")
            .withDefault("8080")
            .atStart();

    static final Key<Integer> HTTP_MAX_BODY = key(
                    "tandem.http.max-body",
                    ValueTypes.SIZE,
                    "256KiB",
                    "Largest body of a request; a larger one gets 413.")
            .withDefault("1MiB")
            .atStart();

    static final Key<Set<String>> HTTP_FORWARD_HEADERS = key(
                    "tandem.http.forward-headers",
                    ValueTypes.HEADER_LIST,
                    "X-Tenant,Accept-Language",
                    "Headers of the caller that all targets receive; credentials, and headers that Tandem sets itself,"
                            + " can't be forwarded.")
            .withDefault("");

    static final Key<Duration> HTTP_READ_TIMEOUT = key(
                    "tandem.http.read-timeout",
                    ValueTypes.DURATION,
                    "10s",
                    "How long a caller may take to send a whole request.")
            .withDefault("30s")
            .atStart();

    static final Key<Duration> HTTP_IDLE_TIMEOUT = key(
                    "tandem.http.idle-timeout",
                    ValueTypes.DURATION,
                    "5m",
                    "How long a connection may stay open without a request; longer than that of proxies in front, so that"
                            + " it is they who close.")
            .withDefault("75s")
            .atStart();

    static final Key<Integer> HTTP_MAX_CONNECTIONS = key(
                    "tandem.http.max-connections",
                    ValueTypes.count(1, 1_000_000),
                    "1000",
                    "Connections of callers at the same time; who comes beyond that gets 503, without TLS, and is cut off.")
            .withDefault("10000")
            .in("connections")
            .atStart();

    static final Key<Duration> HTTP_DRAIN_DELAY = key(
                    "tandem.http.drain-delay",
                    ValueTypes.DURATION_OR_ZERO,
                    "10s",
                    "How long Tandem, told to stop, goes on taking messages over HTTP while it is no longer ready: as long as"
                            + " whoever spreads the messages over several instances needs to leave this one out.")
            .withDefault("0s")
            .atStart();

    static final Key<Boolean> HTTP_2 = key(
                    "tandem.http.http2",
                    ValueTypes.FLAG,
                    "false",
                    "Whether callers may use HTTP/2: with TLS when they ask for it (ALPN), without when they begin with it"
                            + " (prior knowledge).")
            .withDefault("true")
            .atStart();

    static final Key<Duration> HTTP_DRAIN_TIMEOUT = key(
                    "tandem.http.drain-timeout",
                    ValueTypes.DURATION_OR_ZERO,
                    "45s",
                    "How long messages in flight may take to finish when Tandem stops, after tandem.http.drain-delay.")
            .withDefault("20s")
            .atStart();

    static final Key<Set<String>> HTTP_ORIGINS = key(
                    "tandem.http.origins",
                    ValueTypes.ORIGINS,
                    "https://tandem.example.com",
                    "Origins of web pages that may send something, besides Tandem's own as the browser sees it; their hosts"
                            + " are names by which Tandem may be called on this machine.")
            .withDefault("")
            .atStart();

    static final Key<Path> HTTP_TLS_CERTIFICATE = key(
                    "tandem.http.tls.certificate",
                    ValueTypes.FILE,
                    "/run/secrets/tandem/tls.crt",
                    "Certificate with its chain, PEM, by which messages are accepted over TLS, and over nothing else.")
            .atStart();

    static final Key<Path> HTTP_TLS_KEY = key(
                    "tandem.http.tls.key",
                    ValueTypes.FILE,
                    "/run/secrets/tandem/tls.key",
                    "Private key of the certificate, PEM.")
            .atStart();

    static final Key<Path> HTTP_TLS_KEYSTORE = key(
                    "tandem.http.tls.keystore",
                    ValueTypes.FILE,
                    "/run/secrets/tandem/server.p12",
                    "Certificate and key in one PKCS12 file, instead of the two PEM files.")
            .atStart();

    static final Key<Secret> HTTP_TLS_KEYSTORE_PASSWORD = secret(
                    "tandem.http.tls.keystore-password",
                    "file:/run/secrets/tandem/server.pass",
                    "Password of the keystore.")
            .atStart();

    static final Key<Path> HTTP_TLS_CLIENT_TRUST = key(
                    "tandem.http.tls.client-trust",
                    ValueTypes.FILE,
                    "/etc/ssl/callers-ca.pem",
                    "Certificates by which those of callers are trusted, PEM or PKCS12; required with mtls.")
            .atStart();

    static final Key<Secret> HTTP_TLS_CLIENT_TRUST_PASSWORD = secret(
                    "tandem.http.tls.client-trust-password",
                    "file:/run/secrets/callers-ca.pass",
                    "Password of a PKCS12 file of client-trust.")
            .atStart();

    static final Key<Set<CallerAuth>> CALLER_AUTH = key(
                    "tandem.auth",
                    ValueTypes.CALLER_AUTH,
                    "api-key",
                    "How callers over HTTP show who they are, any of the ways listed being enough; none lets everybody in, and"
                            + " then Tandem listens on this machine alone.")
            .withDefault("none")
            .atStart();

    static final Key<Boolean> ALLOW_ANONYMOUS = key(
                    "tandem.auth.allow-anonymous",
                    ValueTypes.FLAG,
                    "true",
                    "Whether other machines may send messages although nobody is asked who they are.")
            .withDefault("false")
            .atStart();

    static final Key<Secret> CALLERS = key(
                    "tandem.auth.callers",
                    ValueTypes.SECRET_LINES,
                    "file:/run/secrets/tandem-callers",
                    "Who may call, with api-key and basic: a line for each credential, as 'bin/tandem hash-key' writes them.")
            .kept(Sensitivity.SECRET)
            .atStart();

    static final Key<String> CALLER_KEY_HEADER = key(
                    "tandem.auth.api-key.header",
                    ValueTypes.HEADER_NAME,
                    "Authorization",
                    "Header in which callers send their API key, alone.")
            .withDefault("X-Api-Key")
            .atStart();

    static final Key<String> JWT_ISSUER = key(
                    "tandem.auth.jwt.issuer",
                    ValueTypes.URL,
                    "https://idp.example.com/realms/orders",
                    "Who issues the access tokens that callers show, exactly as it stands in them; required with jwt.")
            .atStart();

    static final Key<String> JWT_JWKS_URL = key(
                    "tandem.auth.jwt.jwks-url",
                    ValueTypes.URL,
                    "https://idp.example.com/realms/orders/certs",
                    "Where the issuer publishes its keys; without it, the issuer's metadata is asked.")
            .atStart();

    static final Key<List<String>> JWT_AUDIENCE = key(
                    "tandem.auth.jwt.audience",
                    ValueTypes.TEXTS,
                    "https://tandem.example.com",
                    "Whom tokens must be for, one of those listed being enough; required with jwt.")
            .atStart();

    static final Key<List<String>> JWT_ALGORITHMS = key(
                    "tandem.auth.jwt.algorithms",
                    ValueTypes.SIGNATURES,
                    "ES256",
                    "By which algorithms tokens may be signed.")
            .withDefault("RS256,PS256,ES256")
            .atStart();

    static final Key<List<String>> JWT_SCOPE_CLAIMS = key(
                    "tandem.auth.jwt.scope-claims",
                    ValueTypes.TEXTS,
                    "scope,realm_access.roles",
                    "Claims that say what a caller was granted, as text with spaces or as a list; a dot leads into an object.")
            .withDefault("scope,scp")
            .atStart();

    static final Key<String> JWT_NAME_CLAIM = key(
                    "tandem.auth.jwt.name-claim", ValueTypes.TEXT, "client_id", "Claim that tells callers apart.")
            .withDefault("sub")
            .atStart();

    static final Key<Duration> JWT_CLOCK_SKEW = key(
                    "tandem.auth.jwt.clock-skew",
                    ValueTypes.DURATION_OR_ZERO,
                    "5s",
                    "By how much the issuer's clock may differ from this one.")
            .withDefault("30s")
            .atStart();

    static final Key<CertificateName> MTLS_NAME = key(
                    "tandem.auth.mtls.name",
                    ValueTypes.choice(CertificateName::word, List.of(CertificateName.values())),
                    "san-dns",
                    "What of a caller's certificate is its name: the common name or all of its subject, or its first"
                            + " alternative name of a kind.")
            .withDefault("cn")
            .atStart();

    static final Key<Set<String>> MTLS_ALLOW = key(
                    "tandem.auth.mtls.allow",
                    ValueTypes.LINE_SET,
                    "shop;orders.example.com",
                    "Names of the callers who may call, separated by semicolons; without it, all whose certificate is trusted.")
            .atStart();

    static final Key<List<String>> MTLS_SCOPES = key(
                    "tandem.auth.mtls.scopes",
                    ValueTypes.SCOPES,
                    "messages.write messages.read",
                    "What callers with a certificate may do.")
            .withDefault("{{tandem.auth.scope.send}}")
            .atStart();

    static final Key<Rate> CALLER_RATE = key(
                    "tandem.caller.rate",
                    ValueTypes.RATE,
                    "100/s",
                    "How many requests a caller may make, beyond which it gets 429; who shows no credential is known by its address.")
            .atStart();

    static final Key<String> SCOPE_SEND = key(
                    "tandem.auth.scope.send",
                    ValueTypes.SCOPE,
                    "orders.send",
                    "What a caller must have been granted to send messages, and to call routes of your own that change"
                            + " something.")
            .withDefault("messages.write")
            .atStart();

    static final Key<String> SCOPE_READ = key(
                    "tandem.auth.scope.read",
                    ValueTypes.SCOPE,
                    "tandem.operator",
                    "What a caller must have been granted to see messages, and for other GET requests.")
            .withDefault("messages.read")
            .atStart();

    static final Key<String> SCOPE_REPLAY = key(
                    "tandem.auth.scope.replay",
                    ValueTypes.SCOPE,
                    "tandem.operator",
                    "What a caller must have been granted to have messages tried again.")
            .withDefault("messages.replay")
            .atStart();

    static final Key<Boolean> PUBLIC_DOCS = key(
                    "tandem.auth.public-docs",
                    ValueTypes.FLAG,
                    "true",
                    "Whether /openapi.json and /docs are shown to everybody, as Swagger UI needs it for its Authorize button.")
            .withDefault("false")
            .atStart();

    static final Key<String> MANAGEMENT_HOST = key(
                    "tandem.management.host",
                    ValueTypes.HOST,
                    "0.0.0.0",
                    "Address on which health and metrics are served.")
            .withDefault("127.0.0.1")
            .atStart();

    static final Key<Integer> MANAGEMENT_PORT = key(
                    "tandem.management.port",
                    ValueTypes.PORT,
                    "9090",
                    "Port on which health and metrics are served; 0 takes any free one.")
            .withDefault("9876")
            .atStart();

    static final Key<Secret> MANAGEMENT_KEY = secret(
                    "tandem.management.key",
                    "file:/run/secrets/tandem-management-key",
                    "Key by which the log level of a target can be changed at the management port; without it, nobody can.")
            .atStart();

    static final Key<Boolean> MANAGEMENT_TLS = key(
                    "tandem.management.tls",
                    ValueTypes.FLAG,
                    "true",
                    "Whether health and metrics are served over TLS, and over nothing else, by the certificate of"
                            + " tandem.http.tls.")
            .withDefault("false")
            .atStart();

    static final Key<Boolean> INBOX_ENABLED = key(
                    "tandem.inbox.enabled",
                    ValueTypes.FLAG,
                    "false",
                    "Whether files are taken from the watched folder.")
            .withDefault("true");

    static final Key<Path> INBOX_DIR = key(
                    "tandem.inbox.dir",
                    ValueTypes.PATH,
                    "/var/spool/tandem/inbox",
                    "The watched folder, relative to the working directory; done, failed and replies lie beside it.")
            .withDefault("data/inbox")
            .atStart();

    static final Key<Integer> INBOX_WINDOW = key(
                    "tandem.inbox.window",
                    ValueTypes.count(1, 100_000),
                    "16",
                    "Records that are worked on at the same time, of all files together.")
            .withDefault("64")
            .in("records")
            .atStart();

    static final Key<Integer> INBOX_MAX_RECORD = key(
                    "tandem.inbox.max-record",
                    ValueTypes.SIZE,
                    "64KiB",
                    "Largest record of a file; a larger one fails alone.")
            .withDefault("1MiB");

    static final Key<Boolean> INBOX_RECOGNISE = key(
                    "tandem.inbox.recognise",
                    ValueTypes.FLAG,
                    "false",
                    "Whether a file that was worked on before (same name, size and content) is answered with what came of"
                            + " it then, only undelivered records being sent again; else it is sent as a new one.")
            .withDefault("true");

    static final Key<String> JOURNAL_URL = key(
                    "tandem.journal.url",
                    ValueTypes.DATABASE,
                    "jdbc:postgresql://db.example.com/tandem",
                    "Database of the journal: jdbc:sqlite: and a file, relative to the working directory, for one Tandem"
                            + " alone; jdbc:postgresql: and the rest, for any number of them.")
            .withDefault("jdbc:sqlite:data/journal/tandem.db")
            .atStart();

    static final Key<String> JOURNAL_USER = key(
                    "tandem.journal.user", ValueTypes.USER_NAME, "tandem", "User name at a PostgreSQL database.")
            .atStart();

    static final Key<Secret> JOURNAL_PASSWORD = secret(
                    "tandem.journal.password", "file:/run/secrets/tandem-journal", "Password at a PostgreSQL database.")
            .atStart();

    static final Key<Boolean> JOURNAL_SYNC = key(
                    "tandem.journal.sync",
                    ValueTypes.FLAG,
                    "true",
                    "Whether messages are journaled too whose callers wait for the answer and give no Idempotency-Key.")
            .withDefault("false");

    static final Key<Integer> JOURNAL_MAX_PENDING = key(
                    "tandem.journal.max-pending",
                    ValueTypes.count(1, 1_000_000_000),
                    "50000",
                    "Messages that may wait for a delivery; beyond it new work gets 503 with Retry-After, and files wait.")
            .withDefault("1000000")
            .in("messages")
            .atStart();

    static final Key<Integer> JOURNAL_MIN_FREE = key(
                    "tandem.journal.min-free",
                    ValueTypes.SIZE,
                    "1GiB",
                    "Room on the disk of the embedded journal below which no new work is taken.")
            .withDefault("128MiB")
            .atStart();

    static final Key<Integer> JOURNAL_INLINE = key(
                    "tandem.journal.inline",
                    ValueTypes.SIZE,
                    "256KiB",
                    "Largest body that the embedded journal keeps in its database; a larger one becomes a file beside it.")
            .withDefault("64KiB")
            .atStart();

    static final Key<Duration> JOURNAL_KEEP = key(
                    "tandem.journal.keep",
                    ValueTypes.AGE,
                    "30d",
                    "How long messages are kept that every target has, and with them their Idempotency-Keys.")
            .withDefault("3d")
            .atStart();

    static final Key<Duration> JOURNAL_KEEP_DEAD = key(
                    "tandem.journal.keep-dead", ValueTypes.AGE, "90d", "How long messages are kept that were given up.")
            .withDefault("30d")
            .atStart();

    static final Key<List<String>> KAFKA_TOPICS = key(
                    "tandem.kafka.topics",
                    ValueTypes.TOPICS,
                    "orders,returns",
                    "Topics of which each record is a message; without any, Tandem has nothing to do with Kafka.")
            .withDefault("")
            .atStart();

    static final Key<String> KAFKA_BROKERS = key(
                    "tandem.kafka.brokers",
                    ValueTypes.BROKERS,
                    "kafka-1.example.com:9093,kafka-2.example.com:9093",
                    "Brokers to begin with; they tell of the others.")
            .withDefault("127.0.0.1:9092")
            .atStart();

    static final Key<String> KAFKA_GROUP = key(
                    "tandem.kafka.group",
                    ValueTypes.TEXT,
                    "tandem-orders",
                    "Consumer group: instances with the same one share the partitions, and each record goes to one of them.")
            .withDefault("tandem")
            .atStart();

    static final Key<String> KAFKA_OFFSET_RESET = key(
                    "tandem.kafka.offset-reset",
                    ValueTypes.words("earliest", "latest"),
                    "latest",
                    "Where a group begins that has no offset yet: with all there is in the topic, or with what comes from now"
                            + " on.")
            .withDefault("earliest")
            .atStart();

    static final Key<String> KAFKA_REPLY_TOPIC = key(
                    "tandem.kafka.reply-topic",
                    ValueTypes.TOPIC,
                    "orders-replies",
                    "Topic that gets the merged reply of each message, when all its deliveries have ended; without it, no"
                            + " replies are written.")
            .atStart();

    static final Key<String> KAFKA_DEAD_LETTER_TOPIC = key(
                    "tandem.kafka.dead-letter-topic",
                    ValueTypes.TOPIC,
                    "orders-dead",
                    "Topic that gets, with the reason, each record that is no message and each message that was given up;"
                            + " without it, the former are logged and passed by.")
            .atStart();

    static final Key<Set<String>> KAFKA_FORWARD_HEADERS = key(
                    "tandem.kafka.forward-headers",
                    ValueTypes.HEADER_LIST,
                    "X-Tenant",
                    "Headers of a record that all targets receive.")
            .withDefault("")
            .atStart();

    static final Key<Set<String>> KAFKA_REPLY_HEADERS = key(
                    "tandem.kafka.reply-headers",
                    ValueTypes.HEADER_LIST,
                    "reply-id",
                    "Headers of a record that its reply and its dead letter have too.")
            .withDefault("kafka_correlationId,correlation-id")
            .atStart();

    static final Key<String> KAFKA_CONTENT_TYPE = key(
                    "tandem.kafka.content-type",
                    ValueTypes.TEXT,
                    "text/plain",
                    "Content type of records that have no header content-type.")
            .withDefault("application/json")
            .atStart();

    static final Key<Integer> KAFKA_MAX_RECORD = key(
                    "tandem.kafka.max-record",
                    ValueTypes.SIZE,
                    "256KiB",
                    "Largest value of a record; a larger one is a dead letter.")
            .withDefault("1MiB")
            .atStart();

    static final Key<Integer> KAFKA_BATCH = key(
                    "tandem.kafka.batch",
                    ValueTypes.count(1, 10_000),
                    "100",
                    "Records that are taken and written to the journal at once.")
            .withDefault("500")
            .in("records")
            .atStart();

    static final Key<Integer> KAFKA_MAX_PENDING = key(
                    "tandem.kafka.max-pending",
                    ValueTypes.count(1, 1_000_000_000),
                    "2000",
                    "Messages waiting for a delivery beyond which no records are taken: they wait at the broker, where"
                            + " consumer lag tells of them.")
            .withDefault("{{tandem.journal.max-pending}}")
            .in("messages")
            .atStart();

    static final Key<Boolean> KAFKA_TLS = key(
                    "tandem.kafka.tls", ValueTypes.FLAG, "true", "Whether the brokers are connected to by TLS.")
            .withDefault("false")
            .atStart();

    static final Key<KafkaAuth> KAFKA_AUTH = key(
                    "tandem.kafka.auth",
                    ValueTypes.choice(KafkaAuth::word, List.of(KafkaAuth.values())),
                    "client-credentials",
                    "How Tandem shows the brokers who it is, by SASL: PLAIN, SCRAM, or OAUTHBEARER with a token of an"
                            + " authorization server; a client certificate needs none of it.")
            .withDefault("none")
            .atStart();

    static final Key<String> KAFKA_USERNAME = key(
                    "tandem.kafka.username", ValueTypes.TEXT, "tandem", "User name, with plain and scram.")
            .atStart();

    static final Key<Secret> KAFKA_PASSWORD = secret(
                    "tandem.kafka.password", "file:/run/secrets/kafka", "Password, with plain and scram.")
            .atStart();

    static final Key<List<String>> KAFKA_SASL_EXTENSIONS = key(
                    "tandem.kafka.sasl-extensions",
                    ValueTypes.TEXTS,
                    "logicalCluster=lkc-1a2b3c,identityPoolId=pool-4d5e",
                    "What some brokers want to know beside the token, as name=value.")
            .atStart();

    static final Key<Boolean> KAFKA_ALLOW_PLAINTEXT = key(
                    "tandem.kafka.allow-plaintext",
                    ValueTypes.FLAG,
                    "true",
                    "Whether credentials may go to brokers on other machines without TLS, which shows them to the network.")
            .withDefault("false")
            .atStart();

    static final Key<String> INTAKE = key(
                    "tandem.intake",
                    ValueTypes.words("journal", "kafka"),
                    "kafka",
                    "Where messages with Prefer: respond-async and no Idempotency-Key are written before their caller hears"
                            + " 202: the journal, or the first of the topics, so that they outlive this machine.")
            .withDefault("journal")
            .atStart();

    static final Key<Boolean> REDELIVERY_AFTER_REPLY = key(
                    "tandem.redelivery.after-reply",
                    ValueTypes.FLAG,
                    "true",
                    "Whether a message whose caller waited, and whose completion policy was not met, goes on in the"
                            + " background while its caller gets 202 with what there is; all messages are journaled then.")
            .withDefault("false");

    static final Key<List<AddressBlock>> EGRESS_DENY = key(
                    "tandem.egress.deny",
                    ValueTypes.ADDRESS_BLOCKS,
                    "loopback,link-local,private,203.0.113.0/24",
                    "Addresses to which no connection is made, whatever a target's or an authorization server's name"
                            + " resolves to: the words loopback, link-local and private, or blocks of addresses.")
            .withDefault("");

    static final Key<Path> TOKENS_DIR = key(
                    "tandem.tokens.dir",
                    ValueTypes.PATH,
                    "/var/lib/tandem/tokens",
                    "Folder of the encrypted refresh tokens of logins, relative to the working directory; it must"
                            + " outlive a restart.")
            .withDefault("data/tokens")
            .atStart();

    static final Key<Secret> TOKENS_KEY = secret(
                    "tandem.tokens.key",
                    "file:/run/secrets/tandem-tokens-key",
                    "Key that encrypts the refresh tokens, 32 bytes as base64 or hexadecimal; without it, one is made in the"
                            + " folder, readable by its owner alone.")
            .atStart();

    static final Key<Double> TOKENS_REFRESH_AT = key(
                    "tandem.tokens.refresh-at",
                    ValueTypes.fraction(0.1, 0.9),
                    "0.5",
                    "Part of a token's life after which the next one is got in the background.")
            .withDefault("0.75")
            .atStart();

    static final Key<String> URL = key(
                    "target.<name>.url",
                    ValueTypes.URL,
                    "https://api-one.example.com/endpoint",
                    "Where the target is; a URL with a query is allowed, user and password in it are not.")
            .must();

    static final Key<String> METHOD = key(
                    "target.<name>.method", ValueTypes.words("POST", "PUT", "PATCH"), "PUT", "HTTP method of the call.")
            .withDefault("POST");

    static final Key<Client> CLIENT = key(
                    "target.<name>.client",
                    ValueTypes.choice(
                            client -> client.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                            List.of(Client.values())),
                    "non-blocking",
                    "What calls the target: camel-http, which holds a thread (a virtual one from Java 21 on) for each call; or"
                            + " a client on event loops, which holds none, and speaks HTTP/2 where the target does by TLS; by way"
                            + " of a proxy it is always camel-http.")
            .withDefault("camel-http");

    static final Key<Duration> TIMEOUT = key(
                    "target.<name>.timeout",
                    ValueTypes.DURATION,
                    "5s",
                    "Time for one attempt, from connecting to the last byte of the reply.")
            .withDefault("3s");

    static final Key<Duration> MIN_TIMEOUT = key(
                    "target.<name>.min-timeout",
                    ValueTypes.DURATION,
                    "100ms",
                    "What must be left of the deadline for an attempt to be started; what is left then is its timeout if it"
                            + " is shorter.")
            .withDefault("5ms");

    static final Key<Duration> CONNECT_TIMEOUT = key(
                    "target.<name>.connect-timeout", ValueTypes.DURATION, "500ms", "Time for connecting, TLS included.")
            .withDefault("1s");

    static final Key<Duration> LEASE_TIMEOUT = key(
                    "target.<name>.lease-timeout",
                    ValueTypes.DURATION,
                    "200ms",
                    "Time to wait for a free connection when all are in use.")
            .withDefault("1s");

    static final Key<Integer> MAX_CONNECTIONS = key(
                    "target.<name>.max-connections",
                    ValueTypes.count(1, 1_000_000),
                    "50",
                    "Connections to the target at the same time.")
            .withDefault("{{tandem.max-in-flight}}")
            .in("connections");

    static final Key<Integer> MAX_REPLY = key(
                    "target.<name>.max-reply",
                    ValueTypes.SIZE,
                    "1MiB",
                    "Largest reply, decoded; a larger one counts as failed.")
            .withDefault("10MiB");

    static final Key<Boolean> IDEMPOTENT = key(
                    "target.<name>.idempotent",
                    ValueTypes.FLAG,
                    "false",
                    "Whether the target recognises a repeated Idempotency-Key, so that an attempt of unknown fate may"
                            + " be repeated.")
            .withDefault("true");

    static final Key<Integer> RETRY_ATTEMPTS = key(
                    "target.<name>.retry.attempts",
                    ValueTypes.count(1, 100),
                    "1",
                    "Attempts in all, the first one included; 1 means no retry.")
            .withDefault("3")
            .in("attempts");

    static final Key<Duration> RETRY_MIN_BACKOFF = key(
                    "target.<name>.retry.min-backoff",
                    ValueTypes.DURATION_OR_ZERO,
                    "250ms",
                    "Upper bound of the random wait before the second attempt; it doubles with each further one.")
            .withDefault("100ms");

    static final Key<Duration> RETRY_MAX_BACKOFF = key(
                    "target.<name>.retry.max-backoff",
                    ValueTypes.DURATION_OR_ZERO,
                    "10s",
                    "What the wait between two attempts never exceeds.")
            .withDefault("2s");

    static final Key<Double> RETRY_BUDGET = key(
                    "target.<name>.retry.budget",
                    ValueTypes.fraction(0, 9),
                    "0.1",
                    "Retries per call beyond which further ones are withheld, so that a sick target is not hammered; ten at"
                            + " once and one a second are always allowed.")
            .withDefault("0.2");

    static final Key<Condition> WHEN = key(
            "target.<name>.when",
            ValueTypes.CONDITION,
            "jsonpath:$[?(@.country == 'DE')]",
            "Which messages the target is meant to get, as a language of Camel and a predicate in it; others skip it, which is no"
                    + " failure.");

    static final Key<Boolean> BREAKER = key(
                    "target.<name>.breaker",
                    ValueTypes.FLAG,
                    "true",
                    "Whether a target that keeps failing is left alone for a while: deliveries to it are skipped at once then.")
            .withDefault("false");

    static final Key<Double> BREAKER_FAILURE_RATE = key(
                    "target.<name>.breaker.failure-rate",
                    ValueTypes.fraction(0.01, 1),
                    "0.3",
                    "Share of failed attempts in the window at which the breaker opens.")
            .withDefault("0.5");

    static final Key<Duration> BREAKER_SLOW_CALL = key(
            "target.<name>.breaker.slow-call",
            ValueTypes.DURATION,
            "1s",
            "An attempt that takes longer than this is slow, be it a success or not; without it none is.");

    static final Key<Double> BREAKER_SLOW_RATE = key(
                    "target.<name>.breaker.slow-rate",
                    ValueTypes.fraction(0.01, 1),
                    "0.5",
                    "Share of slow attempts in the window at which the breaker opens.")
            .withDefault("0.8");

    static final Key<Window> BREAKER_WINDOW = key(
                    "target.<name>.breaker.window",
                    ValueTypes.WINDOW,
                    "30s",
                    "What the breaker looks back on: that many attempts, or those of that time.")
            .withDefault("100");

    static final Key<Integer> BREAKER_MIN_CALLS = key(
                    "target.<name>.breaker.min-calls",
                    ValueTypes.count(1, 10_000),
                    "50",
                    "Attempts in the window below which the breaker stays closed.")
            .in("attempts")
            .withDefault("20");

    static final Key<Duration> BREAKER_OPEN = key(
                    "target.<name>.breaker.open",
                    ValueTypes.DURATION,
                    "30s",
                    "How long the breaker stays open before it lets a few attempts through to see whether the target is back.")
            .withDefault("10s");

    static final Key<Integer> BREAKER_PROBES = key(
                    "target.<name>.breaker.probes",
                    ValueTypes.count(1, 100),
                    "3",
                    "How many attempts that are; it closes or opens again by what comes of them.")
            .in("attempts")
            .withDefault("5");

    static final Key<Integer> BULKHEAD_MAX_IN_FLIGHT = key(
                    "target.<name>.bulkhead.max-in-flight",
                    ValueTypes.count(1, 100_000),
                    "50",
                    "Attempts at the same time, beyond which messages wait; without it the connections alone limit them.")
            .in("attempts");

    static final Key<Duration> BULKHEAD_WAIT = key(
                    "target.<name>.bulkhead.wait",
                    ValueTypes.DURATION_OR_ZERO,
                    "200ms",
                    "How long a message waits for a place at most; then it is unreachable for this message.")
            .withDefault("1s");

    static final Key<Rate> RATE = key(
            "target.<name>.rate",
            ValueTypes.RATE,
            "100/s",
            "Attempts that start per second, minute or hour at most; others wait for their turn as long as the deadline"
                    + " allows.");

    static final Key<Boolean> ORDERED = key(
                    "target.<name>.ordered",
                    ValueTypes.FLAG,
                    "true",
                    "Whether the target gets journaled messages one after the other in the order of their arrival: one"
                            + " that can't be delivered holds up those behind it until it is delivered or dead.")
            .withDefault("false");

    static final Key<Integer> REDELIVERY_CONCURRENCY = key(
                    "target.<name>.redelivery.concurrency",
                    ValueTypes.count(1, 10_000),
                    "4",
                    "Deliveries from the journal at the same time; after an outage it begins with one, and doubles.")
            .withDefault("32")
            .in("deliveries");

    static final Key<Duration> REDELIVERY_MIN_BACKOFF = key(
                    "target.<name>.redelivery.min-backoff",
                    ValueTypes.DURATION,
                    "5s",
                    "Upper bound of the random wait before the first redelivery; it doubles with each further one.")
            .withDefault("1s");

    static final Key<Duration> REDELIVERY_MAX_BACKOFF = key(
                    "target.<name>.redelivery.max-backoff",
                    ValueTypes.DURATION,
                    "10m",
                    "What the wait between two redeliveries never exceeds, whatever the target's Retry-After asks for.")
            .withDefault("1m");

    static final Key<Duration> REDELIVERY_MAX_AGE = key(
                    "target.<name>.redelivery.max-age",
                    ValueTypes.AGE,
                    "12h",
                    "How long after its arrival a message is still tried; then its delivery is dead.")
            .withDefault("3d");

    static final Key<Boolean> ALLOW_HTTP = key(
                    "target.<name>.allow-http",
                    ValueTypes.FLAG,
                    "true",
                    "Whether credentials may go to the target by plain http to another machine, which shows them to the"
                            + " network.")
            .withDefault("false");

    static final Key<Path> TLS_CERTIFICATE = key(
            "target.<name>.tls.certificate",
            ValueTypes.FILE,
            "/run/secrets/api-one/tls.crt",
            "Client certificate with its chain, PEM, shown to the target.");

    static final Key<Path> TLS_KEY = key(
            "target.<name>.tls.key",
            ValueTypes.FILE,
            "/run/secrets/api-one/tls.key",
            "Private key of the client certificate, PEM.");

    static final Key<Path> TLS_KEYSTORE = key(
            "target.<name>.tls.keystore",
            ValueTypes.FILE,
            "/run/secrets/api-one/client.p12",
            "Client certificate and key in one PKCS12 file, instead of the two PEM files.");

    static final Key<Secret> TLS_KEYSTORE_PASSWORD = secret(
            "target.<name>.tls.keystore-password",
            "file:/run/secrets/api-one/client.pass",
            "Password of the keystore.");

    static final Key<Path> TRUST = key(
            "target.<name>.trust",
            ValueTypes.FILE,
            "/etc/ssl/company-ca.pem",
            "Certificates by which the target is trusted, PEM or PKCS12, instead of those of the Java runtime.");

    static final Key<Secret> TRUST_PASSWORD = secret(
            "target.<name>.trust-password", "file:/run/secrets/trust.pass", "Password of a PKCS12 file of trust.");

    static final Key<HostAndPort> PROXY = key(
            "target.<name>.proxy",
            ValueTypes.HOST_AND_PORT,
            "proxy.example.com:3128",
            "HTTP proxy by which the target is reached.");

    static final Key<String> PROXY_USERNAME =
            key("target.<name>.proxy-username", ValueTypes.USER_NAME, "tandem", "User name at the proxy.");

    static final Key<Secret> PROXY_PASSWORD =
            secret("target.<name>.proxy-password", "file:/run/secrets/proxy.pass", "Password at the proxy.");

    static final Key<String> HEADER = key(
                    "target.<name>.header.<Header-Name>",
                    ValueTypes.TEXT,
                    "acme",
                    "A fixed header that the target receives; credentials belong into auth.")
            .kept(Sensitivity.MASKED);

    static final Key<Authentication> AUTH = key(
                    "target.<name>.auth",
                    ValueTypes.choice(Authentication::word, List.of(Authentication.values())),
                    "client-credentials",
                    "How Tandem shows the target who it is; decides which of the keys below apply.")
            .withDefault("none");

    static final Key<String> BASIC_USERNAME = key(
                    "target.<name>.basic.username", ValueTypes.USER_NAME, "tandem", "User name.")
            .must();

    static final Key<Secret> BASIC_PASSWORD = secret(
                    "target.<name>.basic.password", "file:/run/secrets/api-one", "Password.")
            .must();

    static final Key<String> API_KEY_HEADER = key(
                    "target.<name>.api-key.header", ValueTypes.HEADER_NAME, "X-Api-Key", "Header that carries the key.")
            .withDefault("Authorization");

    static final Key<String> API_KEY_SCHEME = key(
            "target.<name>.api-key.scheme",
            ValueTypes.WORD,
            "Bearer",
            "Word before the key, with a space between them; without it the key stands alone.");

    static final Key<Secret> API_KEY_VALUE = secret("target.<name>.api-key.value", "{{env:API_ONE_KEY}}", "The key.")
            .must();

    static final Key<String> OAUTH_ISSUER = key(
            "target.<name>.oauth.issuer",
            ValueTypes.URL,
            "https://idp.example.com/realms/orders",
            "Identifier of the authorization server, exactly as the server writes it; what has no URL of its own below"
                    + " is discovered from it.");

    static final Key<String> OAUTH_TOKEN_URL = key(
            "target.<name>.oauth.token-url",
            ValueTypes.URL,
            "https://idp.example.com/token",
            "Token endpoint of the authorization server; required unless the issuer is given.");

    static final Key<String> OAUTH_AUTHORIZATION_URL = key(
            "target.<name>.oauth.authorization-url",
            ValueTypes.URL,
            "https://idp.example.com/authorize",
            "Where the browser is sent for a login; required unless the issuer or the device URL is given.");

    static final Key<String> OAUTH_DEVICE_URL = key(
            "target.<name>.oauth.device-url",
            ValueTypes.URL,
            "https://idp.example.com/device",
            "Where a login without a browser on this machine starts (RFC 8628).");

    static final Key<Redirect> OAUTH_REDIRECT = key(
                    "target.<name>.oauth.redirect",
                    ValueTypes.REDIRECT,
                    "localhost:8400/callback",
                    "Where the browser comes back to after a login, as registered at the server; port 0 is any free one.")
            .withDefault("127.0.0.1:0/callback");

    static final Key<String> OAUTH_AUTHORIZATION_PARAMETER = key(
                    "target.<name>.oauth.authorization.parameter.<parameter>",
                    ValueTypes.TEXT,
                    "offline",
                    "A further parameter of the page where a person logs in, such as access_type; it is seen in the"
                            + " browser.")
            .kept(Sensitivity.MASKED);

    static final Key<String> OAUTH_SUBJECT_TOKEN_TYPE = key(
                    "target.<name>.oauth.subject-token-type",
                    ValueTypes.words("access_token", "jwt"),
                    "jwt",
                    "What the caller's token is said to be when it is exchanged.")
            .withDefault("access_token");

    static final Key<String> OAUTH_REQUESTED_TOKEN_TYPE = key(
            "target.<name>.oauth.requested-token-type",
            ValueTypes.words("access_token", "jwt"),
            "access_token",
            "What is asked for in exchange; without it the server decides.");

    static final Key<String> OAUTH_CLIENT_ID = key(
                    "target.<name>.oauth.client-id",
                    ValueTypes.TEXT,
                    "tandem",
                    "The client that the authorization server knows.")
            .must();

    static final Key<ClientAuthentication> OAUTH_CLIENT_AUTH = key(
                    "target.<name>.oauth.client-auth",
                    ValueTypes.choice(ClientAuthentication::word, List.of(ClientAuthentication.values())),
                    "post",
                    "How the client authenticates at the token endpoint: HTTP Basic, secret in the form, signed"
                            + " assertion, client certificate, or not at all.")
            .withDefault("basic");

    static final Key<Secret> OAUTH_CLIENT_SECRET = secret(
            "target.<name>.oauth.client-secret",
            "{{env:API_ONE_SECRET}}",
            "Secret of the client; required with client-auth basic and post.");

    static final Key<Path> OAUTH_PRIVATE_KEY = key(
            "target.<name>.oauth.private-key",
            ValueTypes.FILE,
            "/run/secrets/api-one/key.pem",
            "File of the key that signs assertions, as PEM or JWK; required with client-auth private_key_jwt.");

    static final Key<String> OAUTH_PRIVATE_KEY_ALGORITHM = key(
                    "target.<name>.oauth.private-key.algorithm",
                    ValueTypes.words("RS256", "PS256", "ES256"),
                    "ES256",
                    "How assertions are signed; it must fit the key.")
            .withDefault("RS256");

    static final Key<String> OAUTH_PRIVATE_KEY_ID = key(
            "target.<name>.oauth.private-key.id",
            ValueTypes.TEXT,
            "2026-11",
            "Sent as kid with assertions, and picks the key out of a JWK set; without it, that of the JWK.");

    static final Key<String> OAUTH_ASSERTION_AUDIENCE = key(
                    "target.<name>.oauth.assertion-audience",
                    ValueTypes.words("issuer", "token-url"),
                    "token-url",
                    "Whom assertions are for: the issuer, or as some servers want it the token URL.")
            .withDefault("issuer");

    static final Key<List<String>> OAUTH_SCOPE = key(
                    "target.<name>.oauth.scope", ValueTypes.SCOPES, "orders.write orders.read", "Scopes to ask for.")
            .withDefault("");

    static final Key<String> OAUTH_AUDIENCE = key(
            "target.<name>.oauth.audience",
            ValueTypes.TEXT,
            "https://api-one.example.com",
            "Audience to ask for, where the authorization server wants one.");

    static final Key<List<String>> OAUTH_RESOURCE = key(
                    "target.<name>.oauth.resource",
                    ValueTypes.RESOURCES,
                    "https://api-one.example.com/",
                    "Resource indicators (RFC 8707) to ask for.")
            .withDefault("");

    static final Key<String> OAUTH_PARAMETER = key(
                    "target.<name>.oauth.parameter.<parameter>",
                    ValueTypes.TEXT,
                    "acme",
                    "A further parameter of the token request.")
            .kept(Sensitivity.MASKED);

    static final Key<Duration> OAUTH_CONNECT_TIMEOUT = key(
                    "target.<name>.oauth.connect-timeout",
                    ValueTypes.DURATION,
                    "1s",
                    "Time for connecting to the token endpoint, TLS included.")
            .withDefault("2s");

    static final Key<Duration> OAUTH_TIMEOUT = key(
                    "target.<name>.oauth.timeout", ValueTypes.DURATION, "10s", "Time for one token request as a whole.")
            .withDefault("5s");

    static final Key<Boolean> OAUTH_ALLOW_HTTP = key(
                    "target.<name>.oauth.allow-http",
                    ValueTypes.FLAG,
                    "true",
                    "Whether the token endpoint may be plain http on another machine, which shows the secret to the"
                            + " network.")
            .withDefault("false");

    static final Key<Path> OAUTH_TLS_CERTIFICATE = key(
            "target.<name>.oauth.tls.certificate",
            ValueTypes.FILE,
            "/run/secrets/api-one/tls.crt",
            "Client certificate with its chain, PEM, shown to the authorization server.");

    static final Key<Path> OAUTH_TLS_KEY = key(
            "target.<name>.oauth.tls.key",
            ValueTypes.FILE,
            "/run/secrets/api-one/tls.key",
            "Private key of the client certificate, PEM.");

    static final Key<Path> OAUTH_TLS_KEYSTORE = key(
            "target.<name>.oauth.tls.keystore",
            ValueTypes.FILE,
            "/run/secrets/api-one/client.p12",
            "Client certificate and key in one PKCS12 file, instead of the two PEM files.");

    static final Key<Secret> OAUTH_TLS_KEYSTORE_PASSWORD = secret(
            "target.<name>.oauth.tls.keystore-password",
            "file:/run/secrets/api-one/client.pass",
            "Password of the keystore.");

    static final Key<Path> OAUTH_TRUST = key(
            "target.<name>.oauth.trust",
            ValueTypes.FILE,
            "/etc/ssl/company-ca.pem",
            "Certificates by which the authorization server is trusted, PEM or PKCS12, instead of those of the Java"
                    + " runtime.");

    static final Key<Secret> OAUTH_TRUST_PASSWORD = secret(
            "target.<name>.oauth.trust-password",
            "file:/run/secrets/trust.pass",
            "Password of a PKCS12 file of trust.");

    static final Key<HostAndPort> OAUTH_PROXY = key(
            "target.<name>.oauth.proxy",
            ValueTypes.HOST_AND_PORT,
            "proxy.example.com:3128",
            "HTTP proxy by which the authorization server is reached.");

    static final Key<String> OAUTH_PROXY_USERNAME =
            key("target.<name>.oauth.proxy-username", ValueTypes.USER_NAME, "tandem", "User name at the proxy.");

    static final Key<Secret> OAUTH_PROXY_PASSWORD =
            secret("target.<name>.oauth.proxy-password", "file:/run/secrets/proxy.pass", "Password at the proxy.");

    static final Key<Set<Integer>> OAUTH_REJECTED_STATUSES = key(
                    "target.<name>.oauth.rejected-statuses",
                    ValueTypes.STATUSES,
                    "401,403",
                    "Answers of the target that mean that the token is no longer good, so that a new one is got and the"
                            + " message sent once more.")
            .withDefault("401");

    static final Key<Path> KAFKA_TRUST = TRUST.ofKafka();

    static final Key<Secret> KAFKA_TRUST_PASSWORD = TRUST_PASSWORD.ofKafka();

    static final Key<Path> KAFKA_TLS_CERTIFICATE = TLS_CERTIFICATE.ofKafka();

    static final Key<Path> KAFKA_TLS_KEY = TLS_KEY.ofKafka();

    static final Key<Path> KAFKA_TLS_KEYSTORE = TLS_KEYSTORE.ofKafka();

    static final Key<Secret> KAFKA_TLS_KEYSTORE_PASSWORD = TLS_KEYSTORE_PASSWORD.ofKafka();

    static final Key<String> KAFKA_OAUTH_ISSUER = OAUTH_ISSUER.ofKafka();

    static final Key<String> KAFKA_OAUTH_TOKEN_URL = OAUTH_TOKEN_URL.ofKafka();

    static final Key<String> KAFKA_OAUTH_CLIENT_ID = OAUTH_CLIENT_ID.ofKafka();

    static final Key<ClientAuthentication> KAFKA_OAUTH_CLIENT_AUTH = OAUTH_CLIENT_AUTH.ofKafka();

    static final Key<Secret> KAFKA_OAUTH_CLIENT_SECRET = OAUTH_CLIENT_SECRET.ofKafka();

    static final Key<Path> KAFKA_OAUTH_PRIVATE_KEY = OAUTH_PRIVATE_KEY.ofKafka();

    static final Key<String> KAFKA_OAUTH_PRIVATE_KEY_ALGORITHM = OAUTH_PRIVATE_KEY_ALGORITHM.ofKafka();

    static final Key<String> KAFKA_OAUTH_PRIVATE_KEY_ID = OAUTH_PRIVATE_KEY_ID.ofKafka();

    static final Key<String> KAFKA_OAUTH_ASSERTION_AUDIENCE = OAUTH_ASSERTION_AUDIENCE.ofKafka();

    static final Key<Path> KAFKA_OAUTH_TLS_CERTIFICATE = OAUTH_TLS_CERTIFICATE.ofKafka();

    static final Key<Path> KAFKA_OAUTH_TLS_KEY = OAUTH_TLS_KEY.ofKafka();

    static final Key<Path> KAFKA_OAUTH_TLS_KEYSTORE = OAUTH_TLS_KEYSTORE.ofKafka();

    static final Key<Secret> KAFKA_OAUTH_TLS_KEYSTORE_PASSWORD = OAUTH_TLS_KEYSTORE_PASSWORD.ofKafka();

    static final Key<List<String>> KAFKA_OAUTH_SCOPE = OAUTH_SCOPE.ofKafka();

    static final Key<String> KAFKA_OAUTH_AUDIENCE = OAUTH_AUDIENCE.ofKafka();

    static final Key<List<String>> KAFKA_OAUTH_RESOURCE = OAUTH_RESOURCE.ofKafka();

    static final Key<Duration> KAFKA_OAUTH_CONNECT_TIMEOUT = OAUTH_CONNECT_TIMEOUT.ofKafka();

    static final Key<Duration> KAFKA_OAUTH_TIMEOUT = OAUTH_TIMEOUT.ofKafka();

    static final Key<Boolean> KAFKA_OAUTH_ALLOW_HTTP = OAUTH_ALLOW_HTTP.ofKafka();

    static final Key<Path> KAFKA_OAUTH_TRUST = OAUTH_TRUST.ofKafka();

    static final Key<Secret> KAFKA_OAUTH_TRUST_PASSWORD = OAUTH_TRUST_PASSWORD.ofKafka();

    static final Key<HostAndPort> KAFKA_OAUTH_PROXY = OAUTH_PROXY.ofKafka();

    static final Key<String> KAFKA_OAUTH_PROXY_USERNAME = OAUTH_PROXY_USERNAME.ofKafka();

    static final Key<Secret> KAFKA_OAUTH_PROXY_PASSWORD = OAUTH_PROXY_PASSWORD.ofKafka();

    /** How a target is connected to. */
    static final ConnectionKeys CONNECTION = new ConnectionKeys(
            ALLOW_HTTP,
            new ConnectionKeys.Certificate(TLS_CERTIFICATE, TLS_KEY, TLS_KEYSTORE, TLS_KEYSTORE_PASSWORD),
            new ConnectionKeys.Trust(TRUST, TRUST_PASSWORD),
            new ConnectionKeys.Proxy(PROXY, PROXY_USERNAME, PROXY_PASSWORD));

    /** How the authorization server of a target is connected to. */
    static final ConnectionKeys OAUTH_CONNECTION = new ConnectionKeys(
            OAUTH_ALLOW_HTTP,
            new ConnectionKeys.Certificate(
                    OAUTH_TLS_CERTIFICATE, OAUTH_TLS_KEY, OAUTH_TLS_KEYSTORE, OAUTH_TLS_KEYSTORE_PASSWORD),
            new ConnectionKeys.Trust(OAUTH_TRUST, OAUTH_TRUST_PASSWORD),
            new ConnectionKeys.Proxy(OAUTH_PROXY, OAUTH_PROXY_USERNAME, OAUTH_PROXY_PASSWORD));

    /** In the order of the reference page. */
    static final List<Key<?>> KEYS = List.of(
            COMPLETION,
            SHAPE,
            LATE,
            COMPARE_IGNORE,
            DEADLINE,
            STATUS_PAGE,
            MAX_IN_FLIGHT,
            ROUTES,
            RELOAD,
            ACCESS_LOG,
            CLUSTER,
            CLUSTER_DIR,
            CLUSTER_NAMESPACE,
            ROUTE_METRICS,
            TRACING_SAMPLE,
            OTLP_URL,
            OTLP_AUTHORIZATION,
            OTLP_METRICS,
            OTLP_INTERVAL,
            HTTP_HOST,
            HTTP_PORT,
            HTTP_MAX_BODY,
            HTTP_FORWARD_HEADERS,
            HTTP_READ_TIMEOUT,
            HTTP_IDLE_TIMEOUT,
            HTTP_MAX_CONNECTIONS,
            HTTP_DRAIN_DELAY,
            HTTP_2,
            HTTP_DRAIN_TIMEOUT,
            HTTP_ORIGINS,
            HTTP_TLS_CERTIFICATE,
            HTTP_TLS_KEY,
            HTTP_TLS_KEYSTORE,
            HTTP_TLS_KEYSTORE_PASSWORD,
            HTTP_TLS_CLIENT_TRUST,
            HTTP_TLS_CLIENT_TRUST_PASSWORD,
            CALLER_AUTH,
            ALLOW_ANONYMOUS,
            CALLERS,
            CALLER_KEY_HEADER,
            JWT_ISSUER,
            JWT_JWKS_URL,
            JWT_AUDIENCE,
            JWT_ALGORITHMS,
            JWT_SCOPE_CLAIMS,
            JWT_NAME_CLAIM,
            JWT_CLOCK_SKEW,
            MTLS_NAME,
            MTLS_ALLOW,
            MTLS_SCOPES,
            SCOPE_SEND,
            SCOPE_READ,
            SCOPE_REPLAY,
            PUBLIC_DOCS,
            CALLER_RATE,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            MANAGEMENT_KEY,
            MANAGEMENT_TLS,
            INBOX_ENABLED,
            INBOX_DIR,
            INBOX_WINDOW,
            INBOX_MAX_RECORD,
            INBOX_RECOGNISE,
            JOURNAL_URL,
            JOURNAL_USER,
            JOURNAL_PASSWORD,
            JOURNAL_SYNC,
            JOURNAL_MAX_PENDING,
            JOURNAL_MIN_FREE,
            JOURNAL_INLINE,
            JOURNAL_KEEP,
            JOURNAL_KEEP_DEAD,
            REDELIVERY_AFTER_REPLY,
            KAFKA_TOPICS,
            KAFKA_BROKERS,
            KAFKA_GROUP,
            KAFKA_OFFSET_RESET,
            KAFKA_REPLY_TOPIC,
            KAFKA_DEAD_LETTER_TOPIC,
            KAFKA_FORWARD_HEADERS,
            KAFKA_REPLY_HEADERS,
            KAFKA_CONTENT_TYPE,
            KAFKA_MAX_RECORD,
            KAFKA_BATCH,
            KAFKA_MAX_PENDING,
            KAFKA_TLS,
            KAFKA_AUTH,
            KAFKA_USERNAME,
            KAFKA_PASSWORD,
            KAFKA_SASL_EXTENSIONS,
            KAFKA_ALLOW_PLAINTEXT,
            KAFKA_TRUST,
            KAFKA_TRUST_PASSWORD,
            KAFKA_TLS_CERTIFICATE,
            KAFKA_TLS_KEY,
            KAFKA_TLS_KEYSTORE,
            KAFKA_TLS_KEYSTORE_PASSWORD,
            KAFKA_OAUTH_ISSUER,
            KAFKA_OAUTH_TOKEN_URL,
            KAFKA_OAUTH_CLIENT_ID,
            KAFKA_OAUTH_CLIENT_AUTH,
            KAFKA_OAUTH_CLIENT_SECRET,
            KAFKA_OAUTH_PRIVATE_KEY,
            KAFKA_OAUTH_PRIVATE_KEY_ALGORITHM,
            KAFKA_OAUTH_PRIVATE_KEY_ID,
            KAFKA_OAUTH_ASSERTION_AUDIENCE,
            KAFKA_OAUTH_TLS_CERTIFICATE,
            KAFKA_OAUTH_TLS_KEY,
            KAFKA_OAUTH_TLS_KEYSTORE,
            KAFKA_OAUTH_TLS_KEYSTORE_PASSWORD,
            KAFKA_OAUTH_SCOPE,
            KAFKA_OAUTH_AUDIENCE,
            KAFKA_OAUTH_RESOURCE,
            KAFKA_OAUTH_CONNECT_TIMEOUT,
            KAFKA_OAUTH_TIMEOUT,
            KAFKA_OAUTH_ALLOW_HTTP,
            KAFKA_OAUTH_TRUST,
            KAFKA_OAUTH_TRUST_PASSWORD,
            KAFKA_OAUTH_PROXY,
            KAFKA_OAUTH_PROXY_USERNAME,
            KAFKA_OAUTH_PROXY_PASSWORD,
            INTAKE,
            EGRESS_DENY,
            TOKENS_DIR,
            TOKENS_KEY,
            TOKENS_REFRESH_AT,
            URL,
            METHOD,
            CLIENT,
            TIMEOUT,
            MIN_TIMEOUT,
            CONNECT_TIMEOUT,
            LEASE_TIMEOUT,
            MAX_CONNECTIONS,
            MAX_REPLY,
            IDEMPOTENT,
            RETRY_ATTEMPTS,
            RETRY_MIN_BACKOFF,
            RETRY_MAX_BACKOFF,
            RETRY_BUDGET,
            WHEN,
            BREAKER,
            BREAKER_FAILURE_RATE,
            BREAKER_SLOW_CALL,
            BREAKER_SLOW_RATE,
            BREAKER_WINDOW,
            BREAKER_MIN_CALLS,
            BREAKER_OPEN,
            BREAKER_PROBES,
            BULKHEAD_MAX_IN_FLIGHT,
            BULKHEAD_WAIT,
            RATE,
            ORDERED,
            REDELIVERY_CONCURRENCY,
            REDELIVERY_MIN_BACKOFF,
            REDELIVERY_MAX_BACKOFF,
            REDELIVERY_MAX_AGE,
            HEADER,
            TRUST,
            TRUST_PASSWORD,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_KEYSTORE,
            TLS_KEYSTORE_PASSWORD,
            PROXY,
            PROXY_USERNAME,
            PROXY_PASSWORD,
            ALLOW_HTTP,
            AUTH,
            BASIC_USERNAME,
            BASIC_PASSWORD,
            API_KEY_HEADER,
            API_KEY_SCHEME,
            API_KEY_VALUE,
            OAUTH_ISSUER,
            OAUTH_TOKEN_URL,
            OAUTH_CLIENT_ID,
            OAUTH_CLIENT_AUTH,
            OAUTH_CLIENT_SECRET,
            OAUTH_PRIVATE_KEY,
            OAUTH_PRIVATE_KEY_ALGORITHM,
            OAUTH_PRIVATE_KEY_ID,
            OAUTH_ASSERTION_AUDIENCE,
            OAUTH_TLS_CERTIFICATE,
            OAUTH_TLS_KEY,
            OAUTH_TLS_KEYSTORE,
            OAUTH_TLS_KEYSTORE_PASSWORD,
            OAUTH_SCOPE,
            OAUTH_AUDIENCE,
            OAUTH_RESOURCE,
            OAUTH_PARAMETER,
            OAUTH_CONNECT_TIMEOUT,
            OAUTH_TIMEOUT,
            OAUTH_ALLOW_HTTP,
            OAUTH_TRUST,
            OAUTH_TRUST_PASSWORD,
            OAUTH_PROXY,
            OAUTH_PROXY_USERNAME,
            OAUTH_PROXY_PASSWORD,
            OAUTH_REJECTED_STATUSES,
            OAUTH_AUTHORIZATION_URL,
            OAUTH_DEVICE_URL,
            OAUTH_REDIRECT,
            OAUTH_AUTHORIZATION_PARAMETER,
            OAUTH_SUBJECT_TOKEN_TYPE,
            OAUTH_REQUESTED_TOKEN_TYPE);

    private static final Map<String, Key<?>> GLOBAL =
            KEYS.stream().filter(key -> !key.ofTarget()).collect(Collectors.toMap(Key::name, Function.identity()));

    private static final Map<String, Key<?>> OF_TARGET = KEYS.stream()
            .filter(key -> key.ofTarget() && !key.openEnded())
            .collect(Collectors.toMap(Key::rest, Function.identity()));

    private static final List<Key<?>> OPEN_ENDED =
            KEYS.stream().filter(Key::openEnded).toList();

    private Catalogue() {}

    private static Key<Secret> secret(String name, String example, String description) {
        return key(name, ValueTypes.SECRET, example, description).kept(Sensitivity.SECRET);
    }

    /**
     * A key that was given, recognised.
     *
     * @param target the name of the target; empty for keys of no target
     * @param chosen the part that the user chose, of an open-ended key; else empty
     */
    record Match(Key<?> key, String target, String chosen) {}

    /** Null when there is no such key. Whether the name of a target is a good one is not judged. */
    static @Nullable Match match(String name) {
        Key<?> global = GLOBAL.get(name);
        if (global != null) {
            return new Match(global, "", "");
        }
        TargetKey parts = TargetKey.of(name);
        if (parts == null) {
            return null;
        }
        Key<?> exact = OF_TARGET.get(parts.rest());
        if (exact != null) {
            return new Match(exact, parts.target(), "");
        }
        for (Key<?> key : OPEN_ENDED) {
            if (parts.rest().startsWith(key.stem())
                    && parts.rest().length() > key.stem().length()) {
                return new Match(
                        key, parts.target(), parts.rest().substring(key.stem().length()));
            }
        }
        return null;
    }

    static Sensitivity sensitivity(String name) {
        Match match = match(name);
        return match == null ? Sensitivity.OPEN : match.key().sensitivity();
    }

    /** Whether a key is Tandem's or Camel's to define; all others are the user's own. */
    static boolean isReserved(String name) {
        return name.startsWith(TANDEM_PREFIX) || name.startsWith(TARGET_PREFIX) || name.startsWith(CAMEL_PREFIX);
    }

    /** {@code target.<target>.<rest>}, both parts not empty. */
    record TargetKey(String target, String rest) {
        static @Nullable TargetKey of(String name) {
            if (!name.startsWith(TARGET_PREFIX)) {
                return null;
            }
            int dot = name.indexOf('.', TARGET_PREFIX.length());
            if (dot <= TARGET_PREFIX.length() || dot == name.length() - 1) {
                return null;
            }
            return new TargetKey(name.substring(TARGET_PREFIX.length(), dot), name.substring(dot + 1));
        }
    }
}
