package io.tandem.server;

import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what pages of others make a browser send to where they can't connect themselves: to other sites, and to a name of
 * their own that leads here (DNS rebinding). Requests that no browser sent have nothing that would have them refused.
 * Immutable.
 */
public final class BrowserGuard {
    /** What changes nothing (RFC 9110 §9.2.1), and what asks first whether it may. */
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private final Set<String> origins;
    private final Set<String> names;
    private final boolean local;

    /**
     * @param origins whose pages may send something, in lower case; their hosts are names by which this server is known
     * @param local whether it is known by addresses and by names of this machine alone, besides
     */
    public BrowserGuard(Set<String> origins, boolean local) {
        this.origins = Set.copyOf(origins);
        this.names = origins.stream()
                .map(origin -> String.valueOf(URI.create(origin).getHost()))
                .collect(Collectors.toUnmodifiableSet());
        this.local = local;
    }

    /** Why a request is refused; or null. */
    public @Nullable Problem refusal(HttpServerRequest request) {
        if (local && !isKnownName(request)) {
            return Problem.of(
                    ProblemType.FORBIDDEN,
                    "The Host header must name this machine: localhost, an address, or a host in tandem.http.origins.");
        }
        return !SAFE.contains(request.method()) && isOfAnotherSite(request)
                ? Problem.of(
                        ProblemType.FORBIDDEN,
                        "A page of another site may send nothing here, unless tandem.http.origins has its origin.")
                : null;
    }

    /** Addresses are: whoever has a browser look up a name can't have it look up those. */
    private boolean isKnownName(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null) {
            // a browser always has one (RFC 9112 §3.2)
            return request.getHeader("Host") == null;
        }
        String host = authority.host();
        return host.startsWith("[")
                || host.equals("localhost")
                || endsWithNumber(host)
                || isKnownName(host.toLowerCase(Locale.ROOT));
    }

    private boolean isKnownName(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        // RFC 6761 §6.3
        return name.equals("localhost") || name.endsWith(".localhost") || names.contains(name);
    }

    /** Such a host is an IPv4 address, or nothing, to browsers (URL Standard, "ends in a number checker"). */
    private static boolean endsWithNumber(String host) {
        int last = host.length() - 1;
        while (last >= 0 && host.charAt(last) >= '0' && host.charAt(last) <= '9') {
            last--;
        }
        return last < host.length() - 1 && (last < 0 || host.charAt(last) == '.');
    }

    /** Fetch Metadata §2.2 where the browser takes the connection for safe; else RFC 6454 §7. */
    private boolean isOfAnotherSite(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        if (origin != null && origins.contains(origin.toLowerCase(Locale.ROOT))) {
            return false;
        }
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        return origin != null && !origin.endsWith("://" + request.authority());
    }
}
