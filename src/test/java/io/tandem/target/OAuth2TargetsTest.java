package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.oauth2.BrowserLogin;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.LoopbackRedirect;
import io.tandem.oauth2.TokenSettings;
import io.tandem.support.RunningTandem;
import io.tandem.tls.CertificateAndKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configured grants and client authentications, from a caller's message to what a target receives. */
class OAuth2TargetsTest {
    private record Answer(int status, String body, String challenge) {
        static Answer of(int status, String body) {
            return new Answer(status, body, "");
        }
    }

    @TempDir
    Path folder;

    private final List<Map<String, String>> tokenCalls = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Function<Map<String, String>, Answer> tokens = form -> token("token-" + tokenCalls.size(), "");
    private volatile Function<String, Answer> api = authorization -> Answer.of(200, "{}");
    private HttpServer server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext(
                "/.well-known/openid-configuration", exchange -> answer(exchange, Answer.of(200, metadata())));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", exchange -> {
            Map<String, String> form =
                    form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            tokenCalls.add(form);
            answer(exchange, tokens.apply(form));
        });
        server.createContext("/api", exchange -> {
            exchange.getRequestBody().readAllBytes();
            String authorization =
                    String.join(" + ", exchange.getRequestHeaders().get("Authorization"));
            received.add(authorization);
            answer(exchange, api.apply(authorization));
        });
        server.createContext("/api-two", exchange -> answer(exchange, Answer.of(200, "{}")));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void assertionIsSignedForTheIssuerWhenEverythingElseIsDiscovered() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Path file = Files.writeString(
                folder.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        tokens = form -> {
            boolean good = isAssertionOf(keys, form.getOrDefault("client_assertion", ""));
            return good ? token("token-1", "") : Answer.of(401, "{\"error\":\"invalid_client\"}");
        };
        Map<String, String> settings = oauth("client-credentials", "private_key_jwt");
        settings.put("target.api-one.oauth.issuer", base);
        settings.put("target.api-one.oauth.private-key", file.toString());
        settings.put("target.api-one.oauth.private-key.algorithm", "PS256");
        settings.put("target.api-one.oauth.private-key.id", "k1");

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
        }
        assertThat(received).containsExactly("Bearer token-1");
    }

    @Test
    void callersGetTokensOfTheirOwnWhenTheyAreExchanged() {
        tokens = form -> token(
                "for-" + form.get("subject_token"),
                ",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"");
        try (RunningTandem tandem = RunningTandem.start(exchange())) {
            for (String caller : List.of("alice-s3cret", "bob-s3cret", "alice-s3cret")) {
                HttpResponse<String> response = tandem.postJson("{}", "Authorization", "Bearer " + caller);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).doesNotContain("s3cret");
            }
        }

        assertThat(received)
                .containsExactly("Bearer for-alice-s3cret", "Bearer for-bob-s3cret", "Bearer for-alice-s3cret");
        assertThat(tokenCalls).hasSize(2).allSatisfy(form -> assertThat(form)
                .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
                .containsEntry("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"));
    }

    @ParameterizedTest
    @CsvSource({"X-Other, Bearer x", "Authorization, Basic dTpw", "Authorization, Bearer a b"})
    void targetIsUnreachableWhenTheCallerHasNoBearerToken(String header, String value) {
        try (RunningTandem tandem = RunningTandem.start(exchange())) {
            JsonNode reply = RunningTandem.json(tandem.postJson("{}", header, value))
                    .path("replies")
                    .path("api-one");

            assertThat(reply.path("outcome").asText()).isEqualTo("unreachable");
            assertThat(reply.path("problem").path("type").asText())
                    .isEqualTo("urn:tandem:problem:token-of-caller-needed");
            assertThat(reply.path("problem").path("detail").asText()).contains("who sent no bearer token");
        }
        assertThat(tokenCalls).isEmpty();
        assertThat(received).isEmpty();
    }

    @Test
    void tokenIsReplacedOnceWhenTheTargetAnswersAsConfigured() {
        api = authorization -> authorization.endsWith("token-1")
                ? new Answer(403, "{}", "Bearer error=\"invalid_token\"")
                : Answer.of(200, "{}");
        Map<String, String> settings = withSecret();
        settings.put("target.api-one.oauth.rejected-statuses", "401,403");

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            JsonNode reply = RunningTandem.json(tandem.postJson("{}"));
            assertThat(reply.path("outcome").asText()).isEqualTo("complete");
            assertThat(reply.path("replies").path("api-one").path("attempts").asInt())
                    .isEqualTo(2);
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
        }
        assertThat(received).containsExactly("Bearer token-1", "Bearer token-2", "Bearer token-2");
        assertThat(tokenCalls).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"'401,403', insufficient_scope", "401, invalid_token"})
    void tokenIsKeptWhenAnotherWouldFareNoBetter(String rejectedStatuses, String error) {
        api = authorization -> new Answer(403, "{}", "Bearer realm=\"x\", error=\"" + error + "\"");
        Map<String, String> settings = withSecret();
        settings.put("target.api-one.oauth.rejected-statuses", rejectedStatuses);

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            for (int i = 0; i < 5; i++) {
                JsonNode reply = RunningTandem.json(tandem.postJson("{}"))
                        .path("replies")
                        .path("api-one");
                assertThat(reply.path("outcome").asText()).isEqualTo("rejected");
                assertThat(reply.path("attempts").asInt()).isEqualTo(1);
            }
        }
        assertThat(tokenCalls).hasSize(1);
        assertThat(received).hasSize(5);
    }

    @Test
    void loginGoesOnWithoutThePersonWhenItIsKept() throws Exception {
        tokens = form -> token(
                form.get("grant_type") + "-" + tokenCalls.size(),
                ",\"refresh_token\":\"refresh-s3cret-" + tokenCalls.size() + "\"");
        Map<String, String> settings = oauth("authorization-code", "none");
        settings.put("target.api-one.oauth.issuer", base);
        settings.put("target.api-one.oauth.redirect", "localhost:0/back");
        settings.put("target.api-one.oauth.authorization.parameter.access_type", "offline");
        Settings loaded = load(settings);
        Settings.Target target = loaded.targets().get("api-one");

        LoopbackRedirect redirect = OAuth2Targets.redirect(target);
        assertThat(redirect).isEqualTo(new LoopbackRedirect("localhost", 0, "/back"));
        try (BrowserLogin login = BrowserLogin.start(OAuth2Targets.loginSettings(loaded, target), redirect)) {
            assertThat(login.url().getQuery()).contains("access_type=offline");
            browse(login.url());
            login.await(Duration.ofSeconds(20));
        }
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
        }

        assertThat(received).containsExactly("Bearer refresh_token-2");
        assertThat(tokenCalls.get(1)).containsEntry("refresh_token", "refresh-s3cret-1");
        try (Stream<Path> files = Files.list(folder.resolve("tokens"))) {
            assertThat(files.toList())
                    .extracting(file -> file.getFileName().toString())
                    .contains("store.key", "api-one.login");
        }
        assertThat(Files.readString(folder.resolve("tokens/api-one.login"), StandardCharsets.ISO_8859_1))
                .doesNotContain("s3cret");
    }

    @Test
    void loginIsRefusedWhenTheTargetNeedsNone() {
        Settings loaded = load(withSecret());
        Settings.Target target = loaded.targets().get("api-one");

        assertThatThrownBy(() -> OAuth2Targets.loginSettings(loaded, target))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Target 'api-one' needs no login: it has no auth=authorization-code");
    }

    @Test
    void transportIsThatOfTheSettingsWhenTheServerNeedsMore() throws IOException {
        Path file = Files.writeString(folder.resolve("some.pem"), "x");
        Map<String, String> settings = oauth("client-credentials", "tls");
        settings.put("target.api-one.oauth.issuer", base);
        settings.put("target.api-one.oauth.tls.certificate", file.toString());
        settings.put("target.api-one.oauth.tls.key", file.toString());
        settings.put("target.api-one.oauth.trust", file.toString());
        settings.put("target.api-one.oauth.proxy", "proxy.example.com:3128");
        settings.put("target.api-one.oauth.proxy-username", "u");
        settings.put("target.api-one.oauth.proxy-password", "s3cret");
        settings.put("tandem.tokens.refresh-at", "0.5");
        Settings loaded = load(settings);
        Settings.Auth.OAuth2 auth =
                (Settings.Auth.OAuth2) loaded.targets().get("api-one").auth();

        TokenSettings made = OAuth2Targets.tokenSettings("api-one", auth.oauth(), OAuth2Targets.store(loaded.tokens()));

        assertThat(made.client()).isEqualTo(new ClientAuth.Tls("tandem"));
        assertThat(made.endpoint().url()).isNull();
        assertThat(made.endpoint().transport()).satisfies(transport -> {
            assertThat(transport.egress().certificate()).isEqualTo(new CertificateAndKey.PemFiles(file, file));
            assertThat(transport.egress().trust().file()).isEqualTo(file);
            assertThat(transport.egress().proxy()).hasToString("proxy.example.com:3128");
            assertThat(transport.egress().proxy().username()).isEqualTo("u");
            assertThat(transport.egress().proxy().password().get()).isEqualTo("s3cret");
        });
        assertThat(OAuth2Targets.policy(loaded.tokens()).refreshAt()).isEqualTo(0.5);
    }

    private Map<String, String> oauth(String auth, String clientAuth) {
        return new HashMap<>(Map.of(
                "target.api-one.url",
                base + "/api",
                "target.api-two.url",
                base + "/api-two",
                "target.api-one.auth",
                auth,
                "target.api-one.oauth.client-id",
                "tandem",
                "target.api-one.oauth.client-auth",
                clientAuth,
                "tandem.tokens.dir",
                folder.resolve("tokens").toString()));
    }

    private Map<String, String> withSecret() {
        Map<String, String> settings = oauth("client-credentials", "basic");
        settings.put("target.api-one.oauth.token-url", base + "/token");
        settings.put("target.api-one.oauth.client-secret", "s3cret");
        return settings;
    }

    private Map<String, String> exchange() {
        Map<String, String> settings = withSecret();
        settings.put("target.api-one.auth", "token-exchange");
        settings.put("target.api-one.oauth.subject-token-type", "jwt");
        return settings;
    }

    private static Settings load(Map<String, String> settings) {
        return ConfigurationLoader.load(
                ConfigurationSources.of(Path.of("target").toAbsolutePath(), Map.of())
                        .withOverrides(settings));
    }

    private String metadata() {
        return ("{'issuer':'%1$s','token_endpoint':'%1$s/token','authorization_endpoint':'%1$s/authorize',"
                        + "'jwks_uri':'%1$s/jwks','response_types_supported':['code'],"
                        + "'subject_types_supported':['public'],'id_token_signing_alg_values_supported':['RS256']}")
                .formatted(base)
                .replace('\'', '"');
    }

    /** A server where everybody is logged in already. */
    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
        exchange.getResponseHeaders()
                .set("Location", request.get("redirect_uri") + "?code=c&state=" + request.get("state"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void browse(URI url) throws Exception {
        HttpClient browser = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build();
        browser.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
    }

    private boolean isAssertionOf(KeyPair keys, String assertion) {
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            return jwt.verify(new RSASSAVerifier((RSAPublicKey) keys.getPublic()))
                    && jwt.getHeader().getAlgorithm().getName().equals("PS256")
                    && "k1".equals(jwt.getHeader().getKeyID())
                    && jwt.getJWTClaimsSet().getAudience().equals(List.of(base))
                    && "tandem".equals(jwt.getJWTClaimsSet().getSubject());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Answer token(String value, String more) {
        return Answer.of(
                200, "{\"access_token\":\"" + value + "\",\"token_type\":\"Bearer\",\"expires_in\":3600" + more + "}");
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (!answer.challenge().isEmpty()) {
            exchange.getResponseHeaders().set("WWW-Authenticate", answer.challenge());
        }
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new HashMap<>();
        for (String pair : text.split("&")) {
            String[] parts = pair.split("=", 2);
            form.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
        }
        return form;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
