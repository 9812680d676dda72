package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token endpoint by way of a proxy, tunnelled for https. */
class TokenEndpointProxyTest {
    @TempDir
    private Path folder;

    private final TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime());
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<String> password = new AtomicReference<>("pr0xy p:w");
    private ServerSocket proxy;
    private StrictTokenServer server;
    private Transport transport;

    @BeforeEach
    void start() throws Exception {
        TestPki pki = new TestPki();
        server = new StrictTokenServer(pki.tls(pki.server("127.0.0.1")));
        proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (!proxy.isClosed()) {
                Socket client = proxy.accept();
                threads.submit(() -> tunnel(client));
            }
            return null;
        });
        transport = Transport.DEFAULT
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10))
                .withTrust(new TrustedCertificates(pki.trustFile(folder), null));
    }

    @AfterEach
    void stop() throws IOException {
        sources.close();
        server.close();
        proxy.close();
        threads.shutdownNow();
    }

    private Void tunnel(Socket client) throws IOException {
        try (client) {
            StringBuilder head = new StringBuilder();
            InputStream in = client.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            heads.add(head.toString());
            OutputStream out = client.getOutputStream();
            String wanted = "Proxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString("joe:pr0xy p:w".getBytes(US_ASCII));
            if (!head.toString().contains(wanted)) {
                out.write("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(US_ASCII));
                return null;
            }
            String[] target = head.toString().split(" ")[1].split(":");
            try (Socket onward = new Socket(target[0], Integer.parseInt(target[1]))) {
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
                threads.submit(() -> in.transferTo(onward.getOutputStream()));
                onward.getInputStream().transferTo(out);
            }
        }
        return null;
    }

    private TokenSource source(HttpProxy by) {
        return sources.source(
                "t",
                new TokenSettings(
                        TokenEndpoint.of(server.url()).withTransport(transport.withProxy(by)),
                        new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE));
    }

    @Test
    void tokenIsGotThroughTheTunnel() {
        HttpProxy by = new HttpProxy("127.0.0.1", proxy.getLocalPort(), "joe", password::get);
        assertThat(get(source(by).token()).value()).isEqualTo("token-1");

        assertThat(heads).singleElement().asString().startsWith("CONNECT 127.0.0.1:" + server.port());
        assertThat(heads.get(0)).doesNotContain("\nAuthorization", StrictTokenServer.SECRET);
        assertThat(by.toString()).doesNotContain("pr0xy");
    }

    @Test
    void refusalOfTheProxyIsTold() {
        password.set("wr0ng");
        TokenUnavailableException failure = catchThrowableOfType(
                TokenUnavailableException.class,
                () -> get(source(new HttpProxy("127.0.0.1", proxy.getLocalPort(), "joe", password::get))
                        .token()));
        assertThat(failure.failure().kind()).isEqualTo(Kind.PROXY);
        assertThat(failure.failure().diagnosis()).contains("status 407", "user name and password");
        assertThat(server.calls()).isZero();
    }

    @Test
    void proxyThatIsNotThereIsTold() throws IOException {
        proxy.close();
        TokenUnavailableException failure = catchThrowableOfType(
                TokenUnavailableException.class,
                () -> get(
                        source(HttpProxy.of("127.0.0.1", proxy.getLocalPort())).token()));
        assertThat(failure.failure().kind()).isEqualTo(Kind.CONNECTION);
        assertThat(failure.failure().diagnosis()).contains("by the proxy 127.0.0.1");
    }
}
