package io.tandem.config;

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
 * @param completion which outcomes make a message a success: {@code all}, {@code any}, {@code best-effort}
 * @param shape how the replies are merged: {@code collect}
 * @param deadline the time budget of one message
 * @param routes the folder of the route files
 * @param maxInFlight messages processed at the same time, beyond which callers get 503
 * @param http the HTTP entry
 * @param management the management port
 * @param inbox the watched folder
 * @param accessLog how the access log is written
 * @param targets by name, in the order in which they first appear in the configuration
 * @param camel the {@code camel.*} properties, handed to Camel Main as they are
 * @param placeholders what <code>{{…}}</code> in route files may refer to; holds no secret
 */
public record Settings(
        String completion,
        String shape,
        Duration deadline,
        Path routes,
        int maxInFlight,
        Http http,
        Management management,
        Inbox inbox,
        AccessLog accessLog,
        Map<String, Target> targets,
        Map<String, String> camel,
        Map<String, String> placeholders) {

    @Override
    public String toString() {
        return ("Settings[completion=%s, shape=%s, deadline=%s, routes=%s, maxInFlight=%d, http=%s, management=%s,"
                        + " inbox=%s, accessLog=%s, targets=%s, camel=%s, placeholders=%s]")
                .formatted(
                        completion,
                        shape,
                        deadline,
                        routes,
                        maxInFlight,
                        http,
                        management,
                        inbox,
                        accessLog,
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
     * @param drainTimeout for messages in flight when Tandem stops
     */
    public record Http(
            String host,
            int port,
            int maxBody,
            Set<String> forwardHeaders,
            Duration readTimeout,
            Duration drainTimeout) {}

    /** Where health and metrics are served; port 0: any free one. */
    public record Management(String host, int port) {}

    /**
     * The watched folder.
     *
     * @param dir the inbox itself; {@code done}, {@code failed}, {@code replies} lie beside it
     * @param window records of one file in flight at the same time
     * @param maxRecord in bytes
     */
    public record Inbox(boolean enabled, Path dir, int window, int maxRecord) {}

    /** Format of the access log. */
    public enum AccessLog {
        TEXT,
        JSON,
        OFF
    }

    /**
     * One downstream HTTP API.
     *
     * @param timeout for one attempt, from connecting to the last byte of the reply
     * @param connectTimeout for connecting, TLS included
     * @param leaseTimeout for a free connection of the pool
     * @param maxReply bytes of a reply (decoded) beyond which it counts as unreadable
     * @param idempotent whether an attempt of unknown fate may be repeated
     * @param headers fixed headers the target receives; the map compares names without regard to case
     */
    public record Target(
            String name,
            String url,
            String method,
            Duration timeout,
            Duration connectTimeout,
            Duration leaseTimeout,
            int maxConnections,
            int maxReply,
            boolean idempotent,
            Retry retry,
            Map<String, String> headers,
            Auth auth) {
        @Override
        public String toString() {
            return "Target[name=%s, url=%s, method=%s, timeout=%s, headers=%s, auth=%s]"
                    .formatted(name, Redaction.shown(url), method, timeout, headers.keySet(), auth);
        }
    }

    /** Attempts in all (1: no retry), and the bounds of the full-jitter back-off between them. */
    public record Retry(int attempts, Duration minBackoff, Duration maxBackoff) {}

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
     * @param grant as in {@code target.<name>.auth}: {@code client-credentials}
     * @param clientSecret null when {@code clientAuth} is {@code none}
     * @param clientAuth {@code basic}, {@code post}, {@code none}
     * @param timeout for one token request as a whole
     * @param allowHttp whether the token URL may be plain http to another machine
     */
    public record OAuth2Settings(
            String grant,
            String tokenUrl,
            String clientId,
            @Nullable Secret clientSecret,
            String clientAuth,
            List<String> scope,
            @Nullable String audience,
            List<String> resource,
            Map<String, String> extraParameters,
            Duration connectTimeout,
            Duration timeout,
            boolean allowHttp) {
        @Override
        public String toString() {
            return "OAuth2Settings[grant=%s, tokenUrl=%s, clientId=%s, clientAuth=%s, scope=%s, extraParameters=%s]"
                    .formatted(grant, Redaction.shown(tokenUrl), clientId, clientAuth, scope, extraParameters.keySet());
        }
    }
}
