package io.tandem.app;

import static io.tandem.support.RunningTandem.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.tandem.oauth2.TestPki;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.tandem.support.TunnelProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which way targets are reached, and where no request goes. */
class EgressTest {
    /** An API behind TLS that notes who calls. */
    private static final class SecuredApi implements AutoCloseable {
        private final HttpsServer server;
        private final List<String> callers = new CopyOnWriteArrayList<>();

        SecuredApi(SSLContext tls) throws IOException {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters asking = getSSLContext().getDefaultSSLParameters();
                    asking.setWantClientAuth(true);
                    parameters.setSSLParameters(asking);
                }
            });
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                callers.add(caller((HttpsExchange) exchange));
                byte[] body = "{\"from\":\"secured\"}".getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                // each message by a connection of its own
                exchange.getResponseHeaders().set("Connection", "close");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        private static String caller(HttpsExchange exchange) throws IOException {
            try {
                return ((X509Certificate) exchange.getSSLSession().getPeerCertificates()[0])
                        .getSubjectX500Principal()
                        .getName();
            } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                return "anonymous";
            }
        }

        String url() {
            return "https://127.0.0.1:" + server.getAddress().getPort() + "/in";
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @TempDir
    private Path folder;

    private final StubTargets targets = new StubTargets();
    private TestPki pki;
    private SecuredApi api;
    private Map<String, String> settings;

    @BeforeEach
    void start() throws Exception {
        pki = new TestPki();
        api = new SecuredApi(pki.tls(pki.server("127.0.0.1")));
        settings = new HashMap<>(targets.settings());
        settings.put("target.api-one.url", api.url());
        settings.put("target.api-one.timeout", "10s");
        settings.put("target.api-one.connect-timeout", "5s");
        settings.put("tandem.completion", "best-effort");
    }

    @AfterEach
    void stop() {
        api.close();
        targets.close();
    }

    private JsonNode one(RunningTandem tandem) {
        return json(tandem.postJson("{}")).at("/replies/api-one");
    }

    private JsonNode one() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            return one(tandem);
        }
    }

    @Test
    void certificateOfAnUnknownAuthorityIsRefusedAndThatOfAConfiguredOneTaken() throws Exception {
        assertThat(one().at("/outcome").asText()).isEqualTo("unreachable");
        assertThat(api.callers).isEmpty();

        settings.put("target.api-one.trust", pki.trustFile(folder).toString());
        assertThat(one().at("/body/from").asText()).isEqualTo("secured");
        assertThat(api.callers).containsExactly("anonymous");
    }

    @Test
    void certificateForAnotherHostIsRefused() throws Exception {
        settings.put("target.api-one.trust", pki.trustFile(folder).toString());
        try (SecuredApi other = new SecuredApi(pki.tls(pki.server("api-one.example.com")))) {
            settings.put("target.api-one.url", other.url());

            JsonNode one = one();

            assertThat(one.at("/outcome").asText()).isEqualTo("unreachable");
            assertThat(one.at("/problem/detail").asText()).contains("certificates");
            assertThat(other.callers).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel-http", "non-blocking"})
    void renewedClientCertificateIsShownWithoutARestart(String client) throws Exception {
        settings.put("target.api-one.client", client);
        settings.put("target.api-one.trust", pki.trustFile(folder).toString());
        Path pem = Files.writeString(
                folder.resolve("client.pem"), pki.client("before").pem());
        settings.put("target.api-one.tls.certificate", pem.toString());
        settings.put("target.api-one.tls.key", pem.toString());
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            one(tandem);
            Files.writeString(pem, pki.client("after").pem());
            one(tandem);
        }

        assertThat(api.callers).containsExactly("CN=before", "CN=after");
    }

    @Test
    void targetIsReachedByTheProxyWithItsPasswordAndNothingElseIsToldToIt() throws Exception {
        settings.put("target.api-one.trust", pki.trustFile(folder).toString());
        settings.put("target.api-one.auth", "api-key");
        settings.put("target.api-one.api-key.value", "s3cret-of-api-one");
        try (TunnelProxy proxy = new TunnelProxy("joe", "pr0xy-passw0rd")) {
            settings.put("target.api-one.proxy", "127.0.0.1:" + proxy.port());
            settings.put("target.api-one.proxy-username", "joe");
            settings.put("target.api-one.proxy-password", "pr0xy-passw0rd");
            assertThat(one().at("/outcome").asText()).isEqualTo("delivered");
            assertThat(proxy.heads()).singleElement().asString().startsWith("CONNECT 127.0.0.1:");
            assertThat(proxy.heads().get(0)).doesNotContain("s3cret", "Tandem-Message-Id");

            settings.put("target.api-one.proxy-password", "wr0ng");
            JsonNode refused = one();
            assertThat(refused.at("/outcome").asText()).isEqualTo("unreachable");
            assertThat(refused.at("/problem/detail").asText()).contains("proxy");
            assertThat(refused.toString()).doesNotContain("407", "127.0.0.1", "wr0ng");
            assertThat(api.callers).hasSize(1);
        }
    }

    @Test
    void refusalsOfTheProxyLeaveNoConnectionLeased() throws Exception {
        try (TunnelProxy proxy = new TunnelProxy("joe", "pr0xy-passw0rd")) {
            settings.put("target.api-one.proxy", "127.0.0.1:" + proxy.port());
            settings.put("target.api-one.max-connections", "1");
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(one(tandem).at("/problem/detail").asText()).contains("proxy");
                }
            }
        }
    }

    @Test
    void deniedAddressIsNotConnectedToAndNotNamed() {
        settings.put("target.api-two.url", targets.url("api-two").replace("127.0.0.1", "localhost"));
        settings.put("tandem.egress.deny", "loopback");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String reply = tandem.postJson("{}").body();

            for (String target : List.of("api-one", "api-two")) {
                JsonNode one = json(reply).at("/replies/" + target);
                assertThat(one.at("/outcome").asText()).isEqualTo("unreachable");
                assertThat(one.at("/problem/type").asText()).isEqualTo("urn:tandem:problem:target-address-denied");
            }
            assertThat(reply).doesNotContain("127.", "localhost", "::1");
            assertThat(targets.received()).isEmpty();
        }
    }

    @Test
    void deniedAddressIsNotAskedForThroughAProxyEither() throws Exception {
        settings.put("tandem.egress.deny", "loopback");
        try (TunnelProxy proxy = new TunnelProxy("joe", "x")) {
            settings.put("target.api-one.proxy", "127.0.0.1:" + proxy.port());

            assertThat(one().at("/problem/type").asText()).isEqualTo("urn:tandem:problem:target-address-denied");
            assertThat(proxy.heads()).isEmpty();
        }
    }

    @Test
    void tokenEndpointAtADeniedAddressIsNotConnectedTo() {
        settings.put("target.api-one.url", "https://api-one.invalid/");
        settings.put("target.api-one.auth", "client-credentials");
        settings.put("target.api-one.oauth.token-url", targets.url("token"));
        settings.put("target.api-one.oauth.client-id", "tandem");
        settings.put("target.api-one.oauth.client-secret", "s3cret");
        settings.put("tandem.egress.deny", "127.0.0.0/8,::1");

        assertThat(one().at("/problem/type").asText()).isEqualTo("urn:tandem:problem:token-unavailable");
        assertThat(targets.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectToAnotherOriginIsNotFollowedByAnyCall(int status) {
        try (StubTargets elsewhere = new StubTargets()) {
            settings.put("target.api-one.url", targets.url("api-one"));
            settings.put("target.api-one.auth", "client-credentials");
            settings.put("target.api-one.oauth.token-url", targets.url("token"));
            settings.put("target.api-one.oauth.client-id", "tandem");
            settings.put("target.api-one.oauth.client-secret", "s3cret");
            settings.put("target.api-two.auth", "client-credentials");
            settings.put("target.api-two.oauth.issuer", targets.url("issuer"));
            settings.put("target.api-two.oauth.client-id", "tandem");
            settings.put("target.api-two.oauth.client-secret", "s3cret");
            targets.answers(
                    "token",
                    WireMock.okJson("{\"access_token\":\"t0ken\",\"token_type\":\"Bearer\",\"expires_in\":60}"));
            for (String path : List.of("api-one", "api-two", "issuer/.well-known/openid-configuration")) {
                targets.answers(
                        path, WireMock.status(status).withHeader("Location", elsewhere.url("api-two") + "?" + path));
            }
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                JsonNode replies = json(tandem.postJson("{}")).at("/replies");

                assertThat(replies.at("/api-one/problem/type").asText())
                        .isEqualTo("urn:tandem:problem:target-redirected");
                assertThat(replies.at("/api-two/problem/type").asText())
                        .isEqualTo("urn:tandem:problem:token-unavailable");
            }
            targets.answers(
                    "token", WireMock.status(status).withHeader("Location", elsewhere.url("api-two") + "?token"));
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                assertThat(json(tandem.postJson("{}"))
                                .at("/replies/api-one/problem/type")
                                .asText())
                        .isEqualTo("urn:tandem:problem:token-unavailable");
            }
            assertThat(elsewhere.received()).isEmpty();
        }
    }
}
