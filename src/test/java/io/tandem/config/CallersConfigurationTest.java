package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings.CallerAuth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallersConfigurationTest {
    private static final String KEY =
            "shop sha256:AAAAAAAAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB messages.write";
    private static final String PASSWORD =
            "ann pbkdf2:600000:AAAAAAAAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB messages.read";

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void newWorkspace() {
        workspace = new Workspace(folder);
    }

    @Test
    void everybodyMayCallOnThisMachineWhenNothingIsSaid() {
        Settings settings = workspace.targetAnd().load();

        assertThat(settings.callers().anonymous()).isTrue();
        assertThat(settings.callers().scopes())
                .isEqualTo(new Settings.Scopes("messages.write", "messages.read", "messages.replay"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "0:0:0:0:0:0:0:1"})
    void nobodyIsAskedWhenOnlyThisMachineCanCall(String host) {
        assertThat(workspace.targetAnd("tandem.http.host=" + host).faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "::", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "fe80::1", "1"})
    void startIsRefusedWhenOtherMachinesCanCallAndNobodyIsAsked(String host) {
        assertThat(workspace.targetAnd("tandem.http.host=" + host).faults())
                .singleElement()
                .asString()
                .isEqualTo("application.properties:2: 'tandem.http.host=" + host
                        + "' is open to other machines and nobody is asked who they are; set tandem.auth=api-key"
                        + " (docs/security.md says how), or tandem.auth.allow-anonymous=true");
    }

    @Test
    void everybodyMayCallWhenThatIsAllowed() {
        assertThat(workspace
                        .targetAnd("tandem.http.host=0.0.0.0", "tandem.auth.allow-anonymous=true")
                        .faults())
                .isEmpty();
    }

    @Test
    void severalWaysAreTakenWhenListed() {
        Settings settings = workspace
                .targetAnd("tandem.http.host=0.0.0.0", "tandem.auth=basic, api-key", "tandem.auth.callers=file:callers")
                .file("callers", "# who may call\n" + KEY + "\n\n" + PASSWORD + "\n")
                .load();

        assertThat(settings.callers().auth()).containsExactly(CallerAuth.API_KEY, CallerAuth.BASIC);
        assertThat(settings.toString()).doesNotContain("BBBB");
    }

    @Test
    void callersAreTakenFromOneLineAndFromAMountedFile() {
        assertThat(workspace
                        .targetAnd("tandem.auth=api-key,basic", "tandem.auth.callers=" + KEY + ", " + PASSWORD)
                        .faults())
                .isEmpty();
        assertThat(workspace
                        .targetAnd("tandem.auth=api-key,basic")
                        .file("conf.d/_secrets/a/tandem.auth.callers", KEY + "\n" + PASSWORD + "\n")
                        .faults())
                .isEmpty();
    }

    @Test
    void faultIsToldWhenNobodyMayCall() {
        assertThat(workspace.targetAnd("tandem.auth=api-key").faults())
                .singleElement()
                .asString()
                .startsWith("application.properties:2: 'tandem.auth=api-key' and nobody may call; add"
                        + " tandem.auth.callers=file:")
                .endsWith("with a line that 'bin/tandem hash-key NAME' writes");
        assertThat(workspace
                        .targetAnd("tandem.auth=api-key,basic", "tandem.auth.callers=" + KEY)
                        .faults())
                .containsExactly("application.properties:3: 'tandem.auth=basic' needs a caller in 'tandem.auth.callers'"
                        + " with a password; make one with 'bin/tandem hash-key --password NAME'");
        assertThat(workspace
                        .targetAnd("tandem.auth=api-key", "tandem.auth.callers=" + PASSWORD)
                        .faults())
                .singleElement()
                .asString()
                .contains("with a key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none,basic", "keys", ","})
    void wayThatIsNoneIsToldWithoutGuesses(String auth) {
        List<String> faults = workspace
                .targetAnd("tandem.http.host=0.0.0.0", "tandem.auth=" + auth)
                .faults();

        assertThat(faults).singleElement().asString().contains("bad value '" + auth + "' for 'tandem.auth'");
    }

    @Test
    void lineIsToldWithoutTheCredentialWhenItIsNone() {
        for (String line : List.of(
                "shop s3cr3t",
                "s3cr3t!",
                "shop sha256:s3cr3t:s3cr3t",
                "shop " + "sha256:s3cr3t" + KEY.substring(12),
                KEY + " s3cr3t\"scope",
                PASSWORD + "\n" + PASSWORD + " s3cr3t",
                "shop pbkdf2:1:AAAAAAAAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB s3cr3t")) {
            assertThat(workspace
                            .targetAnd("tandem.auth=api-key", "tandem.auth.callers=file:callers")
                            .file("callers", line)
                            .faults())
                    .as(line)
                    .singleElement()
                    .asString()
                    .startsWith("application.properties:3: bad value for 'tandem.auth.callers': line ")
                    .doesNotContain("s3cr3t");
        }
    }

    @Test
    void keyIsNotForwardedToTargets() {
        assertThat(workspace
                        .targetAnd(
                                "tandem.auth=api-key",
                                "tandem.auth.callers=" + KEY,
                                "tandem.http.forward-headers=x-api-key")
                        .faults())
                .singleElement()
                .asString()
                .contains("application.properties:4: 'tandem.http.forward-headers' names X-Api-Key");
    }

    @Test
    void callersThatNobodyAsksForAreTold() {
        assertThat(workspace.targetAnd("tandem.auth.callers=" + KEY).faults())
                .containsExactly(
                        "application.properties:2: 'tandem.auth.callers' has no effect with tandem.auth=none; set"
                                + " tandem.auth=api-key, or remove it");
        assertThat(workspace
                        .targetAnd(
                                "tandem.auth=basic",
                                "tandem.auth.callers=" + PASSWORD,
                                "tandem.auth.jwt.issuer=https://a")
                        .faults())
                .singleElement()
                .asString()
                .contains("'tandem.auth.jwt.issuer' has no effect with tandem.auth=basic; set tandem.auth=jwt");
        assertThat(workspace
                        .targetAnd("tandem.auth=api-key", "tandem.auth.callers=" + KEY)
                        .override("tandem.auth", "none")
                        .faults())
                .as("made useless by a later layer")
                .isEmpty();
    }

    @Test
    void tokensNeedAnIssuerAndAnAudience() {
        assertThat(workspace.targetAnd("tandem.auth=jwt").faults())
                .containsExactly(
                        "application.properties:2: 'tandem.auth=jwt' needs 'tandem.auth.jwt.issuer'; add"
                                + " tandem.auth.jwt.issuer=https://idp.example.com/realms/orders",
                        "application.properties:2: 'tandem.auth=jwt' needs 'tandem.auth.jwt.audience'; add"
                                + " tandem.auth.jwt.audience=https://tandem.example.com");
    }

    @Test
    void keysOfTokensDoNotTravelInTheClear() {
        assertThat(workspace
                        .targetAnd(
                                "tandem.auth=jwt",
                                "tandem.auth.jwt.audience=tandem",
                                "tandem.auth.jwt.issuer=http://idp.example.com",
                                "tandem.auth.jwt.jwks-url=http://127.0.0.1:8080/keys")
                        .faults())
                .containsExactly("application.properties:4: 'tandem.auth.jwt.issuer' is plain http; use https");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "RS256,HS256", "EdDSA", ","})
    void algorithmThatIsNotSafeIsRefused(String algorithms) {
        assertThat(workspace
                        .targetAnd(
                                "tandem.auth=jwt",
                                "tandem.auth.jwt.audience=tandem",
                                "tandem.auth.jwt.issuer=https://idp.example.com",
                                "tandem.auth.jwt.algorithms=" + algorithms)
                        .faults())
                .singleElement()
                .asString()
                .contains("bad value '" + algorithms + "' for 'tandem.auth.jwt.algorithms'");
    }

    @Test
    void certificatesOfCallersNeedTls() {
        assertThat(workspace.targetAnd("tandem.auth=mtls").faults())
                .containsExactly(
                        "application.properties:2: 'tandem.auth=mtls' needs 'tandem.http.tls.certificate'; add"
                                + " tandem.http.tls.certificate=/run/secrets/tandem/tls.crt",
                        "application.properties:2: 'tandem.auth=mtls' needs 'tandem.http.tls.client-trust'; add"
                                + " tandem.http.tls.client-trust=/etc/ssl/callers-ca.pem");
        Settings settings = workspace
                .targetAnd(
                        "tandem.auth=mtls",
                        "tandem.auth.mtls.allow=CN=a\\\\,b;shop",
                        "tandem.http.tls.certificate=tls.crt",
                        "tandem.http.tls.key=tls.key",
                        "tandem.http.tls.client-trust=ca.pem")
                .file("tls.crt", "a")
                .file("tls.key", "a")
                .file("ca.pem", "a")
                .load();
        assertThat(settings.callers().mtls().allow()).containsExactlyInAnyOrder("CN=a\\,b", "shop");
        assertThat(settings.callers().mtls().scopes()).containsExactly("messages.write");
    }

    @Test
    void tlsOfTheManagementPortNeedsACertificate() {
        assertThat(workspace.targetAnd("tandem.management.tls=true").faults())
                .containsExactly("application.properties:2: 'tandem.management.tls' is for the certificate in"
                        + " 'tandem.http.tls.certificate'; add"
                        + " tandem.http.tls.certificate=/run/secrets/tandem/tls.crt");
    }

    @Test
    void tlsNeedsBothFilesAndOneKind() {
        workspace.file("tls.crt", "a").file("a.p12", "a");
        assertThat(workspace.targetAnd("tandem.http.tls.certificate=tls.crt").faults())
                .singleElement()
                .asString()
                .contains("'tandem.http.tls.certificate' needs 'tandem.http.tls.key'; add tandem.http.tls.key=");
        assertThat(workspace.targetAnd("tandem.http.tls.keystore=a.p12").faults())
                .singleElement()
                .asString()
                .contains("needs 'tandem.http.tls.keystore-password'");
        assertThat(workspace
                        .targetAnd(
                                "tandem.http.tls.certificate=tls.crt",
                                "tandem.http.tls.key=tls.crt",
                                "tandem.http.tls.keystore=a.p12",
                                "tandem.http.tls.keystore-password=s")
                        .faults())
                .singleElement()
                .asString()
                .contains("is given beside 'tandem.http.tls.certificate'; remove the one or the other");
        assertThat(workspace
                        .targetAnd("tandem.http.tls.client-trust=gone.pem")
                        .faults()
                        .get(0))
                .contains("no such file");
    }

    @Test
    void rateHasAUnit() {
        assertThat(workspace
                        .targetAnd("tandem.caller.rate=10/m")
                        .load()
                        .callers()
                        .rate())
                .isEqualTo(new Settings.Rate(10, Duration.ofMinutes(1)));
        assertThat(workspace.targetAnd("tandem.caller.rate=10").faults())
                .singleElement()
                .asString()
                .contains("expected a rate such as 100/s");
    }

    @Test
    void entryIsReadBackWhenWritten() throws Exception {
        for (String line : List.of(KEY, PASSWORD, KEY.replace(" messages.write", ""))) {
            assertThat(CallerList.parse(line).get(0).line()).isEqualTo(line);
        }
    }
}
