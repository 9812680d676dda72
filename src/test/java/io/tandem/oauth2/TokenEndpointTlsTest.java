package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TrustedCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trust, client certificates (RFC 8705) and what goes wrong with either, over real TLS. */
class TokenEndpointTlsTest {
    @TempDir
    private Path folder;

    private final TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime());
    private TestPki pki;
    private StrictTokenServer server;
    private TrustedCertificates trust;

    @BeforeEach
    void start() throws Exception {
        pki = new TestPki();
        server = new StrictTokenServer(pki.tls(pki.server("127.0.0.1")));
        trust = new TrustedCertificates(pki.trustFile(folder), null);
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    private TokenSource source(URI url, Transport transport, ClientAuth client) {
        return sources.source(
                "t",
                new TokenSettings(
                        TokenEndpoint.of(url)
                                .withTransport(transport.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10))),
                        client,
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE));
    }

    private TokenSource secret(StrictTokenServer of, TrustedCertificates trusted) {
        return source(
                of.url(),
                Transport.DEFAULT.withTrust(trusted),
                new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET));
    }

    private static TokenFailure failure(TokenSource source) {
        return catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()))
                .failure();
    }

    @Test
    void ownTrustFileIsTaken() {
        assertThat(get(secret(server, trust).token()).value()).isEqualTo("token-1");
    }

    @Test
    void ownTrustStoreIsTakenAsPkcs12AndAsJks() throws Exception {
        for (String type : new String[] {"PKCS12", "JKS"}) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, null);
            store.setCertificateEntry("ca", pki.authority.certificate());
            Path file = folder.resolve("trust." + type);
            try (var out = Files.newOutputStream(file)) {
                store.store(out, "changeit".toCharArray());
            }
            TokenSource source = source(
                    server.url(),
                    Transport.DEFAULT.withTrust(new TrustedCertificates(file, () -> "changeit")),
                    new ClientAuth.Post(
                            type.equals("JKS") ? StrictTokenServer.CLIENT_ID : StrictTokenServer.CLIENT_ID,
                            () -> StrictTokenServer.SECRET));
            Token token = get(source.token());
            assertThat(token.value()).startsWith("token-");
            source.reject(token);
            assertThat(get(source.token())).isNotSameAs(token);
        }
    }

    @Test
    void serverOfAnUnknownAuthorityIsRefused() {
        TokenFailure failure = failure(secret(server, null));
        assertThat(failure.kind()).isEqualTo(Kind.TLS);
        assertThat(failure.diagnosis()).contains("not from a trusted authority");
        assertThat(server.calls()).isZero();
    }

    @Test
    void certificateOfAnotherHostIsRefused() throws Exception {
        try (StrictTokenServer other = new StrictTokenServer(pki.tls(pki.server("idp.example.com")))) {
            TokenFailure failure = failure(secret(other, trust));
            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure.diagnosis()).contains("another host name");
        }
    }

    @Test
    void expiredCertificateIsRefused() throws Exception {
        try (StrictTokenServer other = new StrictTokenServer(pki.tls(pki.identity("CN=old", "127.0.0.1", -30, -1)))) {
            TokenFailure failure = failure(secret(other, trust));
            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure.diagnosis()).contains("has expired");
        }
    }

    @Test
    void certificateOfTheFutureIsRefused() throws Exception {
        try (StrictTokenServer other = new StrictTokenServer(pki.tls(pki.identity("CN=new", "127.0.0.1", 5, 30)))) {
            assertThat(failure(secret(other, trust)).diagnosis()).contains("not valid yet");
        }
    }

    @Test
    void plainHttpOnATlsPortIsTold() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // the client went away, as it should
                }
            });
            server.start();
            TokenFailure failure = failure(source(
                    URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/token"),
                    Transport.DEFAULT,
                    new ClientAuth.None("public")));
            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure.diagnosis()).contains("http instead of https?");
            server.join();
        }
    }

    @Test
    void clientCertificateFromPemIsShown() throws Exception {
        server.authentication = call -> call.certificates().contains("CN=tandem")
                && "tandem".equals(call.first("client_id"))
                && call.authorization() == null
                && !call.form().containsKey("client_secret");
        Path pem = Files.writeString(
                folder.resolve("client.pem"), pki.client("tandem").pem());
        TokenSource source = source(
                server.url(),
                Transport.DEFAULT.withTrust(trust).withClientCertificate(new CertificateAndKey.PemFiles(pem, pem)),
                new ClientAuth.Tls("tandem"));
        assertThat(get(source.token()).value()).isEqualTo("token-1");
    }

    @Test
    void renewedClientCertificateIsShownWithoutARestart() throws Exception {
        server.authentication = call -> true;
        Path pem = folder.resolve("client.pem");
        Files.writeString(pem, pki.client("before").pem());
        TokenSource source = source(
                server.url(),
                Transport.DEFAULT.withTrust(trust).withClientCertificate(new CertificateAndKey.PemFiles(pem, pem)),
                new ClientAuth.Tls("tandem"));
        source.reject(get(source.token()));

        Path renewed = Files.writeString(
                folder.resolve("renewed.pem"), pki.client("after").pem());
        Files.move(renewed, pem, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        get(source.token());
        assertThat(server.seen).extracting(call -> call.certificates().get(0)).containsExactly("CN=before", "CN=after");
    }

    @Test
    void clientCertificateFromPkcs12IsShown() throws Exception {
        server.authentication = call -> call.certificates().contains("CN=tandem");
        Path file =
                Files.write(folder.resolve("client.p12"), pki.client("tandem").pkcs12("p4ss"));
        assertThat(get(source(
                                server.url(),
                                Transport.DEFAULT
                                        .withTrust(trust)
                                        .withClientCertificate(new CertificateAndKey.Pkcs12(file, () -> "p4ss")),
                                new ClientAuth.Tls("tandem"))
                        .token()))
                .isNotNull();

        TokenFailure failure = failure(source(
                server.url(),
                Transport.DEFAULT
                        .withTrust(trust)
                        .withClientCertificate(new CertificateAndKey.Pkcs12(file, () -> "wr0ng")),
                new ClientAuth.Tls("tandem-2")));
        assertThat(failure.kind()).isEqualTo(Kind.SETTINGS);
        assertThat(failure.diagnosis()).contains("client.p12", "password").doesNotContain("wr0ng");
    }

    @Test
    void brokenFilesAreTold() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThat(failure(secret(server, new TrustedCertificates(folder.resolve("missing.pem"), null))))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.SETTINGS);
                    assertThat(failure.diagnosis()).contains("missing.pem", "can't be read");
                });
        ClientAuth tls = new ClientAuth.Tls("tandem");
        assertThat(failure(source(
                                server.url(),
                                Transport.DEFAULT
                                        .withTrust(trust)
                                        .withClientCertificate(new CertificateAndKey.PemFiles(empty, empty)),
                                tls))
                        .diagnosis())
                .contains("has no certificate");
    }

    @Test
    void tlsWithoutACertificateIsRefusedAtOnce() {
        assertThatThrownBy(() -> source(server.url(), Transport.DEFAULT, new ClientAuth.Tls("tandem")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client certificate");
    }
}
