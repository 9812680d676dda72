package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        folder.plant(
                PROPERTIES,
                "target.api-one.auth=none",
                """
                target.api-one.auth=client-credentials
                target.api-one.oauth.token-url=%s/token
                target.api-one.oauth.client-id=tandem
                target.api-one.oauth.client-secret=%s
                """
                        .formatted(issuer.url(), StubIssuer.SECRET));
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
        assertThat(run.outLines().get(2)).isEqualTo("ok: 2 targets, 7 routes");
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
}
