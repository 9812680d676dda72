package io.tandem.oauth2;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an authorization server is talked to. Immutable. Files and passwords are read at each connection, so that a
 * renewed certificate takes effect.
 *
 * @param connectTimeout for one connection, TLS included
 * @param timeout for a whole exchange, from connecting to the last byte, however slowly it drips
 * @param maxResponse bytes of a response beyond which it is refused
 * @param allowHttp whether plain http is taken for any host: secrets and tokens then travel in the clear
 * @param trust whose certificates are trusted, instead of the JVM's list
 * @param clientCertificate shown when the server asks for one
 * @param proxy by which the server is reached
 */
public record Transport(
        Duration connectTimeout,
        Duration timeout,
        int maxResponse,
        boolean allowHttp,
        @Nullable TrustedCertificates trust,
        @Nullable ClientCertificate clientCertificate,
        @Nullable HttpProxy proxy) {
    /** 2 s to connect, 5 s in all, 64 KiB of response, the JVM's trust, no client certificate, no proxy. */
    public static final Transport DEFAULT =
            new Transport(Duration.ofSeconds(2), Duration.ofSeconds(5), 64 * 1024, false, null, null, null);

    /** Checks the bounds. */
    public Transport {
        if (connectTimeout.isNegative() || connectTimeout.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeouts of a token endpoint must be positive");
        }
        if (maxResponse < 1) {
            throw new IllegalArgumentException("a token endpoint's response limit must be positive");
        }
    }

    /** The same with other timeouts. */
    public Transport withTimeouts(Duration connect, Duration whole) {
        return new Transport(connect, whole, maxResponse, allowHttp, trust, clientCertificate, proxy);
    }

    /** The same with plain http taken (or not) for any host. */
    public Transport withAllowHttp(boolean allow) {
        return new Transport(connectTimeout, timeout, maxResponse, allow, trust, clientCertificate, proxy);
    }

    /** The same with its own list of trusted certificates. */
    public Transport withTrust(@Nullable TrustedCertificates certificates) {
        return new Transport(connectTimeout, timeout, maxResponse, allowHttp, certificates, clientCertificate, proxy);
    }

    /** The same with a client certificate. */
    public Transport withClientCertificate(@Nullable ClientCertificate certificate) {
        return new Transport(connectTimeout, timeout, maxResponse, allowHttp, trust, certificate, proxy);
    }

    /** The same by way of a proxy. */
    public Transport withProxy(@Nullable HttpProxy by) {
        return new Transport(connectTimeout, timeout, maxResponse, allowHttp, trust, clientCertificate, by);
    }
}
