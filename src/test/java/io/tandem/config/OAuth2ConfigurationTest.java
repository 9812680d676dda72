package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings.Auth;
import io.tandem.config.Settings.Certificate;
import io.tandem.config.Settings.HostAndPort;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.config.Settings.Redirect;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The OAuth2 keys: what they become, and what is said when they don't fit together. */
class OAuth2ConfigurationTest {
    private static final String OAUTH = "target.api-one.oauth.";

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
        workspace
                .file("key.pem", "k")
                .file("tls.crt", "c")
                .file("client.p12", "p")
                .file("ca.pem", "t");
    }

    /** A good client of an issuer, with more keys of the target. */
    private Workspace with(String auth, String clientAuth, String... oauth) {
        String secret = clientAuth.equals("basic") || clientAuth.equals("post") ? OAUTH + "client-secret=s3cret" : "";
        return workspace.targetAnd(Stream.concat(
                        Stream.of(
                                "target.api-one.auth=" + auth,
                                OAUTH + "issuer=https://idp.example.com/",
                                OAUTH + "client-id=c",
                                OAUTH + "client-auth=" + clientAuth,
                                secret),
                        Stream.of(oauth).map(OAUTH::concat))
                .toArray(String[]::new));
    }

    private OAuth2Settings oauth() {
        Settings.Target target =
                Objects.requireNonNull(workspace.load().targets().get("api-one"));
        return ((Auth.OAuth2) target.auth()).oauth();
    }

    @Test
    void defaultsApplyWhenAnIssuerIsGiven() {
        with("client-credentials", "basic");

        OAuth2Settings oauth = oauth();
        assertThat(oauth.issuer()).isEqualTo("https://idp.example.com/");
        assertThat(oauth.tokenUrl()).isNull();
        assertThat(oauth.privateKey()).isNull();
        assertThat(oauth.connection().certificate()).isNull();
        assertThat(oauth.connection().trust()).isNull();
        assertThat(oauth.connection().proxy()).isNull();
        assertThat(oauth.login()).isNull();
        assertThat(oauth.exchange()).isNull();
        assertThat(oauth.rejectedStatuses()).containsExactly(401);
        assertThat(workspace.load().tokens()).isEqualTo(new Settings.Tokens(folder.resolve("data/tokens"), null, 0.75));
    }

    @Test
    void everyKeyIsReadWhenGiven() {
        with(
                "authorization-code",
                "private_key_jwt",
                "private-key=key.pem",
                "private-key.algorithm=ES256",
                "private-key.id=k1",
                "assertion-audience=token-url",
                "tls.certificate=tls.crt",
                "tls.key=key.pem",
                "trust=ca.pem",
                "trust-password=s3cret-2",
                "proxy=[::1]:3128",
                "proxy-username=u",
                "proxy-password=s3cret-3",
                "authorization-url=https://idp.example.com/authorize",
                "device-url=https://idp.example.com/device",
                "redirect=localhost:8400/back",
                "authorization.parameter.access_type=offline",
                "rejected-statuses=403, 401");

        OAuth2Settings oauth = oauth();
        assertThat(oauth.grant()).isEqualTo("authorization-code");
        assertThat(oauth.clientAuth()).isEqualTo("private_key_jwt");
        assertThat(oauth.clientSecret()).isNull();
        assertThat(oauth.privateKey())
                .isEqualTo(new Settings.PrivateKey(folder.resolve("key.pem"), "ES256", "k1", "token-url"));
        assertThat(oauth.connection().certificate())
                .isEqualTo(new Certificate.Pem(folder.resolve("tls.crt"), folder.resolve("key.pem")));
        assertThat(Objects.requireNonNull(oauth.connection().trust()).file()).isEqualTo(folder.resolve("ca.pem"));
        assertThat(Objects.requireNonNull(oauth.connection().proxy()).address())
                .isEqualTo(new HostAndPort("::1", 3128));
        assertThat(oauth.login())
                .isEqualTo(new Settings.Login(
                        "https://idp.example.com/authorize",
                        "https://idp.example.com/device",
                        new Redirect("localhost", 8400, "/back"),
                        Map.of("access_type", "offline")));
        assertThat(oauth.rejectedStatuses()).containsExactly(401, 403);
        assertThat(workspace.load().toString()
                        + oauth
                        + oauth.login()
                        + oauth.connection().trust()
                        + oauth.connection().proxy())
                .doesNotContain("s3cret", "offline");
    }

    @Test
    void exchangeIsReadWhenGiven() {
        with("token-exchange", "tls", "tls.keystore=client.p12", "tls.keystore-password=s3cret")
                .override(OAUTH + "subject-token-type", "jwt");

        OAuth2Settings oauth = oauth();
        assertThat(oauth.exchange()).isEqualTo(new Settings.Exchange("jwt", null));
        assertThat(oauth.connection().certificate()).isInstanceOfSatisfying(Certificate.Keystore.class, keystore -> {
            assertThat(keystore.file()).isEqualTo(folder.resolve("client.p12"));
            assertThat(keystore.password().value()).isEqualTo("s3cret");
        });
    }

    @Test
    void serverIsToldWhenItIsMissing() {
        workspace.targetAnd(
                "target.api-one.auth=client-credentials", OAUTH + "client-id=c", OAUTH + "client-secret=s3cret");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: target 'api-one' has auth=client-credentials and lacks"
                        + " oauth.issuer or oauth.token-url; add"
                        + " target.api-one.oauth.issuer=https://idp.example.com/realms/orders or"
                        + " target.api-one.oauth.token-url=https://idp.example.com/token");
    }

    @Test
    void whereToLogInIsToldWhenItIsMissing() {
        workspace.targetAnd(
                "target.api-one.auth=authorization-code",
                OAUTH + "token-url=https://idp/token",
                OAUTH + "client-id=c",
                OAUTH + "client-auth=none");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("auth=authorization-code and lacks oauth.issuer or oauth.authorization-url; add");
    }

    @ParameterizedTest
    @CsvSource({
        "client-credentials, redirect=127.0.0.1:0/x, authorization-code",
        "client-credentials, authorization-url=https://idp/a, authorization-code",
        "token-exchange, device-url=https://idp/d, authorization-code",
        "token-exchange, authorization.parameter.prompt=login, authorization-code",
        "authorization-code, subject-token-type=jwt, token-exchange",
        "client-credentials, requested-token-type=jwt, token-exchange"
    })
    void keyIsAnErrorWhenItBelongsToAnotherGrant(String auth, String line, String needed) {
        with(auth, "basic", line);

        String key = OAUTH + line.substring(0, line.indexOf('='));
        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:7: '%s' has no effect with auth=%s; set target.api-one.auth=%s, or remove it"
                                .formatted(key, auth, needed));
    }

    @ParameterizedTest
    @CsvSource({
        "basic, private-key=key.pem, private_key_jwt",
        "post, private-key.algorithm=RS256, private_key_jwt",
        "none, private-key.id=k, private_key_jwt",
        "basic, assertion-audience=issuer, private_key_jwt",
        "none, client-secret=s3cret, basic or post"
    })
    void keyIsAnErrorWhenItBelongsToAnotherClientAuth(String clientAuth, String line, String needed) {
        with("client-credentials", clientAuth, line);

        String key = OAUTH + line.substring(0, line.indexOf('='));
        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:7: '%s' has no effect with client-auth=%s; set target.api-one.oauth.client-auth=%s, or remove it"
                                .formatted(key, clientAuth, needed));
    }

    @Test
    void secretOfTheFileIsNoErrorWhenALaterLayerChoosesAKey() {
        with("client-credentials", "basic", "private-key=key.pem").override(OAUTH + "client-auth", "private_key_jwt");

        assertThat(workspace.faults()).isEmpty();
    }

    @Test
    void keyIsToldWhenAssertionsLackIt() {
        with("client-credentials", "private_key_jwt");

        assertThat(workspace.faults())
                .containsExactly("application.properties:5: target 'api-one' has client-auth=private_key_jwt and lacks"
                        + " oauth.private-key; add target.api-one.oauth.private-key=/run/secrets/api-one/key.pem");
    }

    @Test
    void issuerIsToldWhenAssertionsAreForIt() {
        String[] lines = {
            "target.api-one.auth=client-credentials",
            OAUTH + "token-url=https://idp/token",
            OAUTH + "client-id=c",
            OAUTH + "client-auth=private_key_jwt",
            OAUTH + "private-key=key.pem"
        };
        workspace.targetAnd(lines);
        assertThat(workspace.faults())
                .containsExactly("application.properties:5: target 'api-one' signs assertions for the issuer and lacks"
                        + " oauth.issuer; add target.api-one.oauth.issuer=https://idp.example.com/realms/orders, or set"
                        + " target.api-one.oauth.assertion-audience=token-url");

        workspace.override(OAUTH + "assertion-audience", "token-url");
        assertThat(workspace.faults()).isEmpty();
    }

    @Test
    void certificateIsToldWhenTlsLacksIt() {
        with("client-credentials", "tls");
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("application.properties:5: target 'api-one' has client-auth=tls and lacks"
                        + " oauth.tls.certificate; add target.api-one.oauth.tls.certificate=");

        with("client-credentials", "tls", "tls.certificate=tls.crt");
        assertThat(workspace.faults())
                .containsExactly("application.properties:7: target 'api-one' has oauth.tls.certificate and lacks"
                        + " oauth.tls.key; add target.api-one.oauth.tls.key=/run/secrets/api-one/tls.key");

        with("client-credentials", "tls", "tls.keystore=client.p12");
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("application.properties:7: target 'api-one' has oauth.tls.keystore and lacks"
                        + " oauth.tls.keystore-password; add ");
    }

    @Test
    void oneOfTwoIsRefusedWhenBothKindsOfCertificateAreGiven() {
        with(
                "client-credentials",
                "tls",
                "tls.certificate=tls.crt",
                "tls.key=key.pem",
                "tls.keystore=client.p12",
                "tls.keystore-password=s3cret");

        assertThat(workspace.faults())
                .containsExactly("application.properties:9: 'target.api-one.oauth.tls.keystore' is given beside"
                        + " target.api-one.oauth.tls.certificate or target.api-one.oauth.tls.key; remove the one or the"
                        + " other");
    }

    @Test
    void everyFileIsToldWhenItCanNotBeUsed() {
        with(
                "client-credentials",
                "private_key_jwt",
                "private-key=missing.pem",
                "tls.certificate=" + folder,
                "tls.key=gone.key",
                "trust=gone.pem");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:7: the file of 'target.api-one.oauth.private-key', %s, can't be used: no such file"
                                .formatted(folder.resolve("missing.pem")),
                        "application.properties:8: the file of 'target.api-one.oauth.tls.certificate', %s, can't be used: it is a folder"
                                .formatted(folder),
                        "application.properties:9: the file of 'target.api-one.oauth.tls.key', %s, can't be used: no such file"
                                .formatted(folder.resolve("gone.key")),
                        "application.properties:10: the file of 'target.api-one.oauth.trust', %s, can't be used: no such file"
                                .formatted(folder.resolve("gone.pem")));
    }

    @Test
    void keyIsAnErrorWhenItsOtherHalfIsMissing() {
        with("client-credentials", "none", "proxy-username=u", "trust-password=s3cret", "tls.keystore-password=s3cret");
        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:7: 'target.api-one.oauth.proxy-username' has no effect without"
                                + " target.api-one.oauth.proxy; add that, or remove it",
                        "application.properties:8: 'target.api-one.oauth.trust-password' has no effect without"
                                + " target.api-one.oauth.trust; add that, or remove it",
                        "application.properties:9: 'target.api-one.oauth.tls.keystore-password' has no effect without"
                                + " target.api-one.oauth.tls.keystore; add that, or remove it");

        with("client-credentials", "none", "proxy=p:1", "proxy-username=u");
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("has oauth.proxy-username and lacks oauth.proxy-password; add ");

        with("client-credentials", "none", "proxy=p:1", "proxy-password=s3cret");
        assertThat(workspace.faults())
                .containsExactly("application.properties:8: 'target.api-one.oauth.proxy-password' has no effect without"
                        + " target.api-one.oauth.proxy-username; add that, or remove it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy=p",
                "proxy=http://p:1",
                "proxy=p:0",
                "proxy=p:65536",
                "redirect=0.0.0.0:1/x",
                "redirect=localhost:80",
                "redirect=localhost:99999/x",
                "rejected-statuses=",
                "rejected-statuses=200",
                "rejected-statuses=500",
                "rejected-statuses=4O1",
                "issuer=https://idp/?tenant=1",
                "issuer=http://idp.example.com/",
                "device-url=http://idp.example.com/device",
                "authorization.parameter.state=x",
                "parameter.subject_token=x"
            })
    void valueIsRefusedWhenItCanNotBeMeant(String line) {
        String key = OAUTH + line.substring(0, line.indexOf('='));
        with("authorization-code", "none").override(key, line.substring(line.indexOf('=') + 1));

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("command line: ")
                .contains(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.05", "0.95", "1", "75%", "0,75", "NaN"})
    void refreshPointIsRefusedWhenItIsNoFraction(String value) {
        workspace.targetAnd("tandem.tokens.refresh-at=" + value);

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("expected a fraction from 0.1 to 0.9, such as 0.5");
    }

    @Test
    void storeKeyIsRefusedWithoutBeingShownWhenItIsNoKey() {
        workspace.targetAnd("tandem.tokens.key=s3cret");
        assertThat(workspace.faults())
                .containsExactly("application.properties:2: bad value for 'tandem.tokens.key': expected 32 bytes as"
                        + " base64 or as 64 hexadecimal digits, as 'openssl rand -base64 32' writes them");

        workspace.targetAnd("tandem.tokens.key=" + "0f".repeat(32));
        assertThat(workspace.faults()).isEmpty();
        workspace.targetAnd("tandem.tokens.key=" + "A".repeat(43) + "\\=");
        assertThat(workspace.faults()).isEmpty();
    }
}
