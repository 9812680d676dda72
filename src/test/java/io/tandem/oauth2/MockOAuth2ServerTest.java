package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol as a server of other people's making understands it. */
class MockOAuth2ServerTest {
    @Test
    void tokenIsGotAndNamesTheScopeAsAudience() throws Exception {
        MockOAuth2Server server = new MockOAuth2Server();
        server.start();
        try (TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
            URI url = server.tokenEndpointUrl("tandem").uri();
            TokenParameters parameters = new TokenParameters(List.of("orders"), null, List.of(), Map.of());
            Token token = get(
                    sources.source("t", settings(url, new ClientAuth.Basic("tandem", () -> "s3cr:t/b+ &%"), parameters))
                            .token());

            SignedJWT jwt = SignedJWT.parse(token.value());
            assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly("orders");
            assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo("tandem");
            assertThat(jwt.getJWTClaimsSet().getExpirationTime().toInstant())
                    .isBetween(
                            token.expiresAt().minusSeconds(3), token.expiresAt().plusSeconds(3));
        } finally {
            server.shutdown();
        }
    }

    @Test
    void loginByBrowserGivesTokensThatAreRefreshed(@TempDir Path folder) throws Exception {
        MockOAuth2Server server = new MockOAuth2Server();
        server.start();
        RefreshTokenStore store = new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key")));
        Grant.AuthorizationCode grant = new Grant.AuthorizationCode(store, "api-one");
        ClientAuth client = new ClientAuth.Basic("tandem", () -> "s3cr:t/b+ &%");
        TokenEndpoint endpoint =
                TokenEndpoint.discovered(server.issuerUrl("tandem").uri());
        TokenParameters parameters =
                new TokenParameters(List.of("openid", "offline_access"), null, List.of(), Map.of());
        try (BrowserLogin login = BrowserLogin.start(
                        LoginSettings.of(endpoint, client, parameters, grant), LoopbackRedirect.DEFAULT);
                TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
            HttpClient browser = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            assertThat(browser.send(HttpRequest.newBuilder(login.url()).build(), BodyHandlers.ofString())
                            .body())
                    .contains("You are logged in");
            login.await(Duration.ofSeconds(10));

            TokenSource source = sources.source("api-one", new TokenSettings(endpoint, client, grant, parameters));
            Token first = get(source.token());
            source.reject(first);
            Token second = get(source.token());
            assertThat(SignedJWT.parse(second.value()).getJWTClaimsSet().getIssuer())
                    .isEqualTo(server.issuerUrl("tandem").toString());
            assertThat(second.value()).isNotEqualTo(first.value());
        } finally {
            server.shutdown();
        }
    }
}
