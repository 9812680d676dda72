package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.support.RawServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints from the issuer's metadata. */
class DiscoveryTest {
    private final ManualTime time = new ManualTime();
    private final Map<String, String> documents = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private StrictTokenServer server;
    private RawServer metadata;
    private TokenSources sources;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer();
        metadata = new RawServer((out, request) -> {
            String path = request.split(" ")[1];
            asked.add(path);
            String document = documents.get(path);
            (document == null ? RawServer.http("404 Not Found", "", "") : RawServer.json(document)).write(out, request);
        });
        base = metadata.url().toString().replace("/token", "");
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, time);
    }

    @AfterEach
    void stop() throws IOException {
        sources.close();
        server.close();
        metadata.close();
    }

    private TokenSource source(String issuer) {
        return sources.source(
                "t",
                new TokenSettings(
                        TokenEndpoint.discovered(URI.create(issuer))
                                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                        new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE));
    }

    private String document(String issuer) {
        return "{\"issuer\":\"" + issuer + "\",\"token_endpoint\":\"" + server.url() + "\"}";
    }

    private static TokenFailure failure(TokenSource source) {
        return catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()))
                .failure();
    }

    @Test
    void openIdConfigurationIsFound() {
        String issuer = base + "/realms/one";
        documents.put("/realms/one/.well-known/openid-configuration", document(issuer));
        assertThat(get(source(issuer).token()).value()).isEqualTo("token-1");
        assertThat(asked).hasSize(1);
    }

    @Test
    void issuerWithATrailingSlashIsFound() {
        documents.put("/.well-known/openid-configuration", document(base + "/"));
        assertThat(get(source(base + "/").token()).value()).isEqualTo("token-1");
    }

    @Test
    void oauthMetadataIsFoundBetweenHostAndPath() {
        String issuer = base + "/tenant";
        documents.put("/.well-known/oauth-authorization-server/tenant", document(issuer));
        assertThat(get(source(issuer).token()).value()).isEqualTo("token-1");
        assertThat(asked)
                .containsExactly(
                        "/tenant/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/tenant");
    }

    @Test
    void metadataIsAskedForOnceAnHour() {
        documents.put("/.well-known/openid-configuration", document(base));
        TokenSource source = source(base);
        for (int i = 0; i < 3; i++) {
            source.reject(get(source.token()));
        }
        assertThat(asked).hasSize(1);
        time.advance(Duration.ofHours(2));
        get(source.token());
        assertThat(asked).hasSize(2);
    }

    @Test
    void oldMetadataIsUsedWhenNewIsNotToBeHad() {
        documents.put("/.well-known/openid-configuration", document(base));
        TokenSource source = source(base);
        get(source.token());
        documents.clear();
        time.advance(Duration.ofHours(2));
        assertThat(get(source.token()).value()).startsWith("token-");
    }

    @Test
    void metadataIsAskedForAgainWhenTheEndpointMoved() throws IOException {
        documents.put("/.well-known/openid-configuration", document(base));
        TokenSource source = source(base);
        source.reject(get(source.token()));
        try (StrictTokenServer moved = new StrictTokenServer()) {
            server.close();
            documents.put(
                    "/.well-known/openid-configuration",
                    "{\"issuer\":\"" + base + "\",\"token_endpoint\":\"" + moved.url() + "\"}");
            assertThat(failure(source).kind()).isEqualTo(Kind.CONNECTION);
            time.advance(Duration.ofSeconds(1));
            org.awaitility.Awaitility.await().until(() -> source.current() != null);
            assertThat(moved.calls()).isEqualTo(1);
        }
    }

    @Test
    void anotherIssuersMetadataIsRefused() {
        documents.put("/.well-known/openid-configuration", document("https://evil.example.com"));
        TokenFailure failure = failure(source(base));
        assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
        assertThat(failure.diagnosis()).contains("calls itself 'https://evil.example.com'");
        assertThat(server.calls()).isZero();
    }

    @Test
    void issuerIsComparedToTheLetter() {
        documents.put("/.well-known/openid-configuration", document(base + "/"));
        assertThat(failure(source(base)).diagnosis()).contains("set the issuer to exactly that");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://idp.example.com/token",
                "file:///etc/passwd",
                "https://user@idp.example.com/token",
                "javascript:alert(1)"
            })
    void unsafeTokenEndpointIsRefused(String url) {
        documents.put(
                "/.well-known/openid-configuration",
                "{\"issuer\":\"" + base + "\",\"token_endpoint\":\"" + url + "\"}");
        TokenFailure failure = failure(source(base));
        assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
        assertThat(failure.diagnosis()).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html></html>",
                "{\"issuer\":\"BASE\"}",
                "{\"token_endpoint\":\"BASE/token\"}",
                "{\"issuer\":\"BASE\",\"issuer\":\"BASE\",\"token_endpoint\":\"BASE/token\"}",
                "{\"issuer\":1,\"token_endpoint\":[]}"
            })
    void metadataThatCannotBeUsedIsTold(String document) {
        documents.put("/.well-known/openid-configuration", document.replace("BASE", base));
        assertThat(failure(source(base)).kind()).isEqualTo(Kind.BAD_RESPONSE);
    }

    @Test
    void issuerWithoutMetadataIsTold() {
        TokenFailure failure = failure(source(base + "/nothing"));
        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure.diagnosis()).contains("check the issuer, or set the token URL");
        assertThat(asked).hasSize(3);
    }

    @Test
    void issuerMustBeSafe() {
        assertThatThrownBy(() -> TokenEndpoint.discovered(URI.create("http://idp.example.com")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenEndpoint.discovered(URI.create("https://idp.example.com/?a=b")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
