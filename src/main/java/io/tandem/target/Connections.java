package io.tandem.target;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.egress.DeniedAddresses;
import io.tandem.egress.Egress;
import io.tandem.egress.HttpProxy;
import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TrustedCertificates;
import java.net.URI;
import java.util.function.Supplier;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Says in the words of {@code io.tandem.egress} how a server is connected to. Stateless. */
public final class Connections {
    private Connections() {}

    /** By which way a server is reached. */
    public static Egress egress(Settings.Connection connection) {
        return new Egress(
                trust(connection.trust()),
                certificate(connection.certificate()),
                proxy(connection.proxy()),
                new DeniedAddresses(connection.denied().stream()
                        .map(block -> new DeniedAddresses.Block(block.network(), block.prefix()))
                        .toList()));
    }

    /** Scheme, host and port that a URL stands for, the port of the scheme where it names none. */
    static HttpHost authority(URI url) {
        return RoutingSupport.normalize(HttpHost.create(url), DefaultSchemePortResolver.INSTANCE);
    }

    private static @Nullable TrustedCertificates trust(Settings.@Nullable Trust trust) {
        return trust == null ? null : new TrustedCertificates(trust.file(), supplier(trust.password()));
    }

    private static @Nullable CertificateAndKey certificate(Settings.@Nullable Certificate certificate) {
        if (certificate instanceof Settings.Certificate.Pem pem) {
            return new CertificateAndKey.PemFiles(pem.certificate(), pem.key());
        }
        if (certificate instanceof Settings.Certificate.Keystore keystore) {
            return new CertificateAndKey.Pkcs12(keystore.file(), keystore.password()::value);
        }
        return null;
    }

    private static @Nullable HttpProxy proxy(Settings.@Nullable Proxy proxy) {
        return proxy == null
                ? null
                : new HttpProxy(
                        proxy.address().host(), proxy.address().port(), proxy.username(), supplier(proxy.password()));
    }

    private static @Nullable Supplier<String> supplier(@Nullable Secret secret) {
        return secret == null ? null : secret::value;
    }
}
