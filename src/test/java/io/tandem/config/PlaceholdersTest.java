package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceholdersTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
    }

    @Test
    void variableIsInsertedWhenItIsSet() {
        workspace.properties("target.a.url=https://{{env:HOST}}:{{env:PORT_A:81}}/{{env:EMPTY:x}}");
        workspace.env("HOST", "a.example.com").env("EMPTY", "");

        assertThat(url()).isEqualTo("https://a.example.com:81/x");
    }

    @Test
    void variableIsTakenAsItIsWhenItLooksLikeAPlaceholder() {
        workspace
                .properties("target.a.url=https://a/", "target.a.auth=api-key", "target.a.api-key.value={{env:KEY}}")
                .env("KEY", "a{{b}}c");

        assertThat(workspace.load().targets().values())
                .singleElement()
                .extracting(Settings.Target::auth)
                .isInstanceOfSatisfying(
                        Settings.Auth.ApiKey.class,
                        auth -> assertThat(auth.key().value()).isEqualTo("a{{b}}c"));
    }

    @Test
    void otherKeyIsInsertedWhenItIsGivenOrHasADefault() {
        workspace.properties(
                "base=https://{{host}}",
                "host=a.example.com",
                "target.a.url={{base}}/{{tandem.shape}}/{{none:{{also.none:deep}}}}");

        assertThat(url()).isEqualTo("https://a.example.com/collect/deep");
    }

    @Test
    void optionalKeyIsAbsentWhenItsPlaceholderIsEmpty() {
        workspace.properties(
                "target.a.url=https://a/",
                "target.a.auth=api-key",
                "target.a.api-key.value=k",
                "target.a.api-key.scheme={{env:SCHEME:}}");

        Settings.Target a = Objects.requireNonNull(workspace.load().targets().get("a"));
        assertThat(((Settings.Auth.ApiKey) a.auth()).scheme()).isNull();
    }

    @Test
    void placeAndNameAreToldWhenAPlaceholderHasNoValue() {
        workspace.properties(
                "target.a.url=https://{{env:HOST}}/", "target.b.url={{base}}/b", "base=http://{{base.host}}");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:1: bad placeholder in 'target.a.url': the environment variable HOST is"
                                + " not set; set it, or write {{env:HOST:a default}}",
                        "application.properties:3: bad placeholder in 'base': there is no key 'base.host'; add it, or"
                                + " write {{base.host:a default}}");
    }

    @Test
    void circleIsToldOnceWhenSeveralKeysLeadIntoIt() {
        workspace.properties(
                "target.a.url={{x}}", "x={{y}}", "y=1{{x}}", "target.b.url={{y}}", "target.c.url={{target.c.url}}");

        assertThat(workspace.faults())
                .isEqualTo(List.of(
                        "application.properties:2: bad placeholder in 'x': its placeholders go in a circle:"
                                + " x → y → x",
                        "application.properties:5: bad placeholder in 'target.c.url': its placeholders go in a circle:"
                                + " target.c.url → target.c.url"));
    }

    @Test
    void faultIsToldWhenAPlaceholderIsMalformedOrCamels() {
        workspace.targetAnd("tandem.completion={{env:X", "tandem.shape={{sys:user.home}}");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:2: bad placeholder in 'tandem.completion': a placeholder that starts"
                                + " with {{ has no }}",
                        "application.properties:3: bad placeholder in 'tandem.shape': {{sys:…}} is not known here;"
                                + " use {{env:NAME}} or {{other.key}}");
    }

    @Test
    void secretIsRefusedWhenAPlainKeyRefersToIt() {
        workspace
                .targetAnd(
                        "target.api-one.auth=api-key",
                        "target.api-one.api-key.value=s3cret",
                        "target.api-one.api-key.scheme={{target.api-one.api-key.value}}",
                        "my.key={{target.api-one.api-key.value}}")
                .file("routes/a.yaml", "{{my.key}}");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:4: bad placeholder in 'target.api-one.api-key.scheme': it refers to the"
                                + " secret 'target.api-one.api-key.value', which only another secret may",
                        "application.properties:5: bad placeholder in 'my.key': it refers to the secret"
                                + " 'target.api-one.api-key.value', which only another secret may");
    }

    @Test
    void secretIsSharedWhenAnotherSecretRefersToIt() {
        workspace.properties(
                "target.a.url=https://a/",
                "target.a.auth=api-key",
                "target.a.api-key.value={{target.b.api-key.value}}",
                "target.b.url=https://b/",
                "target.b.auth=api-key",
                "target.b.api-key.value=s3cret");

        Settings.Target a = Objects.requireNonNull(workspace.load().targets().get("a"));
        assertThat(((Settings.Auth.ApiKey) a.auth()).key().value()).isEqualTo("s3cret");
    }

    private String url() {
        return Objects.requireNonNull(workspace.load().targets().get("a")).url();
    }
}
