package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tandem.oauth2.AssertionKey.Algorithm;
import io.tandem.oauth2.AssertionKey.Audience;
import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.StrictTokenServer.Call;
import io.tandem.oauth2.TokenFailure.Kind;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signed assertions, against a server that checks the signature and every claim. */
class PrivateKeyJwtTest {
    private static final URI ISSUER = URI.create("https://idp.example.com/realm");

    @TempDir
    private Path folder;

    private final ManualTime time = new ManualTime();
    private final Set<String> jtis = ConcurrentHashMap.newKeySet();
    private StrictTokenServer server;
    private TokenSources sources;
    private volatile KeyPair registered;
    private volatile String audience = ISSUER.toString();
    private volatile String keyId;
    private volatile SignedJWT last;

    @BeforeEach
    void start() throws Exception {
        server = new StrictTokenServer();
        server.authentication = this::verified;
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, time);
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    private boolean verified(Call call) {
        try {
            SignedJWT jwt = SignedJWT.parse(call.first("client_assertion"));
            last = jwt;
            JWSVerifier verifier = registered.getPublic() instanceof RSAPublicKey rsa
                    ? new RSASSAVerifier(rsa)
                    : new ECDSAVerifier((ECPublicKey) registered.getPublic());
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            return call.authorization() == null
                    && !call.form().containsKey("client_secret")
                    && "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                            .equals(call.first("client_assertion_type"))
                    && jwt.verify(verifier)
                    && "tandem".equals(claims.getIssuer())
                    && "tandem".equals(claims.getSubject())
                    && claims.getAudience().equals(List.of(audience))
                    && claims.getIssueTime().toInstant().equals(time.now())
                    && claims.getExpirationTime().toInstant().equals(time.now().plusSeconds(60))
                    && (keyId == null || keyId.equals(jwt.getHeader().getKeyID()))
                    && jtis.add(claims.getJWTID());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private TokenSource source(Path file, Algorithm algorithm, String kid, Audience forWhom) {
        return sources.source(
                "t",
                new TokenSettings(
                        TokenEndpoint.of(server.url()).withIssuer(ISSUER),
                        new ClientAuth.PrivateKeyJwt("tandem", new AssertionKey(file, algorithm, kid, forWhom)),
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE));
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @CsvSource({
        "RS256, pkcs8",
        "RS256, pkcs1",
        "RS256, jwk",
        "PS256, pkcs8",
        "PS256, jwk",
        "ES256, pkcs8",
        "ES256, sec1",
        "ES256, jwk",
        "ES256, jwks"
    })
    void assertionIsAcceptedForEachAlgorithmAndKeyFormat(Algorithm algorithm, String format) throws Exception {
        boolean elliptic = algorithm == Algorithm.ES256;
        registered = elliptic ? TestPki.ec() : TestPki.rsa();
        byte[] pkcs8 = registered.getPrivate().getEncoded();
        byte[] inner = PrivateKeyInfo.getInstance(pkcs8)
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        String text =
                switch (format) {
                    case "pkcs8" -> TestPki.pem("PRIVATE KEY", pkcs8);
                    case "pkcs1" -> TestPki.pem("RSA PRIVATE KEY", inner);
                    case "sec1" -> sec1(pkcs8);
                    case "jwk" -> jwk("kid-1").toString();
                    case "jwks" ->
                        new JWKSet(List.of(
                                        new ECKey.Builder(Curve.P_256, (ECPublicKey)
                                                        TestPki.ec().getPublic())
                                                .keyID("kid-0")
                                                .build(),
                                        jwk("kid-1")))
                                .toString(false);
                    default -> throw new IllegalArgumentException(format);
                };
        keyId = format.startsWith("jwk") ? "kid-1" : null;

        TokenSource source =
                source(write("key", text), algorithm, format.equals("jwks") ? "kid-1" : null, Audience.ISSUER);
        Token first = get(source.token());
        source.reject(first);
        assertThat(get(source.token()).value()).isEqualTo("token-2");
        assertThat(jtis).hasSize(2);
        assertThat(last.getHeader().getAlgorithm().getName()).isEqualTo(algorithm.name());
    }

    // what 'openssl ecparam -genkey' writes
    private static String sec1(byte[] pkcs8) throws Exception {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
        org.bouncycastle.asn1.sec.ECPrivateKey bare =
                org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey());
        byte[] named = new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, bare.getKey(), info.getPrivateKeyAlgorithm().getParameters())
                .getEncoded();
        return TestPki.pem("EC PARAMETERS", new byte[] {6, 0}) + TestPki.pem("EC PRIVATE KEY", named);
    }

    private com.nimbusds.jose.jwk.JWK jwk(String id) {
        return registered.getPublic() instanceof RSAPublicKey rsa
                ? new RSAKey.Builder(rsa)
                        .privateKey(registered.getPrivate())
                        .keyID(id)
                        .build()
                : new ECKey.Builder(Curve.P_256, (ECPublicKey) registered.getPublic())
                        .privateKey(registered.getPrivate())
                        .keyID(id)
                        .build();
    }

    @Test
    void audienceIsTheTokenUrlBySwitch() throws Exception {
        registered = TestPki.ec();
        audience = server.url().toString();
        Path file = write(
                "key.pem", TestPki.pem("PRIVATE KEY", registered.getPrivate().getEncoded()));
        get(source(file, Algorithm.ES256, null, Audience.TOKEN_URL).token());
    }

    @Test
    void certificateInTheKeyFileIsNamedByItsThumbprint() throws Exception {
        TestPki.Identity client = new TestPki().client("tandem");
        registered = client.keys();
        get(source(write("key.pem", client.pem()), Algorithm.ES256, "k", Audience.ISSUER)
                .token());
        assertThat(last.getHeader().getX509CertSHA256Thumbprint()).isNotNull();
        assertThat(last.getHeader().getKeyID()).isEqualTo("k");
        assertThat(last.getHeader().getX509CertChain()).isNull();
    }

    @Test
    void rotatedKeyIsUsedWithoutARestart() throws Exception {
        registered = TestPki.ec();
        Path file = write(
                "key.pem", TestPki.pem("PRIVATE KEY", registered.getPrivate().getEncoded()));
        TokenSource source = source(file, Algorithm.ES256, null, Audience.ISSUER);
        Token first = get(source.token());

        registered = TestPki.ec();
        write("key.pem", TestPki.pem("PRIVATE KEY", registered.getPrivate().getEncoded()));
        source.reject(first);
        assertThat(get(source.token()).value()).isEqualTo("token-2");
    }

    @Test
    void unusableKeyFileIsToldWithoutACall() throws Exception {
        KeyPair ec = TestPki.ec();
        KeyPair rsa = TestPki.rsa();
        String secretPart = "c2VjcmV0IGtleSBtYXRlcmlhbA==";
        Map<String, String> problems = problems(
                "",
                "has no private key",
                "hello",
                "has no private key",
                TestPki.pem("PRIVATE KEY", rsa.getPrivate().getEncoded()),
                "does not fit the algorithm ES256",
                "-----BEGIN PRIVATE KEY-----\n" + secretPart + "\n-----END PRIVATE KEY-----\n",
                "is damaged",
                "-----BEGIN EC PRIVATE KEY-----\n" + secretPart + "\n-----END EC PRIVATE KEY-----\n",
                "names no curve",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + secretPart + "\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "is encrypted",
                TestPki.pem("PRIVATE KEY", ec.getPrivate().getEncoded()).repeat(2),
                "more than one private key",
                "{\"kty\":\"oct\",\"k\":\"" + secretPart + "\"}",
                "has no private key",
                "{\"kty\":\"EC\",\"d\":\"" + secretPart + "\"}",
                "not a well-formed JWK",
                new ECKey.Builder(Curve.P_256, (ECPublicKey) ec.getPublic())
                        .build()
                        .toString(),
                "has no private key");
        int n = 0;
        for (Map.Entry<String, String> problem : problems.entrySet()) {
            Path file = write("key-" + n++, problem.getKey());
            TokenSource source = sources.source(
                    "t",
                    new TokenSettings(
                            TokenEndpoint.of(server.url()).withIssuer(ISSUER),
                            new ClientAuth.PrivateKeyJwt(
                                    "tandem-" + n, new AssertionKey(file, Algorithm.ES256, null, Audience.ISSUER)),
                            new Grant.ClientCredentials(),
                            TokenParameters.NONE));
            TokenUnavailableException failure =
                    catchThrowableOfType(TokenUnavailableException.class, () -> get(source.token()));
            assertThat(failure.failure().kind()).as(problem.getValue()).isEqualTo(Kind.SETTINGS);
            assertThat(failure.failure().diagnosis())
                    .contains(problem.getValue(), file.toString())
                    .doesNotContain(secretPart);
        }
        assertThat(server.calls()).isZero();
    }

    private static Map<String, String> problems(String... textsAndProblems) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (int i = 0; i < textsAndProblems.length; i += 2) {
            problems.put(textsAndProblems[i], textsAndProblems[i + 1]);
        }
        return problems;
    }

    @Test
    void missingKeyFileThatAppearsIsUsedSoon() throws Exception {
        registered = TestPki.ec();
        TokenSource source = source(folder.resolve("later.pem"), Algorithm.ES256, null, Audience.ISSUER);
        assertThatThrownBy(() -> get(source.token())).isInstanceOf(TokenUnavailableException.class);
        write("later.pem", TestPki.pem("PRIVATE KEY", registered.getPrivate().getEncoded()));
        // the next attempt may not be planned yet when the first one's failure is told
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return source.current() != null;
        });
    }

    @Test
    void differingClocksAreTold() throws Exception {
        registered = TestPki.ec();
        Path file = write(
                "key.pem", TestPki.pem("PRIVATE KEY", registered.getPrivate().getEncoded()));
        server.script = (call, n) -> new Answer(
                400, "{\"error\":\"invalid_client\",\"error_description\":\"Token is not active\"}", Map.of());
        TokenUnavailableException failure = catchThrowableOfType(
                TokenUnavailableException.class,
                () -> get(source(file, Algorithm.ES256, null, Audience.ISSUER).token()));
        assertThat(failure.failure().kind()).isEqualTo(Kind.CLOCK_SKEW);
        assertThat(failure.failure().diagnosis()).contains("this machine is", "s behind");
        assertThat(Arrays.asList(failure.failure().oauthError())).containsExactly("invalid_client");
    }

    @Test
    void issuerIsNeededForItsAudience() {
        assertThatThrownBy(() -> new TokenSettings(
                        TokenEndpoint.of(server.url()),
                        new ClientAuth.PrivateKeyJwt(
                                "tandem", new AssertionKey(folder, Algorithm.RS256, null, Audience.ISSUER)),
                        new Grant.ClientCredentials(),
                        TokenParameters.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("issuer");
    }
}
