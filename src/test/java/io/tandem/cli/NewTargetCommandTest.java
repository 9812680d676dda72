package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tandem new target}: what is written where, and that all else stays as it was. */
class NewTargetCommandTest {
    private static final String PROPERTIES = "application.properties";
    private static final String SCATTER = "routes/2-scatter-gather.camel.yaml";
    private static final String URL = "https://api-three.example.com/in";

    @TempDir
    private Path temp;

    private CheckedFolder folder;

    @BeforeEach
    void copy() throws IOException {
        folder = new CheckedFolder(temp.toRealPath());
    }

    private CommandRun newTarget(String... more) {
        String[] arguments = folder.arguments("new", more);
        // the options belong to the innermost command
        return CommandRun.of(
                Stream.concat(Stream.of("new", "target"), Stream.of(arguments).skip(1))
                        .toArray(String[]::new));
    }

    @Test
    void checkPassesRightAfter() {
        CommandRun run = newTarget("api-three", "--url", URL);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("next: bin/tandem check --connect");
        CommandRun check = folder.check("--strict");
        assertThat(check.err()).isEmpty();
        assertThat(check.outLines()).containsExactly("ok: 3 targets, 8 routes");
    }

    @Test
    void allElseStaysAsItIs() {
        folder.write(
                PROPERTIES,
                "# mine\r\n\r\n! and this\r\n" + folder.read(PROPERTIES).replace("\n", "\r\n") + "# the end");
        folder.append(SCATTER, "    # to be gone on with\n\n# the end\n");
        String properties = folder.read(PROPERTIES);
        String scatter = folder.read(SCATTER);

        newTarget("api-three", "--url", URL);

        assertThat(folder.read(PROPERTIES))
                .isEqualTo(properties + "\r\n\r\ntarget.api-three.url=" + URL + "\r\ntarget.api-three.auth=none\r\n");
        String two = "              - to: kamelet:deliver/api-two?target=api-two\n";
        assertThat(folder.read(SCATTER)).isEqualTo(scatter.replace(two, two + two.replace("two", "three")));
    }

    @Test
    void oneAfterTheOtherCome() {
        newTarget("api-three", "--url", URL);
        newTarget("api-four", "--url", URL);

        assertThat(folder.line(SCATTER, "target=api-four")).isEqualTo(folder.line(SCATTER, "target=api-three") + 1);
        assertThat(folder.check().outLines()).containsExactly("ok: 4 targets, 8 routes");
    }

    @Test
    void nothingIsWrittenWhenItIsRehearsed() throws IOException {
        String properties = folder.read(PROPERTIES);
        String scatter = folder.read(SCATTER);

        CommandRun run = newTarget("api-three", "--url", URL, "--dry-run");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(": + target.api-three.url=" + URL)
                .contains(folder.path(SCATTER) + ":18:15: + - to: kamelet:deliver/api-three?target=api-three");
        assertThat(folder.read(PROPERTIES)).isEqualTo(properties);
        assertThat(folder.read(SCATTER)).isEqualTo(scatter);
        try (Stream<Path> files = Files.list(folder.path("routes"))) {
            assertThat(files).noneMatch(file -> file.toString().matches(".*\\.new|.*\\.case\\.yaml"));
        }
    }

    @Test
    void secretIsAReference() {
        CommandRun run = newTarget("api-three", "--url", URL, "--auth", "client-credentials");

        assertThat(folder.read(PROPERTIES)).contains("target.api-three.oauth.client-secret={{env:API_THREE_SECRET}}\n");
        assertThat(run.outLines())
                .contains(
                        "next: set target.api-three.oauth.token-url to what it really is",
                        "next: set target.api-three.oauth.client-id to what it really is",
                        "next: set the environment variable API_THREE_SECRET");
        assertThat(folder.check().errLines())
                .singleElement()
                .asString()
                .contains("the environment variable API_THREE_SECRET is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "basic", "api-key", "client-credentials", "token-exchange", "authorization-code"})
    void caseThatIsWrittenPasses(String auth) {
        folder.append(PROPERTIES, "tandem.completion=first\ntandem.shape=first\n");

        CommandRun run = newTarget("api-three", "--url", URL + "?a=b%20c", "--auth", auth);

        String tried = folder.path("routes/api-three.case.yaml").toString();
        assertThat(run.outLines()).contains("next: bin/tandem test " + tried);
        CommandRun test =
                CommandRun.of("test", tried, "--config", folder.path(PROPERTIES).toString());
        assertThat(test.err()).isEmpty();
        assertThat(test.out()).startsWith("ok: 1 case ");
        folder.plant(SCATTER, "              - to: kamelet:deliver/api-three?target=api-three\n", "");
        assertThat(CommandRun.of(
                                "test",
                                tried,
                                "--config",
                                folder.path(PROPERTIES).toString())
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void caseOfTheSameNameIsLeftAlone() {
        folder.write("routes/api-three.case.yaml", "mine");

        CommandRun run = newTarget("api-three", "--url", URL);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).doesNotContain("case");
        assertThat(folder.read("routes/api-three.case.yaml")).isEqualTo("mine");
    }

    @Test
    void checkPassesRightAfterWithASecretInAFile() {
        folder.write("key", "s3cret\n");

        newTarget("api-three", "--url", URL, "--auth", "api-key", "--secret", "file:" + folder.path("key"));

        assertThat(folder.check("--strict").outLines()).containsExactly("ok: 3 targets, 8 routes");
    }

    @ParameterizedTest
    @CsvSource({
        "api-one, https://x.example.com/, none, '', there is a target 'api-one' already",
        "API_3, https://x.example.com/, none, '', 'API_3' is no name for a target",
        "api-three, ftp://x.example.com/, none, '', is no URL of a target",
        "api-three, https://u:s3cret@x.example.com/, none, '', is no URL of a target",
        "api-three, https://x.example.com/, oauth, '', 'oauth' is no auth: expected one of",
        "api-three, https://x.example.com/, api-key, s3cret, secrets are not written into files",
    })
    void whatIsWrongIsRefused(String name, String url, String auth, String secret, String says) {
        String properties = folder.read(PROPERTIES);

        CommandRun run = newTarget(name, "--url", url, "--auth", auth, "--secret", secret);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).singleElement().asString().contains(says).doesNotContain("s3cret");
        assertThat(folder.read(PROPERTIES)).isEqualTo(properties);
    }

    @Test
    void multicastOfAnotherKindIsLeftToItsOwner() {
        folder.plant(SCATTER, "kamelet:deliver/api-one", "kamelet:mine/api-one");
        folder.plant(SCATTER, "kamelet:deliver/api-two", "kamelet:mine/api-two");

        CommandRun run = newTarget("api-three", "--url", URL);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("add the line yourself");
        assertThat(folder.read(PROPERTIES)).doesNotContain("api-three");
    }
}
