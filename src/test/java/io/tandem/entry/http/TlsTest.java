package io.tandem.entry.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tandem.oauth2.TestPki;
import io.tandem.server.ServerTls;
import io.tandem.support.Callers;
import io.tandem.support.Logs;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entry over TLS, with real handshakes. */
class TlsTest {
    @TempDir
    private static Path folder;

    private static TestPki pki;
    private static TestPki.Identity server;
    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() throws Exception {
        pki = new TestPki();
        server = pki.server("127.0.0.1");
        pki.trustFile(folder);
        targets = new StubTargets();
        write(server);
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("mtls,api-key"));
        settings.putAll(Map.of(
                "tandem.http.tls.certificate",
                folder.resolve("tls.crt").toString(),
                "tandem.http.tls.key",
                folder.resolve("tls.key").toString(),
                "tandem.http.tls.client-trust",
                folder.resolve("ca.pem").toString(),
                "tandem.auth.mtls.allow",
                "shop;ops",
                "tandem.auth.mtls.scopes",
                "messages.write",
                "tandem.http.read-timeout",
                "3s"));
        settings.put("tandem.management.tls", "true");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    private static void write(TestPki.Identity identity) throws IOException {
        replace("tls.crt", identity.pemCertificate());
        replace("tls.key", identity.pemKey());
    }

    private static void replace(String name, String content) throws IOException {
        Path next = Files.writeString(folder.resolve(name + ".next"), content);
        Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static HttpResponse<String> post(TestPki.Identity client, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + tandem.port() + "/messages"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newBuilder()
                .sslContext(pki.tls(client))
                .build()
                .send(request.build(), BodyHandlers.ofString());
    }

    /** Shows no certificate. */
    private static SSLContext trustingAlone() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("ca.pem"))) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static X509Certificate shown() throws Exception {
        return shown(tandem.port());
    }

    private static X509Certificate shown(int port) throws Exception {
        try (SSLSocket socket = (SSLSocket) trustingAlone().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(5000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void callerIsKnownByItsCertificate() throws Exception {
        assertThat(post(pki.client("shop")).statusCode()).isEqualTo(200);

        HttpResponse<String> notAllowed = post(pki.client("somebody"));
        assertThat(notAllowed.statusCode()).isEqualTo(401);
        assertThat(notAllowed.headers().allValues("WWW-Authenticate")).contains("ClientCertificate realm=\"tandem\"");
        assertThat(post(pki.client("somebody"), "X-Api-Key", Callers.SHOP_KEY).statusCode())
                .isEqualTo(200);
    }

    @Test
    void callerWithoutCertificateIsAskedForIt() throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trustingAlone()).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + tandem.port() + "/messages"))
                .build();

        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }

    @Test
    void certificateOfSomebodyElsesAuthorityIsRefused() throws Exception {
        TestPki.Identity forged = new TestPki().client("shop");

        assertThatThrownBy(() -> post(forged)).isInstanceOf(IOException.class);
    }

    @Test
    void oldProtocolsAndCiphersAreRefused() throws Exception {
        for (String[] offer : List.of(
                new String[] {"TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
                new String[] {"TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
                new String[] {"TLSv1.1", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"})) {
            try (SSLSocket socket =
                    (SSLSocket) trustingAlone().getSocketFactory().createSocket("127.0.0.1", tandem.port())) {
                socket.setSoTimeout(5000);
                socket.setEnabledProtocols(new String[] {offer[0]});
                socket.setEnabledCipherSuites(new String[] {offer[1]});

                assertThatThrownBy(socket::startHandshake).as(offer[1]).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void nothingIsAnsweredInTheClear() throws Exception {
        List<RawHttp> connections = new ArrayList<>();
        for (String start :
                List.of("GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n", "", "\u0016\u0003\u0001\u0000\u00c8\u0001")) {
            connections.add(new RawHttp(tandem.port()).send(start));
            connections.add(new RawHttp(tandem.application().managementPort()).send(start));
        }
        for (RawHttp connection : connections) {
            assertThat(connection.isClosed()).isTrue();
            connection.close();
        }
    }

    @Test
    void newCertificateIsShownWhenItsFilesChangeAndOldOneWhenTheyAreBroken() throws Exception {
        TestPki.Identity next = pki.server("127.0.0.1");
        try (Logs logs = new Logs(Map.of())) {
            write(next);
            await().ignoreExceptions().atMost(20, SECONDS).until(() -> shown().equals(next.certificate()));
            int management = tandem.application().managementPort();
            await().ignoreExceptions().atMost(20, SECONDS).until(() -> shown(management)
                    .equals(next.certificate()));

            // a half of the next pair
            replace("tls.crt", server.pemCertificate());
            await().atMost(20, SECONDS)
                    .until(() -> logs.of(ServerTls.class.getName()).toString().contains("not that of the certificate"));
            assertThat(shown()).isEqualTo(next.certificate());
            replace("tls.key", "nonsense");
            await().atMost(20, SECONDS)
                    .until(() -> logs.of(ServerTls.class.getName()).toString().contains("BEGIN PRIVATE KEY"));
            assertThat(shown()).isEqualTo(next.certificate());
            assertThat(post(pki.client("shop")).statusCode()).isEqualTo(200);

            write(server);
            await().ignoreExceptions().atMost(20, SECONDS).until(() -> shown().equals(server.certificate()));
            assertThat(logs.of(ServerTls.class.getName()))
                    .filteredOn(line -> line.startsWith("WARN"))
                    .hasSizeBetween(2, 3)
                    .allSatisfy(line -> assertThat(line)
                            .contains("'tandem.http.tls.certificate': " + folder.resolve("tls.crt"))
                            .endsWith("going on with the last good files"));
        }
    }

    @Test
    void managementPortAsksNobodyForACertificate() throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trustingAlone()).build();
        for (String path : List.of("/observe/health/live", "/observe/metrics")) {
            URI uri = URI.create("https://127.0.0.1:" + tandem.application().managementPort() + path);

            assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void keystoreWorksInsteadOfPem() throws Exception {
        Files.write(folder.resolve("server.p12"), server.pkcs12("s3cr3t"));
        Map<String, String> settings = targets.settings();
        settings.put("tandem.http.tls.keystore", folder.resolve("server.p12").toString());
        settings.put("tandem.http.tls.keystore-password", "s3cr3t");
        try (RunningTandem other = RunningTandem.start(settings)) {
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trustingAlone()).build();
            URI uri = URI.create("https://127.0.0.1:" + other.port() + "/openapi.json");
            assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
        settings.put("tandem.http.tls.keystore-password", "wr0ng");
        assertThatThrownBy(() -> RunningTandem.start(settings).close())
                .hasMessageStartingWith(
                        "'tandem.http.tls.keystore': " + folder.resolve("server.p12") + " can't be used: ")
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void startFailsWithKeyAndPathWhenAFileIsBroken() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "nonsense");
        Map<String, String> settings = targets.settings();
        settings.put("tandem.http.tls.certificate", folder.resolve("tls.crt").toString());
        settings.put("tandem.http.tls.key", broken.toString());

        assertThatThrownBy(() -> RunningTandem.start(settings).close())
                .hasMessageContainingAll("'tandem.http.tls.certificate'", broken.toString(), "can't be used");

        settings.put("tandem.http.tls.key", folder.resolve("tls.key").toString());
        settings.put("tandem.auth", "mtls");
        settings.put("tandem.http.tls.client-trust", broken.toString());
        assertThatThrownBy(() -> RunningTandem.start(settings).close())
                .hasMessageContainingAll("'tandem.http.tls.client-trust'", broken.toString(), "can't be used");
    }
}
