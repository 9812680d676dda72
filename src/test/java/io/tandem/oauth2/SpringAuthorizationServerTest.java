package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.support.SpringAuthorizationServer.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.tandem.oauth2.AssertionKey.Algorithm;
import io.tandem.oauth2.AssertionKey.Audience;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.support.SpringAuthorizationServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings.Builder;

/** Against an authorization server that others wrote, and that takes nothing on trust. */
class SpringAuthorizationServerTest {
    private static final String SECRET = "s3cr:t/b+ &%";

    private static SpringAuthorizationServer server;

    @TempDir
    private Path folder;

    private TokenSources sources;

    @BeforeAll
    static void start() {
        server = new SpringAuthorizationServer();
        server.register(client("tandem:basic/1")
                .clientSecret(SpringAuthorizationServer.hashed(SECRET))
                .scope("orders.write")
                .build());
        server.register(client("tandem post")
                .clientSecret(SpringAuthorizationServer.hashed(SECRET))
                .clientAuthenticationMethods(methods -> methods.clear())
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE);
    }

    @AfterEach
    void close() {
        sources.close();
    }

    private TokenSource source(ClientAuth client, String... scope) {
        return sources.source(
                "api-one",
                new TokenSettings(
                        TokenEndpoint.discovered(server.issuer())
                                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                        client,
                        new Grant.ClientCredentials(),
                        new TokenParameters(List.of(scope), null, List.of(), Map.of())));
    }

    private TokenFailure failure(TokenSource source) {
        TokenUnavailableException e = catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));
        assertThat(e).as("a token was given").isNotNull();
        assertThat(e.failure().diagnosis()).doesNotContain(SECRET);
        return e.failure();
    }

    @Test
    void tokenIsGivenWhenBasicCarriesASecretOfAnyCharacters() {
        Token token = get(source(new ClientAuth.Basic("tandem:basic/1", () -> SECRET), "orders.write")
                .token());

        assertThat(server.active(token.value())).isTrue();
    }

    @Test
    void tokenIsGivenWhenTheFormCarriesASecretOfAnyCharacters() {
        Token token =
                get(source(new ClientAuth.Post("tandem post", () -> SECRET)).token());

        assertThat(server.active(token.value())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void tokenIsGivenWhenTheAssertionIsSignedWithTheRegisteredKey(Algorithm algorithm) throws Exception {
        KeyPair keys = algorithm == Algorithm.ES256 ? TestPki.ec() : TestPki.rsa();
        for (Audience audience : Audience.values()) {
            Token token = get(source(signing("signs-" + algorithm, algorithm, keys, keys, audience))
                    .token());

            assertThat(server.active(token.value())).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void assertionIsRefusedWhenAnotherKeyIsRegistered(Algorithm algorithm) throws Exception {
        boolean ec = algorithm == Algorithm.ES256;
        TokenSource source = source(signing(
                "other-" + algorithm,
                algorithm,
                ec ? TestPki.ec() : TestPki.rsa(),
                ec ? TestPki.ec() : TestPki.rsa(),
                Audience.ISSUER));

        assertThat(failure(source).kind()).isEqualTo(Kind.WRONG_CREDENTIALS);
    }

    private ClientAuth signing(String name, Algorithm algorithm, KeyPair registered, KeyPair used, Audience audience)
            throws Exception {
        JWK key = registered.getPublic() instanceof ECPublicKey ec
                ? new ECKey.Builder(Curve.P_256, ec).build()
                : new RSAKey.Builder((RSAPublicKey) registered.getPublic()).build();
        server.register(client(name)
                .clientAuthenticationMethods(methods -> methods.clear())
                .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                .clientSettings(ClientSettings.builder()
                        .jwkSetUrl(server.serveKey(name, key).toString())
                        .tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.from(algorithm.name()))
                        .build())
                .build());
        Path file = Files.writeString(
                folder.resolve(name + "-" + audience + ".pem"),
                TestPki.pem("PRIVATE KEY", used.getPrivate().getEncoded()));
        return new ClientAuth.PrivateKeyJwt(name, new AssertionKey(file, algorithm, null, audience));
    }

    @ParameterizedTest
    @CsvSource({
        // client, secret, scope, kind, says
        "tandem:basic/1, wrong, orders.write, WRONG_CREDENTIALS, check the client id, the client secret",
        "nobody-at-all, s3cr:t/b+ &%, orders.write, WRONG_CREDENTIALS, check the client id",
        "tandem:basic/1, s3cr:t/b+ &%, orders.delete, SCOPE_REFUSED, check 'scope'",
        "tandem post, s3cr:t/b+ &%, '', WRONG_CREDENTIALS, whether the server expects this client-auth method"
    })
    void reasonIsToldWhenTheServerRefuses(String id, String secret, String scope, Kind kind, String says) {
        TokenSource source =
                source(new ClientAuth.Basic(id, () -> secret), scope.isEmpty() ? new String[0] : new String[] {scope});

        TokenFailure failure = failure(source);

        assertThat(failure.kind()).as(failure.diagnosis()).isEqualTo(kind);
        assertThat(failure.diagnosis()).contains(says);
    }

    @Test
    void refreshTokenRotatesWhenAPersonHasLoggedIn() throws Exception {
        server.register(login("tandem-login", settings -> settings.accessTokenTimeToLive(Duration.ofSeconds(5))
                .reuseRefreshTokens(false)));
        RefreshTokenStore store = new RefreshTokenStore(folder.resolve("logins"), StoreKey.file(folder.resolve("key")));
        Grant.AuthorizationCode grant = new Grant.AuthorizationCode(store, "api-one");
        TokenEndpoint endpoint = TokenEndpoint.discovered(server.issuer());
        ClientAuth client = new ClientAuth.Basic("tandem-login", () -> SECRET);
        TokenParameters parameters = new TokenParameters(List.of("orders.write"), null, List.of(), Map.of());
        int before = server.refreshTokens().size();

        try (BrowserLogin login =
                BrowserLogin.start(LoginSettings.of(endpoint, client, parameters, grant), LoopbackRedirect.DEFAULT)) {
            HttpResponse<String> page = SpringAuthorizationServer.logIn(login.url());
            login.await(Duration.ofSeconds(10));
            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        }
        for (int i = 0; i < 3; i++) {
            try (TokenSources process = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
                Token token = get(process.source("api-one", new TokenSettings(endpoint, client, grant, parameters))
                        .token());
                assertThat(server.active(token.value())).isTrue();
            }
        }

        assertThat(server.refreshTokens().size() - before)
                .as("one of the login, and three that followed")
                .isEqualTo(4);
    }

    private static RegisteredClient login(String id, java.util.function.UnaryOperator<Builder> tokens) {
        return client(id)
                .clientSecret(SpringAuthorizationServer.hashed(SECRET))
                .authorizationGrantTypes(grants -> grants.clear())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .redirectUri("http://127.0.0.1/callback")
                .scope("orders.write")
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(false)
                        .build())
                .tokenSettings(tokens.apply(
                                org.springframework.security.oauth2.server.authorization.settings.TokenSettings
                                        .builder())
                        .build())
                .build();
    }
}
