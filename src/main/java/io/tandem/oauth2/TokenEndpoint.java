package io.tandem.oauth2;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where tokens are got, and how long and how much to read there. Immutable.
 *
 * @param url the token endpoint; {@code https}, or {@code http} to a loopback address
 * @param connectTimeout for one connection, TLS included
 * @param timeout for the whole exchange, from connecting to the last byte, however slowly it drips
 * @param maxResponse bytes of a response beyond which it is refused
 * @param allowHttp whether plain http is taken for any host: secrets and tokens then travel in the clear
 */
public record TokenEndpoint(URI url, Duration connectTimeout, Duration timeout, int maxResponse, boolean allowHttp) {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /** Checks the URL. */
    public TokenEndpoint {
        requireSafe(url, allowHttp);
        if (connectTimeout.isNegative() || connectTimeout.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeouts of a token endpoint must be positive");
        }
        if (maxResponse < 1) {
            throw new IllegalArgumentException("a token endpoint's response limit must be positive");
        }
    }

    /** An endpoint with 2 s to connect, 5 s in all, and 64 KiB of response. */
    public static TokenEndpoint of(URI url) {
        return new TokenEndpoint(url, Duration.ofSeconds(2), Duration.ofSeconds(5), 64 * 1024, false);
    }

    /** The same with other timeouts. */
    public TokenEndpoint withTimeouts(Duration connect, Duration whole) {
        return new TokenEndpoint(url, connect, whole, maxResponse, allowHttp);
    }

    /** The same with plain http taken (or not) for any host. */
    public TokenEndpoint withAllowHttp(boolean allow) {
        return new TokenEndpoint(url, connectTimeout, timeout, maxResponse, allow);
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
