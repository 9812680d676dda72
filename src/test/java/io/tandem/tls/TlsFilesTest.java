package io.tandem.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.oauth2.TestPki;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    @TempDir
    private Path folder;

    @Test
    void lastGoodFilesStayInForceWhenRenewedOnesAreBroken() throws Exception {
        TestPki pki = new TestPki();
        Path pem = Files.writeString(
                folder.resolve("own.pem"), pki.client("tandem").pem());
        TlsFiles files = new TlsFiles(null, new CertificateAndKey.PemFiles(pem, pem));
        SSLContext first = files.context();
        assertThat(files.context()).isSameAs(first);

        Files.writeString(pem, "-----BEGIN CERTIFICATE-----\nhalf a fi");
        assertThat(files.context()).isSameAs(first);
        Files.delete(pem);
        assertThat(files.context()).isSameAs(first);

        Files.writeString(pem, pki.client("tandem").pem());
        assertThat(files.context()).isNotSameAs(first);
    }

    @Test
    void brokenFileIsToldWhenThereWasNeverAGoodOne() throws Exception {
        Path pem = Files.writeString(folder.resolve("own.pem"), "nothing");

        assertThatThrownBy(() -> new TlsFiles(null, new CertificateAndKey.PemFiles(pem, pem)).context())
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("own.pem");
    }
}
