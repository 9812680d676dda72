package io.tandem.oauth2;

import io.tandem.egress.Egress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens are got: at a URL, or at the one that the issuer's metadata names. Immutable.
 *
 * @param url the token endpoint; {@code https}, or {@code http} to a loopback address. Null: discovered from the issuer
 * @param issuer the authorization server's identifier; needed for discovery, as the audience of signed assertions, and
 *     to check who answered a login
 * @param transport how to talk to it
 */
public record TokenEndpoint(@Nullable URI url, @Nullable URI issuer, Transport transport) {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /** Checks the URLs. */
    public TokenEndpoint {
        if (url == null && issuer == null) {
            throw new IllegalArgumentException("a token URL or an issuer is needed");
        }
        if (url != null) {
            requireSafe(url, transport.allowHttp());
        }
        if (issuer != null) {
            requireSafe(issuer, transport.allowHttp());
            // RFC 8414 §2
            if (issuer.getRawQuery() != null) {
                throw new IllegalArgumentException("'" + withoutUserInfo(issuer) + "' must have no query");
            }
        }
    }

    /** A token URL with its limits. */
    public TokenEndpoint(URI url, Duration connectTimeout, Duration timeout, int maxResponse, boolean allowHttp) {
        this(url, null, new Transport(connectTimeout, timeout, maxResponse, allowHttp, Egress.DIRECT));
    }

    /** An endpoint with the default limits. */
    public static TokenEndpoint of(URI url) {
        return new TokenEndpoint(url, null, Transport.DEFAULT);
    }

    /** An endpoint that the issuer's metadata will name (OpenID Connect Discovery, RFC 8414). */
    public static TokenEndpoint discovered(URI issuer) {
        return new TokenEndpoint(null, issuer, Transport.DEFAULT);
    }

    /** The same with a known issuer. */
    public TokenEndpoint withIssuer(URI of) {
        return new TokenEndpoint(url, of, transport);
    }

    /** The same, talked to in another way. */
    public TokenEndpoint withTransport(Transport other) {
        return new TokenEndpoint(url, issuer, other);
    }

    /** The same with other timeouts. */
    public TokenEndpoint withTimeouts(Duration connect, Duration whole) {
        return withTransport(transport.withTimeouts(connect, whole));
    }

    /** The same with plain http taken (or not) for any host. */
    public TokenEndpoint withAllowHttp(boolean allow) {
        return withTransport(transport.withAllowHttp(allow));
    }

    /** The longest that a token call takes: discovery may try three places first. */
    Duration limit() {
        return url == null ? transport.timeout().multipliedBy(4) : transport.timeout();
    }

    /** Refuses what would send credentials in the clear, or to a place that the URL hides. */
    static void requireSafe(URI url, boolean allowHttp) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("'" + withoutUserInfo(url) + "' is not an http(s) URL");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "'" + withoutUserInfo(url) + "' must have neither user info nor a fragment");
        }
        // RFC 6749 §3.2: TLS is required, as the request carries credentials
        if (scheme.equals("http") && !allowHttp && !isLoopback(url)) {
            throw new IllegalArgumentException(
                    "'" + url + "' would send credentials in the clear: use https, or allow http by name");
        }
    }

    static boolean isLoopback(URI url) {
        return LOOPBACK.matcher(url.getHost().toLowerCase(Locale.ROOT)).matches();
    }

    private static String withoutUserInfo(URI url) {
        return url.toString().replaceFirst("//[^/@]*@", "//");
    }
}
