package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.oauth2.TestPki;
import io.tandem.support.TunnelProxy;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tandem check --connect}: a token for each target and a connection, or what is wrong. */
class CheckConnectTest {
    private static final String PROPERTIES = "application.properties";

    @TempDir
    private Path temp;

    private CheckedFolder folder;
    private StubIssuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = new StubIssuer();
        folder = new CheckedFolder(temp.toRealPath());
        folder.write("one.secret", StubIssuer.SECRET);
        folder.plant(
                PROPERTIES,
                "target.api-one.auth=none",
                """
                target.api-one.auth=client-credentials
                target.api-one.oauth.token-url=%s/token
                target.api-one.oauth.client-id=tandem
                target.api-one.oauth.client-secret=file:%s
                """
                        .formatted(issuer.url(), folder.path("one.secret")));
        folder.plant(PROPERTIES, "http://127.0.0.1:9/one", issuer.url() + "/one");
        folder.plant(PROPERTIES, "http://127.0.0.1:9/two", issuer.url() + "/two");
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private CommandRun connect() {
        CommandRun run = folder.check("--connect");
        assertThat(run.out() + run.err()).doesNotContain(StubIssuer.SECRET, "access-token-1");
        return run;
    }

    @Test
    void allIsWell() {
        CommandRun run = connect();

        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).hasSize(3);
        assertThat(run.outLines().get(0))
                .matches("api-one: token ok \\(expires in (60|59)s\\), connection ok \\(\\d+ ms\\)");
        assertThat(run.outLines().get(1)).matches("api-two: connection ok \\(\\d+ ms\\)");
        assertThat(run.outLines().get(2)).isEqualTo("ok: 2 targets, 8 routes");
        assertThat(run.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "401, invalid_client, secret",
        "400, unauthorized_client, may not use this grant",
        "400, invalid_scope, check 'scope'",
        "503, '', the authorization server failed",
        "404, '', check the token URL"
    })
    void whyThereIsNoToken(int status, String error, String says) {
        issuer.answers.add(status + " " + (error.isEmpty() ? "" : "{\"error\":\"" + error + "\"}"));

        CommandRun run = connect();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("api-one: no token: ")
                .contains(says)
                .contains("connection ok");
        assertThat(run.outLines()).singleElement().asString().startsWith("api-two: connection ok");
    }

    @Test
    void refusedConnectionIsToldForEachTarget() {
        String nobody = "http://127.0.0.1:1/x";

        CommandRun run = folder.check("--connect", "--set", "target.api-two.url=" + nobody);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .containsExactly("api-two: no connection: 127.0.0.1 refuses the connection on port 1: is it running?"
                        + " Check target.api-two.url");
    }

    @Test
    void nameThatIsNotKnown() {
        CommandRun run = folder.check("--connect", "--set", "target.api-two.url=http://nowhere.invalid/x");

        assertThat(run.errLines())
                .containsExactly("api-two: no connection: the name nowhere.invalid can't be resolved: check"
                        + " target.api-two.url and DNS");
    }

    @Test
    void plainHttpOnATlsPort() {
        String url = "https://127.0.0.1:" + issuer.url().getPort() + "/x";

        CommandRun run = folder.check("--connect", "--set", "target.api-two.url=" + url);

        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("api-two: no connection: 127.0.0.1 takes connections on port ")
                .contains("does it speak TLS there? Check target.api-two.url");
    }

    private void exchanging() {
        folder.plant(PROPERTIES, "api-one.auth=client-credentials", "api-one.auth=token-exchange");
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid_grant", "invalid_request", "invalid_token"})
    void clientIsCheckedWhenTokensTakeACallers(String error) {
        exchanging();
        issuer.answers.add("400 {\"error\":\"" + error + "\"}");

        CommandRun run = connect();

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines().get(0))
                .startsWith(
                        "api-one: no token tried, as it takes a caller's (the authorization server answers, and does"
                                + " not refuse the client), connection ok");
    }

    @ParameterizedTest
    @CsvSource({
        "401, invalid_client, client secret",
        "400, unsupported_grant_type, may not use this grant",
        "400, invalid_target, check 'audience'",
        "400, '', the token request was refused",
        "503, '', the authorization server failed"
    })
    void whyNothingCanBeExchanged(int status, String error, String says) {
        exchanging();
        issuer.answers.add(status + " " + (error.isEmpty() ? "" : "{\"error\":\"" + error + "\"}"));

        CommandRun run = connect();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("api-one: no token: ")
                .contains(says);
    }

    @Test
    void serverThatExchangesAnythingIsToldSo() {
        exchanging();

        CommandRun run = connect();

        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines().get(0)).contains("would exchange any token");
    }

    @Test
    void trustAndProxyOfEachTargetCount() throws Exception {
        TestPki pki = new TestPki();
        try (StubIssuer secured = StubIssuer.tls(pki.tls(pki.server("127.0.0.1")));
                TunnelProxy proxy = new TunnelProxy("joe", "pr0xy-passw0rd")) {
            folder.plant(PROPERTIES, issuer.url() + "/token", secured.url() + "/token");
            String proxied = "target.api-one.oauth.proxy=127.0.0.1:" + proxy.port()
                    + "\ntarget.api-one.oauth.proxy-username=joe\ntarget.api-one.oauth.proxy-password=";

            CommandRun untrusted = connect();
            assertThat(untrusted.exitCode()).isEqualTo(1);
            assertThat(untrusted.err()).contains("api-one: no token: ", "not from a trusted authority");

            folder.append(PROPERTIES, "target.api-one.oauth.trust=" + pki.trustFile(temp) + "\n");
            assertThat(connect().exitCode()).isZero();
            assertThat(proxy.heads()).isEmpty();

            folder.append(PROPERTIES, proxied + "wrong-passw0rd\n");
            CommandRun refused = connect();
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("api-one: no token: ", "proxy").doesNotContain("wrong-passw0rd");

            folder.plant(PROPERTIES, "wrong-passw0rd", "pr0xy-passw0rd");
            assertThat(connect().exitCode()).isZero();
            assertThat(proxy.heads())
                    .hasSize(2)
                    .allMatch(head -> head.startsWith("CONNECT " + secured.url().getAuthority()));
        }
    }

    @Test
    void targetsOwnTrustProxyAndDeniedAddressesCount() throws Exception {
        TestPki pki = new TestPki();
        try (StubIssuer secured = StubIssuer.tls(pki.tls(pki.server("127.0.0.1")));
                TunnelProxy proxy = new TunnelProxy("joe", "pr0xy-passw0rd")) {
            folder.plant(PROPERTIES, issuer.url() + "/two", secured.url() + "/two");
            folder.append(PROPERTIES, "target.api-two.connect-timeout=5s\ntarget.api-two.timeout=5s\n");
            assertThat(connect().errLines())
                    .singleElement()
                    .asString()
                    .startsWith("api-two: no connection: ")
                    .contains("not from a trusted authority");

            folder.append(PROPERTIES, "target.api-two.trust=" + pki.trustFile(temp) + "\n");
            assertThat(connect().exitCode()).isZero();

            folder.append(
                    PROPERTIES,
                    "target.api-two.proxy=127.0.0.1:" + proxy.port()
                            + "\ntarget.api-two.proxy-username=joe\ntarget.api-two.proxy-password=wrong-passw0rd\n");
            CommandRun refused = connect();
            assertThat(refused.errLines().stream().filter(line -> !line.contains(": hint: ")))
                    .containsExactly("api-two: no connection: the proxy did not let the connection to 127.0.0.1 through"
                            + " (status 407): check target.api-two.proxy-username and password");

            folder.plant(PROPERTIES, "wrong-passw0rd", "pr0xy-passw0rd");
            assertThat(connect().exitCode()).isZero();

            folder.append(PROPERTIES, "tandem.egress.deny=loopback\n");
            assertThat(connect().errLines().stream().filter(line -> !line.contains(": hint: ")))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains("no connection", "tandem.egress.deny"))
                    .anySatisfy(line -> assertThat(line).contains("api-one: no token: 127.0.0.1 has no address"));
        }
    }
}
