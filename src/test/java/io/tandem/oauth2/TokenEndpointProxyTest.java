package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.egress.HttpProxy;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.support.TunnelProxy;
import io.tandem.tls.TrustedCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
    private final AtomicReference<String> password = new AtomicReference<>("pr0xy p:w");
    private TunnelProxy proxy;
    private StrictTokenServer server;
    private Transport transport;

    @BeforeEach
    void start() throws Exception {
        TestPki pki = new TestPki();
        server = new StrictTokenServer(pki.tls(pki.server("127.0.0.1")));
        proxy = new TunnelProxy("joe", "pr0xy p:w");
        transport = Transport.DEFAULT
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10))
                .withTrust(new TrustedCertificates(pki.trustFile(folder), null));
    }

    @AfterEach
    void stop() throws IOException {
        sources.close();
        server.close();
        proxy.close();
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
        HttpProxy by = new HttpProxy("127.0.0.1", proxy.port(), "joe", password::get);
        assertThat(get(source(by).token()).value()).isEqualTo("token-1");

        assertThat(proxy.heads()).singleElement().asString().startsWith("CONNECT 127.0.0.1:" + server.port());
        assertThat(proxy.heads().get(0)).doesNotContain("\nAuthorization", StrictTokenServer.SECRET);
        assertThat(by.toString()).doesNotContain("pr0xy");
    }

    @Test
    void refusalOfTheProxyIsTold() {
        password.set("wr0ng");
        TokenUnavailableException failure = catchThrowableOfType(
                TokenUnavailableException.class,
                () -> get(source(new HttpProxy("127.0.0.1", proxy.port(), "joe", password::get))
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
                () -> get(source(HttpProxy.of("127.0.0.1", proxy.port())).token()));
        assertThat(failure.failure().kind()).isEqualTo(Kind.CONNECTION);
        assertThat(failure.failure().diagnosis()).contains("by the proxy 127.0.0.1");
    }
}
