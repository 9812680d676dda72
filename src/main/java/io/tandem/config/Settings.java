package io.tandem.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of one Tandem, typed and checked. Immutable and safe for use by any thread. Its parts are
 * safe to log: {@code toString()} leaves out secrets, and plain values that often are credentials all the same
 * (headers, token parameters, Camel's properties, placeholders).
 *
 * @param completion which outcomes make a message a success: {@code all}, {@code any},
 *     {@code quorum:N}, {@code required:NAME[,NAME]}, {@code best-effort}, {@code first}
 * @param shape how the replies are merged: {@code collect}, {@code merge}, {@code first}, {@code compare}
 * @param cancelLate whether deliveries under way are cancelled once the completion policy is decided
 * @param compareIgnore JSON Pointers of what {@code compare} leaves out
 * @param deadline the time budget of one message
 * @param routes the folder of the route files
 * @param reload whether edits take effect while Tandem runs
 * @param statusPage whether the status page is served
 * @param maxInFlight messages processed at the same time, beyond which callers get 503
 * @param http the HTTP entry
 * @param callers who may call the HTTP entry
 * @param management the management port
 * @param inbox the watched folder
 * @param journal what is kept of messages, and where
 * @param kafka null: there is none
 * @param tokens what is common to all tokens
 * @param accessLog how the access log is written
 * @param cluster how a leader is elected among instances
 * @param telemetry what is measured and traced besides, and where it is sent
 * @param targets by name, in the order in which they first appear in the configuration
 * @param camel the {@code camel.*} properties, handed to Camel Main as they are
 * @param placeholders what <code>{{…}}</code> in route files may refer to; holds no secret
 */
public record Settings(
        String completion,
        String shape,
        boolean cancelLate,
        List<String> compareIgnore,
        Duration deadline,
        Path routes,
        boolean reload,
        boolean statusPage,
        int maxInFlight,
        Http http,
        Callers callers,
        Management management,
        Inbox inbox,
        Journal journal,
        @Nullable Kafka kafka,
        Tokens tokens,
        AccessLog accessLog,
        Cluster cluster,
        Telemetry telemetry,
        Map<String, Target> targets,
        Map<String, String> camel,
        Map<String, String> placeholders) {

    @Override
    public String toString() {
        return ("Settings[completion=%s, shape=%s, deadline=%s, routes=%s, maxInFlight=%d, http=%s, callers=%s,"
                        + " management=%s, inbox=%s, journal=%s, kafka=%s, tokens=%s, accessLog=%s, cluster=%s, telemetry=%s, targets=%s, camel=%s, placeholders=%s]")
                .formatted(
                        completion,
                        shape,
                        deadline,
                        routes,
                        maxInFlight,
                        http,
                        callers,
                        management,
                        inbox,
                        journal,
                        kafka,
                        tokens,
                        accessLog,
                        cluster,
                        telemetry,
                        targets.values(),
                        camel.keySet(),
                        placeholders.keySet());
    }

    /**
     * Where the HTTP entry listens and what it lets in.
     *
     * @param port 0: any free one
     * @param maxBody in bytes
     * @param forwardHeaders of the caller, to the targets; the set compares names without regard to case
     * @param readTimeout for a whole request to arrive
     * @param idleTimeout for a connection without a request
     * @param maxConnections of callers at the same time
     * @param drainDelay for which messages are still taken when Tandem stops
     * @param http2 whether callers may use HTTP/2
     * @param drainTimeout for messages in flight after that
     * @param origins of pages that may send something besides its own, in lower case
     * @param tls null: without
     */
    public record Http(
            String host,
            int port,
            int maxBody,
            Set<String> forwardHeaders,
            Duration readTimeout,
            Duration idleTimeout,
            int maxConnections,
            Duration drainDelay,
            boolean http2,
            Duration drainTimeout,
            Set<String> origins,
            @Nullable Tls tls) {
        /** Whether only this machine can connect. */
        public boolean isLocal() {
            return Loopback.includes(host);
        }
    }

    /** A way in which callers show who they are. */
    public enum CallerAuth {
        NONE("none"),
        API_KEY("api-key"),
        BASIC("basic"),
        JWT("jwt"),
        MTLS("mtls");

        private final String word;

        CallerAuth(String word) {
            this.word = word;
        }

        /** As users write it. */
        public String word() {
            return word;
        }
    }

    /**
     * Who may call the HTTP entry.
     *
     * @param auth any of these suffices; {@link CallerAuth#NONE} alone: nobody is asked
     * @param entries as {@link CallerList} reads them; null when neither {@code api-key} nor {@code basic} is among
     *     {@code auth}
     * @param keyHeader in which API keys come
     * @param jwt with {@link CallerAuth#JWT}, else null
     * @param mtls with {@link CallerAuth#MTLS}, else null
     * @param publicDocs whether the contract is for everybody
     * @param rate of one caller's requests; null: without limit
     */
    public record Callers(
            Set<CallerAuth> auth,
            @Nullable Secret entries,
            String keyHeader,
            @Nullable Jwt jwt,
            @Nullable Mtls mtls,
            Scopes scopes,
            boolean publicDocs,
            @Nullable Rate rate) {
        /** Whether everybody may do everything. */
        public boolean anonymous() {
            return auth.contains(CallerAuth.NONE);
        }

        /** Whether browsers show by themselves who they are, also for what a page of somebody else's makes them send. */
        public boolean ambient() {
            return auth.contains(CallerAuth.BASIC) || auth.contains(CallerAuth.MTLS);
        }
    }

    /**
     * Which access tokens callers may show.
     *
     * @param jwksUrl null: discovered from the issuer
     * @param audience one of these must be among a token's
     * @param algorithms by which tokens may be signed, as in JWS
     * @param scopeClaims that say what a caller was granted
     * @param nameClaim that tells callers apart
     */
    public record Jwt(
            String issuer,
            @Nullable String jwksUrl,
            List<String> audience,
            List<String> algorithms,
            List<String> scopeClaims,
            String nameClaim,
            Duration clockSkew) {}

    /** What of a certificate is the name of its owner. */
    public enum CertificateName {
        CN("cn"),
        SUBJECT("subject"),
        SAN_DNS("san-dns"),
        SAN_URI("san-uri"),
        SAN_EMAIL("san-email");

        private final String word;

        CertificateName(String word) {
            this.word = word;
        }

        /** As users write it. */
        public String word() {
            return word;
        }
    }

    /**
     * Which client certificates callers may show.
     *
     * @param allow names; null: all whose certificate is trusted
     * @param scopes what all of them may do
     */
    public record Mtls(CertificateName name, @Nullable Set<String> allow, Set<String> scopes) {}

    /**
     * The TLS of the HTTP entry.
     *
     * @param clientTrust by which certificates of callers are trusted; null: callers are not asked for one
     */
    public record Tls(Certificate certificate, @Nullable Trust clientTrust) {}

    /** So many in such a time. */
    public record Rate(int permits, Duration per) {}

    /** What a caller must have been granted for what it does. */
    public record Scopes(String send, String read, String replay) {}

    /** How a running Tandem with this configuration is called; the host as configured, not resolved. */
    public record Address(String host, int port, String keyHeader, boolean tls) {}

    /**
     * Where health and metrics are served.
     *
     * @param port 0: any free one
     * @param key by which log levels are changed; null: by nobody
     * @param tls whether the port takes nothing but TLS, by the certificate of the HTTP entry
     */
    public record Management(String host, int port, @Nullable Secret key, boolean tls) {
        /** Whether only this machine can connect. */
        public boolean isLocal() {
            return Loopback.includes(host);
        }
    }

    /**
     * The watched folder.
     *
     * @param dir the inbox itself; {@code done}, {@code failed}, {@code replies} lie beside it
     * @param window records of one file in flight at the same time
     * @param maxRecord in bytes
     * @param recognise whether a file that was worked on before is told from a new one
     */
    public record Inbox(boolean enabled, Path dir, int window, int maxRecord, boolean recognise) {}

    /**
     * What is kept of messages, and where.
     *
     * @param sync whether messages are journaled whose callers wait and give no key
     * @param afterReply whether what was not delivered when the caller had waited is delivered afterwards
     * @param maxPending messages that may wait for a delivery
     * @param minFree bytes on the disk of an embedded journal below which no new work is taken
     * @param inline bytes of the largest body that an embedded journal keeps in its database
     * @param keep for how long a message is kept that every target has
     * @param keepDead for how long a message is kept that was given up
     */
    public record Journal(
            Database database,
            boolean sync,
            boolean afterReply,
            int maxPending,
            int minFree,
            int inline,
            Duration keep,
            Duration keepDead) {}

    /** Where the journal is. */
    public sealed interface Database {
        /** SQLite, in this process; larger bodies are files beside it. */
        record Embedded(Path file) implements Database {}

        /** PostgreSQL, shared with other instances. */
        record Postgres(String url, @Nullable String user, @Nullable Secret password) implements Database {}
    }

    /**
     * What is taken from Kafka, and written to it.
     *
     * @param topics at least one
     * @param offsetReset {@code earliest}, {@code latest}
     * @param replyTopic null: no replies are written
     * @param deadLetterTopic null: no dead letters are written
     * @param forwardHeaders of a record, to the targets; the set compares names without regard to case
     * @param replyHeaders of a record, to its reply
     * @param maxRecord in bytes
     * @param batch records taken at once
     * @param maxPending messages waiting for a delivery beyond which no records are taken
     * @param intake whether messages that are accepted over HTTP are written to the first topic
     */
    public record Kafka(
            Brokers brokers,
            List<String> topics,
            String group,
            String offsetReset,
            @Nullable String replyTopic,
            @Nullable String deadLetterTopic,
            Set<String> forwardHeaders,
            Set<String> replyHeaders,
            String contentType,
            int maxRecord,
            int batch,
            int maxPending,
            boolean intake) {}

    /** How Tandem shows brokers who it is. */
    public enum KafkaAuth {
        NONE("none", ""),
        PLAIN("plain", "PLAIN"),
        SCRAM_SHA_256("scram-sha-256", "SCRAM-SHA-256"),
        SCRAM_SHA_512("scram-sha-512", "SCRAM-SHA-512"),
        CLIENT_CREDENTIALS("client-credentials", "OAUTHBEARER");

        private final String word;
        private final String mechanism;

        KafkaAuth(String word, String mechanism) {
            this.word = word;
            this.mechanism = mechanism;
        }

        /** As users write it. */
        public String word() {
            return word;
        }

        /** Of SASL; empty when there is none. */
        public String mechanism() {
            return mechanism;
        }
    }

    /**
     * How brokers are connected to.
     *
     * @param addresses {@code host:port}, separated by commas
     * @param connection certificates; what else is in it does not apply
     * @param username with {@code plain} and {@code scram}, else null
     * @param password with {@code plain} and {@code scram}, else null
     * @param oauth with {@code client-credentials}, else null
     * @param extensions of SASL/OAUTHBEARER (RFC 7628, section 3.1)
     */
    public record Brokers(
            String addresses,
            boolean tls,
            Connection connection,
            KafkaAuth auth,
            @Nullable String username,
            @Nullable Secret password,
            @Nullable OAuth2Settings oauth,
            Map<String, String> extensions) {}

    /**
     * What is common to all tokens.
     *
     * @param dir where logins are kept, encrypted
     * @param key 32 bytes as base64 or hexadecimal; null: one that is made in the folder
     * @param refreshAt the part of a token's life after which the next one is got, 0.1 to 0.9
     */
    public record Tokens(Path dir, @Nullable Secret key, double refreshAt) {}

    /** Format of the access log. */
    public enum AccessLog {
        TEXT,
        JSON,
        ECS,
        OFF
    }

    /** By what a leader is elected. */
    public enum Election {
        NONE,
        FILE,
        KUBERNETES
    }

    /**
     * How a leader is elected among instances, for routes of which one alone may run.
     *
     * @param dir of the lock, with {@link Election#FILE}
     * @param namespace of the Lease, with {@link Election#KUBERNETES}; null: the pod's own
     */
    public record Cluster(Election election, Path dir, @Nullable String namespace) {}

    /** What calls a target: Apache's client, a thread waiting for each reply; or one on event loops. */
    public enum Client {
        CAMEL_HTTP,
        NON_BLOCKING
    }

    /**
     * One downstream HTTP API.
     *
     * @param timeout for one attempt, from connecting to the last byte of the reply
     * @param connectTimeout for connecting, TLS included
     * @param leaseTimeout for a free connection of the pool
     * @param maxReply bytes of a reply (decoded) beyond which it counts as unreadable
     * @param idempotent whether an attempt of unknown fate may be repeated
     * @param ordered whether journaled messages come one after the other in the order of their arrival
     * @param headers fixed headers the target receives; the map compares names without regard to case
     */
    public record Target(
            String name,
            String url,
            String method,
            Client client,
            Duration timeout,
            Duration connectTimeout,
            Duration leaseTimeout,
            int maxConnections,
            int maxReply,
            boolean idempotent,
            boolean ordered,
            Retry retry,
            Redelivery redelivery,
            Protection protection,
            @Nullable Condition when,
            Map<String, String> headers,
            Connection connection,
            Auth auth) {
        /** What calls it; by way of a proxy it is always the client that holds a thread. */
        public Client caller() {
            return connection.proxy() == null ? client : Client.CAMEL_HTTP;
        }

        @Override
        public String toString() {
            return "Target[name=%s, url=%s, method=%s, timeout=%s, headers=%s, auth=%s]"
                    .formatted(name, Redaction.shown(url), method, timeout, headers.keySet(), auth);
        }
    }

    /** Attempts in all (1: no retry), and the bounds of the full-jitter back-off between them. */
    public record Retry(int attempts, Duration minBackoff, Duration maxBackoff) {}

    /**
     * How the journal delivers what was not delivered at once.
     *
     * @param concurrency deliveries at the same time
     * @param minBackoff upper bound of the random wait before the first one; it doubles up to {@code maxBackoff}
     * @param maxAge of the message, beyond which the delivery is dead
     */
    public record Redelivery(int concurrency, Duration minBackoff, Duration maxBackoff, Duration maxAge) {}

    /**
     * Which messages a target is meant to get.
     *
     * @param language of Camel, such as {@code jsonpath}
     */
    public record Condition(String language, String predicate) {}

    /**
     * What keeps a sick target from being hammered, and from taking others with it.
     *
     * @param minTimeout what must be left of the deadline for an attempt to be started
     * @param retryBudget retries per call beyond which they are withheld
     * @param breaker null for none
     * @param bulkhead null for none
     * @param rate null for none
     */
    public record Protection(
            Duration minTimeout,
            double retryBudget,
            @Nullable Breaker breaker,
            @Nullable Bulkhead bulkhead,
            @Nullable Rate rate) {}

    /**
     * When a target is left alone.
     *
     * @param failureRate share of failed attempts at which it opens
     * @param slowCall what takes longer is slow; null: nothing is
     * @param slowRate share of slow attempts at which it opens
     * @param window what it looks back on
     * @param minCalls attempts below which it stays closed
     * @param open how long it stays open
     * @param probes attempts by which it sees whether the target is back
     */
    public record Breaker(
            double failureRate,
            @Nullable Duration slowCall,
            double slowRate,
            Window window,
            int minCalls,
            Duration open,
            int probes) {}

    /**
     * A number of attempts, or those of a time.
     *
     * @param size attempts, or seconds
     */
    public record Window(boolean time, int size) {}

    /**
     * How many attempts at the same time.
     *
     * @param longestWait for a place
     */
    public record Bulkhead(int maxInFlight, Duration longestWait) {}

    /**
     * What is measured and traced besides what always is.
     *
     * @param routeMetrics whether Camel's own meters of routes are there
     * @param sample share of the messages that are traced, of those whose caller has not decided; 0: none at all
     * @param otlp where it is sent
     */
    public record Telemetry(boolean routeMetrics, double sample, Otlp otlp) {}

    /**
     * A collector that speaks OTLP over HTTP.
     *
     * @param url before {@code /v1/traces} and {@code /v1/metrics}
     * @param authorization the header of that name, or null
     * @param metrics whether it gets meters, which are at the management port in any case
     * @param interval between two sets of meters
     */
    public record Otlp(String url, @Nullable Secret authorization, boolean metrics, Duration interval) {}

    /** How Tandem shows a target who it is. */
    public sealed interface Auth {
        /** No credentials. */
        record None() implements Auth {}

        /** RFC 7617. */
        record Basic(String username, Secret password) implements Auth {}

        /** A fixed key in a header, behind an optional scheme ({@code Authorization: Key …}). */
        record ApiKey(String header, @Nullable String scheme, Secret key) implements Auth {}

        /** OAuth2: how a token is got is the business of {@code io.tandem.oauth2}. */
        record OAuth2(OAuth2Settings oauth) implements Auth {}
    }

    /**
     * The {@code target.<name>.oauth.*} keys of one target.
     *
     * @param grant as in {@code target.<name>.auth}: {@code client-credentials}, {@code authorization-code}, {@code
     *     token-exchange}
     * @param tokenUrl null when it is discovered from {@code issuer}
     * @param issuer null only when {@code tokenUrl} is given
     * @param clientSecret with {@code clientAuth} {@code basic} and {@code post}, else null
     * @param clientAuth {@code basic}, {@code post}, {@code private_key_jwt}, {@code tls}, {@code none}
     * @param privateKey with {@code clientAuth} {@code private_key_jwt}, else null
     * @param timeout for one token request as a whole
     * @param connection to the authorization server; has a certificate with {@code clientAuth} {@code tls}
     * @param login with {@code grant} {@code authorization-code}, else null
     * @param exchange with {@code grant} {@code token-exchange}, else null
     * @param rejectedStatuses answers of the target that mean that the token is no longer good
     */
    public record OAuth2Settings(
            String grant,
            @Nullable String tokenUrl,
            @Nullable String issuer,
            String clientId,
            @Nullable Secret clientSecret,
            String clientAuth,
            @Nullable PrivateKey privateKey,
            List<String> scope,
            @Nullable String audience,
            List<String> resource,
            Map<String, String> extraParameters,
            Duration connectTimeout,
            Duration timeout,
            Connection connection,
            @Nullable Login login,
            @Nullable Exchange exchange,
            Set<Integer> rejectedStatuses) {
        @Override
        public String toString() {
            return "OAuth2Settings[grant=%s, server=%s, clientId=%s, clientAuth=%s, scope=%s, extraParameters=%s]"
                    .formatted(
                            grant,
                            Redaction.shown(String.valueOf(issuer == null ? tokenUrl : issuer)),
                            clientId,
                            clientAuth,
                            scope,
                            extraParameters.keySet());
        }
    }

    /**
     * The key that signs a client's assertions.
     *
     * @param file PEM or JWK
     * @param algorithm {@code RS256}, {@code PS256}, {@code ES256}
     * @param id sent as {@code kid}; null: that of the JWK
     * @param audience {@code issuer}, {@code token-url}
     */
    public record PrivateKey(Path file, String algorithm, @Nullable String id, String audience) {}

    /**
     * How a server is connected to.
     *
     * @param allowHttp whether credentials may go there by plain http to another machine
     * @param certificate shown to the server
     * @param trust instead of the certificates that the Java runtime trusts
     * @param denied addresses to which no connection is made
     */
    public record Connection(
            boolean allowHttp,
            @Nullable Certificate certificate,
            @Nullable Trust trust,
            @Nullable Proxy proxy,
            List<AddressBlock> denied) {
        /** Straight, with what the Java runtime trusts. */
        public static final Connection DIRECT = new Connection(false, null, null, null, List.of());
    }

    /** All addresses of which the first {@code prefix} bits are those of {@code network}. */
    public record AddressBlock(InetAddress network, int prefix) {}

    /** A client certificate with its key. */
    public sealed interface Certificate {
        /** Two PEM files. */
        record Pem(Path certificate, Path key) implements Certificate {}

        /** One PKCS12 file. */
        record Keystore(Path file, Secret password) implements Certificate {}
    }

    /** Trusted certificates: PEM, or PKCS12 with its password. */
    public record Trust(Path file, @Nullable Secret password) {}

    /** An HTTP proxy; both of user name and password, or neither. */
    public record Proxy(HostAndPort address, @Nullable String username, @Nullable Secret password) {}

    /** A host (an IPv6 address has no brackets) and a port. */
    public record HostAndPort(String host, int port) {}

    /**
     * How a person logs in.
     *
     * @param authorizationUrl null: discovered
     * @param deviceUrl null: discovered
     * @param parameters further ones of the authorization request
     */
    public record Login(
            @Nullable String authorizationUrl,
            @Nullable String deviceUrl,
            Redirect redirect,
            Map<String, String> parameters) {
        @Override
        public String toString() {
            return "Login[redirect=%s, parameters=%s]".formatted(redirect, parameters.keySet());
        }
    }

    /** Where the browser comes back to after a login: on this machine; port 0 is any free one. */
    public record Redirect(String host, int port, String path) {}

    /** What a caller's token is ({@code access_token}, {@code jwt}), and what is asked for; null: as the server likes. */
    public record Exchange(String subjectTokenType, @Nullable String requestedTokenType) {}
}
