package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jwt.SignedJWT;
import io.tandem.oauth2.AssertionKey.Algorithm;
import io.tandem.oauth2.AssertionKey.Audience;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Against Keycloak itself, unpacked at {@code -Dkeycloak.home}; not run without. */
@EnabledIfSystemProperty(named = "keycloak.home", matches = ".+")
class KeycloakIT {
    @TempDir
    private static Path folder;

    private static Process keycloak;
    private static URI issuer;
    private static Path keyFile;

    private final AtomicInteger calls = new AtomicInteger();
    private final TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, new TokenEvents() {
        @Override
        public void fetched(String label, Duration took) {
            calls.incrementAndGet();
        }
    });

    @AfterEach
    void stop() {
        sources.close();
    }

    @BeforeAll
    static void startKeycloak() throws Exception {
        KeyPair keys = TestPki.ec();
        ECKey jwk = new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic())
                .privateKey(keys.getPrivate())
                .keyID("key-1")
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .build();
        keyFile = Files.writeString(folder.resolve("key.jwk"), jwk.toJSONString());
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path home = Path.of(System.getProperty("keycloak.home"));
        Path imports = Files.createDirectories(home.resolve("data/import"));
        Files.writeString(imports.resolve("tandem-realm.json"), realm(new JWKSet(jwk.toPublicJWK()).toString()));
        issuer = URI.create("http://127.0.0.1:" + port + "/realms/tandem");
        keycloak = new ProcessBuilder(
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--import-realm")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keycloak.log").toFile())
                .start();
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest ready = HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration"))
                .build();
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    assertThat(keycloak.isAlive()).isTrue();
                    try {
                        return client.send(ready, BodyHandlers.discarding()).statusCode() == 200;
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    @AfterAll
    static void stopKeycloak() throws InterruptedException {
        if (keycloak != null) {
            keycloak.descendants().forEach(ProcessHandle::destroyForcibly);
            keycloak.destroyForcibly().waitFor();
        }
    }

    private static String realm(String jwks) {
        String service = "\"enabled\":true,\"standardFlowEnabled\":false,\"serviceAccountsEnabled\":true,";
        return "{\"realm\":\"tandem\",\"enabled\":true,\"sslRequired\":\"none\",\"revokeRefreshToken\":true,"
                + "\"refreshTokenMaxReuse\":0,\"clients\":["
                + "{\"clientId\":\"secret-client\"," + service + "\"secret\":\"s3cr:t/b+ &%\"},"
                + "{\"clientId\":\"brief-client\"," + service
                + "\"secret\":\"s3cr:t/b+ &%\",\"attributes\":{\"access.token.lifespan\":\"5\"}},"
                + "{\"clientId\":\"idle-client\",\"enabled\":true,\"serviceAccountsEnabled\":false,"
                + "\"secret\":\"s3cr:t/b+ &%\"},"
                + "{\"clientId\":\"key-client\"," + service + "\"clientAuthenticatorType\":\"client-jwt\","
                + "\"attributes\":{\"use.jwks.string\":\"true\",\"jwks.string\":" + quoted(jwks)
                + ",\"token.endpoint.auth.signing.alg\":\"ES256\"}},"
                + "{\"clientId\":\"login-client\",\"enabled\":true,\"secret\":\"s3cr:t/b+ &%\","
                + "\"standardFlowEnabled\":true,\"redirectUris\":[\"http://127.0.0.1/callback\"],"
                + "\"attributes\":{\"pkce.code.challenge.method\":\"S256\","
                + "\"oauth2.device.authorization.grant.enabled\":\"true\","
                + "\"standard.token.exchange.enabled\":\"true\"}}],"
                + "\"users\":[{\"username\":\"joe\",\"enabled\":true,\"firstName\":\"J\",\"lastName\":\"D\","
                + "\"email\":\"joe@example.com\",\"emailVerified\":true,"
                + "\"credentials\":[{\"type\":\"password\",\"value\":\"joe\"}]}]}";
    }

    private static String quoted(String json) {
        return "\"" + json.replace("\"", "\\\"") + "\"";
    }

    private static TokenSettings settings(ClientAuth client, String... scope) {
        return new TokenSettings(
                endpoint(),
                client,
                new Grant.ClientCredentials(),
                new TokenParameters(List.of(scope), null, List.of(), Map.of()));
    }

    private static TokenEndpoint endpoint() {
        return TokenEndpoint.discovered(issuer).withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    private static ClientAuth basic(String client) {
        return new ClientAuth.Basic(client, () -> "s3cr:t/b+ &%");
    }

    private TokenFailure failure(TokenSettings settings) {
        return catchThrowableOfType(
                        TokenUnavailableException.class,
                        () -> get(sources.source("keycloak", settings).token()))
                .failure();
    }

    @Test
    void basicAndPostGiveTokens() throws Exception {
        Token byBasic =
                get(sources.source("a", settings(basic("secret-client"))).token());
        Token byPost = get(sources.source("b", settings(new ClientAuth.Post("secret-client", () -> "s3cr:t/b+ &%")))
                .token());
        for (Token token : List.of(byBasic, byPost)) {
            assertThat(SignedJWT.parse(token.value()).getJWTClaimsSet().getClaim("azp"))
                    .isEqualTo("secret-client");
        }
    }

    @Test
    void signedAssertionGivesTokens() {
        AssertionKey key = new AssertionKey(keyFile, Algorithm.ES256, null, Audience.ISSUER);
        Token token = get(sources.source("a", settings(new ClientAuth.PrivateKeyJwt("key-client", key)))
                .token());
        assertThat(token.value()).isNotEmpty();
    }

    @Test
    void failuresAreToldApart() throws Exception {
        assertThat(failure(settings(new ClientAuth.Basic("secret-client", () -> "wrong")))
                        .kind())
                .isEqualTo(Kind.WRONG_CREDENTIALS);
        assertThat(failure(settings(basic("nobody"))).kind()).isIn(Kind.WRONG_CREDENTIALS, Kind.UNKNOWN_CLIENT);
        assertThat(failure(settings(basic("idle-client"))).kind()).isEqualTo(Kind.CLIENT_NOT_ALLOWED);
        TokenFailure scope = failure(settings(basic("secret-client"), "no-such-scope"));
        assertThat(scope.kind()).isEqualTo(Kind.SCOPE_REFUSED);
        assertThat(scope.diagnosis()).contains("no-such-scope");
        Path otherKey = Files.writeString(
                folder.resolve("other.pem"),
                TestPki.pem("PRIVATE KEY", TestPki.ec().getPrivate().getEncoded()));
        assertThat(failure(settings(new ClientAuth.PrivateKeyJwt(
                                "key-client", new AssertionKey(otherKey, Algorithm.ES256, null, Audience.ISSUER))))
                        .kind())
                .isEqualTo(Kind.WRONG_CREDENTIALS);
    }

    @Test
    void fiveSecondTokensAreRenewedAhead() {
        TokenSource source = sources.source("a", settings(basic("brief-client")));
        get(source.token());
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    assertThat(source.current()).as("nobody waits").isNotNull();
                    return source.status().generation() == 4;
                });
        assertThat(calls.get()).isEqualTo(4);
    }

    @Test
    void loginRotationAndEndOfTheSessionWork(@TempDir Path store) throws Exception {
        RefreshTokenStore logins = new RefreshTokenStore(store, StoreKey.file(store.resolve("key")));
        Grant.AuthorizationCode grant = new Grant.AuthorizationCode(logins, "joe");
        TokenParameters parameters = new TokenParameters(List.of("openid"), null, List.of(), Map.of());
        try (BrowserLogin login = BrowserLogin.start(
                LoginSettings.of(endpoint(), basic("login-client"), parameters, grant), LoopbackRedirect.DEFAULT)) {
            assertThat(logInAt(login.url())).contains("You are logged in");
            login.await(Duration.ofSeconds(20));
        }
        TokenSource source =
                sources.source("joe", new TokenSettings(endpoint(), basic("login-client"), grant, parameters));
        Token token = get(source.token());
        for (int i = 0; i < 2; i++) {
            source.reject(token);
            token = get(source.token());
        }
        assertThat(SignedJWT.parse(token.value()).getJWTClaimsSet().getClaim("preferred_username"))
                .isEqualTo("joe");

        ExchangedTokens exchanged = sources.exchanged(
                "exchange",
                new TokenSettings(
                        endpoint(),
                        basic("login-client"),
                        new Grant.TokenExchange(Grant.TokenExchange.ACCESS_TOKEN, null),
                        TokenParameters.NONE));
        Token traded = get(exchanged.source(token.value()).token());
        assertThat(SignedJWT.parse(traded.value()).getJWTClaimsSet().getClaim("preferred_username"))
                .isEqualTo("joe");

        endSession(logins);
        Token last = token;
        source.reject(last);
        TokenUnavailableException ended =
                catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));
        assertThat(ended.failure().kind()).isEqualTo(Kind.GRANT_REFUSED);
    }

    @Test
    void deviceLoginGivesACode(@TempDir Path store) {
        RefreshTokenStore logins = new RefreshTokenStore(store, StoreKey.file(store.resolve("key")));
        try (DeviceLogin login = DeviceLogin.start(LoginSettings.of(
                endpoint(), basic("login-client"), TokenParameters.NONE, new Grant.AuthorizationCode(logins, "joe")))) {
            assertThat(login.userCode()).matches("[A-Z]{4}-[A-Z]{4}");
            assertThat(login.verificationUriComplete()).isPresent();
        }
    }

    /** Sends secure cookies to loopback without TLS, as browsers do and java.net's manager doesn't. */
    private static final class LoopbackCookies extends CookieHandler {
        private final Map<String, String> cookies = new ConcurrentHashMap<>();

        @Override
        public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
            return Map.of("Cookie", List.of(String.join("; ", cookies.values())));
        }

        @Override
        public void put(URI uri, Map<String, List<String>> headers) {
            headers.forEach((name, values) -> {
                if ("Set-Cookie".equalsIgnoreCase(name)) {
                    values.forEach(value -> cookies.put(value.split("=")[0], value.split(";")[0]));
                }
            });
        }
    }

    private static String logInAt(URI url) throws Exception {
        HttpClient browser = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .cookieHandler(new LoopbackCookies())
                .build();
        HttpResponse<String> page = browser.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        Matcher action = Pattern.compile("action=\"([^\"]+)\"").matcher(page.body());
        assertThat(action.find()).as(page.body()).isTrue();
        HttpRequest form = HttpRequest.newBuilder(URI.create(action.group(1).replace("&amp;", "&")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("username=joe&password=joe&credentialId="))
                .build();
        return browser.send(form, BodyHandlers.ofString()).body();
    }

    // RFC 7009, as Keycloak ends a session by its refresh token
    private static void endSession(RefreshTokenStore logins) throws Exception {
        String refreshToken;
        try (RefreshTokenStore.Session session = logins.open("joe", Duration.ofSeconds(10))) {
            refreshToken = session.login().refreshToken();
        }
        HttpResponse<String> revoked = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(issuer + "/protocol/openid-connect/revoke"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString("client_id=login-client&client_secret="
                                        + LoginServer.encoded("s3cr:t/b+ &%") + "&token=" + refreshToken))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(revoked.statusCode()).isEqualTo(200);
    }
}
