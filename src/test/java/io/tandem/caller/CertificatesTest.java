package io.tandem.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings.CertificateName;
import io.tandem.oauth2.TestPki;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    @Test
    void nameIsWhatTheConfigurationSays() throws Exception {
        TestPki pki = new TestPki();
        TestPki.Identity server = pki.server("orders.example.com");

        assertThat(Certificates.name(server.certificate(), CertificateName.CN)).isEqualTo("server");
        assertThat(Certificates.name(server.certificate(), CertificateName.SUBJECT))
                .isEqualTo("CN=server");
        assertThat(Certificates.name(server.certificate(), CertificateName.SAN_DNS))
                .isEqualTo("orders.example.com");
        assertThat(Certificates.name(server.certificate(), CertificateName.SAN_URI))
                .isNull();
        assertThat(Certificates.name(pki.client("shop").certificate(), CertificateName.SAN_EMAIL))
                .isNull();
    }

    @Test
    void nobodyIsKnownByTwoNames() throws Exception {
        TestPki pki = new TestPki();

        assertThat(Certificates.name(pki.client("shop,CN=ops").certificate(), CertificateName.CN))
                .isNull();
        assertThat(Certificates.name(pki.client("a\\,CN\\=ops").certificate(), CertificateName.CN))
                .isEqualTo("a,CN=ops");
    }
}
