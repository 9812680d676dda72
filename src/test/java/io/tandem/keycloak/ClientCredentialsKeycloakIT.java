package io.tandem.keycloak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.tandem.oauth2.AssertionKey;
import io.tandem.oauth2.ClientAuth;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenEndpoint;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenFailure.Kind;
import io.tandem.oauth2.TokenParameters;
import io.tandem.oauth2.TokenPolicy;
import io.tandem.oauth2.TokenSettings;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.oauth2.TokenUnavailableException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The client credentials grant as Keycloak does it. */
@KeycloakTest
class ClientCredentialsKeycloakIT {
    private static final String SECRET = "s3cr:t/b+ &%";

    @TempDir
    private Path folder;

    private Keycloak keycloak;
    private TokenSources sources;

    @BeforeEach
    void start(Keycloak running) {
        keycloak = running;
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE);
    }

    @AfterEach
    void stop() {
        sources.close();
    }

    private TokenSource source(ClientAuth client, String... scope) {
        return source(TokenEndpoint.discovered(keycloak.issuer()), client, scope);
    }

    private TokenSource source(TokenEndpoint endpoint, ClientAuth client, String... scope) {
        return sources.source(
                "api-one",
                new TokenSettings(
                        endpoint.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20)),
                        client,
                        new Grant.ClientCredentials(),
                        new TokenParameters(List.of(scope), null, List.of(), Map.of())));
    }

    private static Token get(CompletionStage<Token> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TokenUnavailableException unavailable ? unavailable : e;
        }
    }

    private TokenFailure failure(ClientAuth client, String... scope) {
        TokenUnavailableException e = catchThrowableOfType(
                TokenUnavailableException.class, () -> get(source(client, scope).token()));
        assertThat(e).as("a token was given").isNotNull();
        assertThat(e.failure().diagnosis()).doesNotContain(SECRET, "wrong");
        return e.failure();
    }

    @Test
    void secretWithSpecialCharactersIsTakenByBasic() throws Exception {
        Token token =
                get(source(new ClientAuth.Basic("tandem:basic/1", () -> SECRET)).token());

        assertThat(keycloak.active(token.value())).isTrue();
        assertThat(Duration.between(java.time.Instant.now(), token.expiresAt()))
                .isBetween(Duration.ofSeconds(240), Duration.ofSeconds(300));
    }

    @Test
    void tokenUrlServesWithoutDiscovery() throws Exception {
        Token token =
                get(source(TokenEndpoint.of(keycloak.tokenUrl()), new ClientAuth.Basic("tandem:basic/1", () -> SECRET))
                        .token());

        assertThat(keycloak.active(token.value())).isTrue();
    }

    @Test
    void secretWithSpecialCharactersIsTakenByPost() throws Exception {
        Token token =
                get(source(new ClientAuth.Post("tandem post", () -> SECRET)).token());

        assertThat(keycloak.active(token.value())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "RS256, ISSUER, jwk", "PS256, ISSUER, jwk", "ES256, ISSUER, jwk",
        "RS256, TOKEN_URL, jwk", "RS256, ISSUER, pem", "ES256, ISSUER, pem"
    })
    void signedAssertionIsTaken(AssertionKey.Algorithm algorithm, AssertionKey.Audience audience, String format)
            throws Exception {
        JWK key = key(algorithm);
        register(key);
        Path file = folder.resolve("key." + format);
        Files.writeString(file, format.equals("jwk") ? key.toJSONString() : pem(key));

        String keyId = format.equals("jwk") ? null : key.getKeyID();
        Token token = get(source(
                        TokenEndpoint.discovered(keycloak.issuer()),
                        new ClientAuth.PrivateKeyJwt("tandem-jwt", new AssertionKey(file, algorithm, keyId, audience)))
                .token());

        assertThat(keycloak.active(token.value())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(AssertionKey.Algorithm.class)
    void assertionOfAnUnregisteredKeyIsDiagnosed(AssertionKey.Algorithm algorithm) throws Exception {
        JWK registered = key(algorithm);
        register(registered);
        Path file = folder.resolve("other.pem");
        Files.writeString(file, pem(key(algorithm)));

        TokenFailure failure = failure(new ClientAuth.PrivateKeyJwt(
                "tandem-jwt", new AssertionKey(file, algorithm, registered.getKeyID(), AssertionKey.Audience.ISSUER)));

        assertThat(failure.kind()).as(failure.diagnosis()).isEqualTo(Kind.WRONG_CREDENTIALS);
        assertThat(failure.diagnosis()).contains("tandem-jwt", "signing key");
    }

    private static JWK key(AssertionKey.Algorithm algorithm) throws Exception {
        JWSAlgorithm alg = JWSAlgorithm.parse(algorithm.name());
        String id = "key-" + java.util.UUID.randomUUID();
        return algorithm == AssertionKey.Algorithm.ES256
                ? new ECKeyGenerator(Curve.P_256)
                        .keyID(id)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(alg)
                        .generate()
                : new RSAKeyGenerator(2048)
                        .keyID(id)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(alg)
                        .generate();
    }

    private void register(JWK key) {
        keycloak.client("tandem-jwt", client -> ((ObjectNode) client.get("attributes"))
                .put("use.jwks.string", "true")
                .put("jwks.string", new JWKSet(key).toString(true)));
    }

    private static String pem(JWK key) throws Exception {
        byte[] der = key.getKeyType().getValue().equals("EC")
                ? key.toECKey().toPrivateKey().getEncoded()
                : key.toRSAKey().toPrivateKey().getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n"
                + java.util.Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    // Keycloak answers 401 unauthorized_client, where RFC 6749 §5.2 has invalid_client
    @Test
    void wrongSecretIsToldFromAGrantThatIsNotAllowed() {
        TokenFailure wrong = failure(new ClientAuth.Basic("tandem:basic/1", () -> "wrong"));
        assertThat(wrong.kind()).as(wrong.diagnosis()).isEqualTo(Kind.WRONG_CREDENTIALS);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.oauthError()).isEqualTo("unauthorized_client");
        assertThat(wrong.diagnosis()).contains("tandem:basic/1", "client secret");

        TokenFailure notAllowed = failure(new ClientAuth.Basic("tandem-no-service-account", () -> SECRET));
        assertThat(notAllowed.kind()).as(notAllowed.diagnosis()).isEqualTo(Kind.CLIENT_NOT_ALLOWED);
        assertThat(notAllowed.oauthError()).isEqualTo("unauthorized_client");
    }

    @Test
    void wrongSecretInTheFormIsDiagnosed() {
        TokenFailure failure = failure(new ClientAuth.Post("tandem post", () -> "wrong"));
        assertThat(failure.kind()).as(failure.diagnosis()).isEqualTo(Kind.WRONG_CREDENTIALS);
    }

    @Test
    void unknownClientIsDiagnosed() {
        TokenFailure failure = failure(new ClientAuth.Basic("nobody", () -> SECRET));
        // Keycloak says the same of an unknown client and of a wrong secret, so that nobody can try out names
        assertThat(failure.kind()).as(failure.diagnosis()).isIn(Kind.UNKNOWN_CLIENT, Kind.WRONG_CREDENTIALS);
        assertThat(failure.diagnosis()).contains("'nobody'", "check the client id");
    }

    @Test
    void scopeIsAskedForAndRefused() throws Exception {
        ClientAuth client = new ClientAuth.Basic("tandem:basic/1", () -> SECRET);
        assertThat(keycloak.active(get(source(client, "phone").token()).value()))
                .isTrue();

        TokenFailure failure = failure(client, "orders.write");
        assertThat(failure.kind()).as(failure.diagnosis()).isEqualTo(Kind.SCOPE_REFUSED);
        assertThat(failure.diagnosis()).contains("scope");
    }

    @Test
    void realmThatDoesNotExistIsDiagnosed() {
        URI elsewhere = URI.create(keycloak.tokenUrl().toString().replace("realms/tandem", "realms/other"));
        TokenUnavailableException e = catchThrowableOfType(
                TokenUnavailableException.class,
                () -> get(source(TokenEndpoint.of(elsewhere), new ClientAuth.Basic("tandem:basic/1", () -> SECRET))
                        .token()));
        assertThat(e.failure().kind()).as(e.failure().diagnosis()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void correctedSecretTakesEffectWithoutARestart() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "wrong");
        TokenSource source = source(new ClientAuth.Basic("tandem-one", () -> read(secret)));
        catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));

        Files.writeString(secret, "secret of one");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> source.current() != null);
        assertThat(keycloak.active(source.current().value())).isTrue();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void tokensOfFiveSecondsAreRenewedInTimeAndNeverByMessage() throws Exception {
        TokenSource source = source(new ClientAuth.Basic("tandem-5s-one", () -> SECRET));
        Token[] last = {get(source.token())};
        int before = keycloak.events("CLIENT_LOGIN", "tandem-5s-one");

        Duration span = Duration.ofSeconds(20);
        long end = System.nanoTime() + span.toNanos();
        Awaitility.await()
                .atMost(span.plusSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    Token now = source.current();
                    assertThat(now).as("a message would wait").isNotNull();
                    assertThat(now.expiresAt()).as("a token past its end").isAfter(java.time.Instant.now());
                    if (now != last[0]) {
                        last[0] = now;
                        assertThat(keycloak.active(now.value())).isTrue();
                    }
                    return System.nanoTime() - end > 0;
                });

        // a successor after at least 3/4 of each life of 5 s
        assertThat(keycloak.events("CLIENT_LOGIN", "tandem-5s-one") - before).isBetween(3, 6);
    }
}
