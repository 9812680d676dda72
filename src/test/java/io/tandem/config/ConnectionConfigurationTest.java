package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings.AddressBlock;
import io.tandem.config.Settings.Certificate;
import io.tandem.config.Settings.Connection;
import io.tandem.config.Settings.HostAndPort;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How targets are connected to: trust, certificates, proxies, and where no connection goes. */
class ConnectionConfigurationTest {
    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void workspace() {
        workspace = new Workspace(folder);
    }

    private Connection connection() {
        return Objects.requireNonNull(workspace.load().targets().get("api-one")).connection();
    }

    @Test
    void everythingIsReadWhenGiven() {
        workspace
                .targetAnd(
                        "target.api-one.trust=ca.pem",
                        "target.api-one.tls.certificate=tls.crt",
                        "target.api-one.tls.key=tls.key",
                        "target.api-one.proxy=proxy.example.com:3128",
                        "target.api-one.proxy-username=joe",
                        "target.api-one.proxy-password=s3cret")
                .file("ca.pem", "x")
                .file("tls.crt", "x")
                .file("tls.key", "x");

        assertThat(connection().certificate())
                .isEqualTo(new Certificate.Pem(folder.resolve("tls.crt"), folder.resolve("tls.key")));
        assertThat(connection().trust()).isNotNull();
        assertThat(connection().proxy()).satisfies(proxy -> {
            assertThat(proxy.address()).isEqualTo(new HostAndPort("proxy.example.com", 3128));
            assertThat(proxy.username()).isEqualTo("joe");
        });
        assertThat(connection().toString()).doesNotContain("s3cret");
    }

    @Test
    void connectionIsDirectWhenNothingIsGiven() {
        workspace.targetAnd();

        assertThat(connection()).isEqualTo(Connection.DIRECT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.key=x.pem | target 'api-one' has tls.key and lacks tls.certificate",
                "tls.certificate=x.pem | target 'api-one' has tls.certificate and lacks tls.key",
                "tls.keystore=x.pem | target 'api-one' has tls.keystore and lacks tls.keystore-password",
                "proxy-username=joe | 'target.api-one.proxy-username' has no effect without target.api-one.proxy",
                "trust-password=x | 'target.api-one.trust-password' has no effect without target.api-one.trust",
                "trust=missing.pem | the file of 'target.api-one.trust'",
            })
    void halfASettingIsTold(String line, String told) {
        workspace.targetAnd("target.api-one." + line).file("x.pem", "x");

        assertThat(workspace.faults()).singleElement().asString().contains(told);
    }

    @ParameterizedTest
    @CsvSource({
        "tls.insecure, trust",
        "tls.verify, trust",
        "insecure-skip-verify, trust",
        "verify-hostname, trust",
        "trust-all, trust",
        "tls.trust, trust",
        "ssl.truststore, trust",
        "oauth.tls.insecure, oauth.trust"
    })
    void keyThatWouldSwitchVerificationOffIsToldWhatToDoInstead(String key, String instead) {
        workspace.targetAnd("target.api-one." + key + "=true");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: unknown key 'target.api-one." + key
                        + "'; certificates are always verified: to trust another authority, set target.api-one."
                        + instead + "=/etc/ssl/company-ca.pem");
    }

    @Test
    void credentialsByPlainHttpAreRefusedUnlessAllowedByName() {
        String[] lines = {
            "target.api-one.url=http://api-one.example.com/",
            "target.api-one.auth=api-key",
            "target.api-one.api-key.value=s3cret"
        };
        workspace.properties(lines);
        assertThat(workspace.faults())
                .containsExactly("application.properties:1: 'target.api-one.url' is plain http, which shows the"
                        + " credentials to the network; use https, or set target.api-one.allow-http=true");

        workspace.override("target.api-one.allow-http", "true");
        assertThat(workspace.faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"})
    void credentialsMayGoByPlainHttpToThisMachine(String url) {
        workspace.properties(
                "target.api-one.url=" + url, "target.api-one.auth=api-key", "target.api-one.api-key.value=s3cret");

        assertThat(workspace.faults()).isEmpty();
    }

    @Test
    void plainHttpIsFineWithoutCredentials() {
        workspace.properties("target.api-one.url=http://api-one.example.com/");

        assertThat(workspace.faults()).isEmpty();
    }

    @Test
    void deniedAddressesAreThoseOfWordsAndBlocks() throws Exception {
        workspace.targetAnd("tandem.egress.deny=link-local, 203.0.113.0/24 ,192.0.2.1,2001:db8::/32");

        assertThat(connection().denied())
                .containsExactly(
                        new AddressBlock(InetAddress.getByName("169.254.0.0"), 16),
                        new AddressBlock(InetAddress.getByName("fe80::"), 10),
                        new AddressBlock(InetAddress.getByName("203.0.113.0"), 24),
                        new AddressBlock(InetAddress.getByName("192.0.2.1"), 32),
                        new AddressBlock(InetAddress.getByName("2001:db8::"), 32));
    }

    @ParameterizedTest
    @ValueSource(strings = {"internal", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "::/129", "10.0.0.0/8/8", "a::b::c"})
    void whatIsNoBlockOfAddressesIsRefused(String value) {
        workspace.targetAnd("tandem.egress.deny=" + value);

        assertThat(workspace.faults()).singleElement().asString().contains("bad value '" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://010.0.0.1/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f000001/"
            })
    void hostThatIsAnAddressInDisguiseIsRefused(String url) {
        workspace.properties("target.api-one.url=" + url);

        assertThat(workspace.faults()).singleElement().asString().contains("bad value '" + url + "'");
    }
}
