package io.tandem.oauth2;

import io.tandem.egress.DeniedAddresses;
import io.tandem.egress.Egress;
import io.tandem.egress.HttpProxy;
import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TrustedCertificates;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an authorization server is talked to. Immutable.
 *
 * @param connectTimeout for one connection, TLS included
 * @param timeout for a whole exchange, from connecting to the last byte, however slowly it drips
 * @param maxResponse bytes of a response beyond which it is refused
 * @param allowHttp whether plain http is taken for any host: secrets and tokens then travel in the clear
 * @param egress by which way the server is reached
 */
public record Transport(Duration connectTimeout, Duration timeout, int maxResponse, boolean allowHttp, Egress egress) {
    /** 2 s to connect, 5 s in all, 64 KiB of response, the JVM's trust, no client certificate, no proxy. */
    public static final Transport DEFAULT =
            new Transport(Duration.ofSeconds(2), Duration.ofSeconds(5), 64 * 1024, false, Egress.DIRECT);

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
        return new Transport(connect, whole, maxResponse, allowHttp, egress);
    }

    /** The same with plain http taken (or not) for any host. */
    public Transport withAllowHttp(boolean allow) {
        return new Transport(connectTimeout, timeout, maxResponse, allow, egress);
    }

    /** The same with its own list of trusted certificates. */
    public Transport withTrust(@Nullable TrustedCertificates certificates) {
        return withEgress(egress.withTrust(certificates));
    }

    /** The same with a client certificate. */
    public Transport withClientCertificate(@Nullable CertificateAndKey certificate) {
        return withEgress(egress.withCertificate(certificate));
    }

    /** The same by way of a proxy. */
    public Transport withProxy(@Nullable HttpProxy by) {
        return withEgress(egress.withProxy(by));
    }

    /** The same with addresses to which no connection is made. */
    public Transport withDenied(DeniedAddresses addresses) {
        return withEgress(egress.withDenied(addresses));
    }

    private Transport withEgress(Egress other) {
        return new Transport(connectTimeout, timeout, maxResponse, allowHttp, other);
    }
}
