package io.tandem.egress;

import java.util.function.Supplier;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy; https goes through it by {@code CONNECT}. Immutable.
 *
 * @param username for Basic authentication at the proxy; null for none
 * @param password read at each use
 */
public record HttpProxy(String host, int port, @Nullable String username, @Nullable Supplier<String> password) {
    /** A proxy that wants no credentials. */
    public static HttpProxy of(String host, int port) {
        return new HttpProxy(host, port, null, null);
    }

    HttpHost address() {
        return new HttpHost("http", host, port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
