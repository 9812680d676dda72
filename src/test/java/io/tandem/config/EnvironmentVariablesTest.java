package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentVariablesTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
    }

    @Test
    void keysAreOverriddenWhenVariablesStandForThem() {
        Settings settings = workspace
                .targetAnd("target.api-one.header.x-tenant=a", "my.key=1")
                .file("routes/a.yaml", "{{my.key}}")
                .env("TANDEM_HTTP_PORT", "81")
                .env("TANDEM_HTTP_MAX_BODY", "2KiB")
                .env("TARGET_API_ONE_RETRY_MIN_BACKOFF", "7ms")
                .env("TARGET_API_ONE_HEADER_X_TENANT", "b")
                .env("TARGET_API_ONE_HEADER_ACCEPT_LANGUAGE", "de")
                .env("MY_KEY", "2")
                .load();

        assertThat(settings.http().port()).isEqualTo(81);
        assertThat(settings.http().maxBody()).isEqualTo(2048);
        assertThat(target(settings, "api-one").retry().minBackoff()).isEqualTo(Duration.ofMillis(7));
        assertThat(target(settings, "api-one").headers()).isEqualTo(Map.of("x-tenant", "b", "Accept-Language", "de"));
        assertThat(settings.placeholders()).containsEntry("my.key", "2");
    }

    @Test
    void targetExistsWhenOnlyTheEnvironmentNamesIt() {
        Settings settings = workspace
                .env("TARGET_API_ONE_URL", "https://a/")
                .env("TARGET_API_ONE_AUTH", "client-credentials")
                .env("TARGET_API_ONE_OAUTH_TOKEN_URL", "https://idp/token")
                .env("TARGET_API_ONE_OAUTH_CLIENT_ID", "c")
                .env("TARGET_API_ONE_OAUTH_CLIENT_SECRET", "s3cret\n")
                .env("TARGET_API_ONE_OAUTH_PARAMETER_ACR_VALUES", "1")
                .load();

        assertThat(settings.targets()).containsOnlyKeys("api-one");
        assertThat(target(settings, "api-one").auth()).isInstanceOfSatisfying(Settings.Auth.OAuth2.class, auth -> {
            assertThat(auth.oauth().tokenUrl()).isEqualTo("https://idp/token");
            assertThat(Objects.requireNonNull(auth.oauth().clientSecret()).value())
                    .isEqualTo("s3cret");
            assertThat(auth.oauth().extraParameters()).isEqualTo(Map.of("acr_values", "1"));
        });
    }

    @Test
    void longerNameWinsWhenTargetsStartTheSame() {
        Settings settings = workspace
                .properties("target.api.url=http://a/", "target.api-one.url=http://b/")
                .env("TARGET_API_ONE_URL", "http://c/")
                .env("TARGET_API_ONE_HEADER_X", "1")
                .env("TARGET_API_TWO_URL", "http://d/")
                .load();

        assertThat(settings.targets()).containsOnlyKeys("api", "api-one", "api-two");
        assertThat(target(settings, "api").url()).isEqualTo("http://a/");
        assertThat(target(settings, "api-one").url()).isEqualTo("http://c/");
        assertThat(target(settings, "api-one").headers()).isEqualTo(Map.of("X", "1"));
    }

    @Test
    void variablesOfOthersAreIgnoredWhenTheyOnlyShareAPrefix() {
        workspace
                .targetAnd()
                .env("TANDEM_JAVA_OPTS", "-Xmx1g")
                .env("TANDEM_HOME", "/opt/tandem")
                .env("TANDEM_SERVICE_HOST", "10.0.0.1")
                .env("TANDEM_SERVICE_PORT", "80")
                .env("TANDEM_PORT", "tcp://10.0.0.1:80")
                .env("TANDEM_HTTP_PORT", "tcp://10.0.0.1:80")
                .env("TANDEM_HTTP_PORT_80_TCP_ADDR", "10.0.0.1")
                .env("TARGET_API_ONE_SERVICE_HOST", "10.0.0.1")
                .env("TARGET_BRANCH", "main")
                .env("TARGET_URL", "x")
                .env("TARGET__URL", "x")
                .env("TANDEM_DEADLINE", "");

        assertThat(workspace.faults()).isEmpty();
        assertThat(workspace.load().http().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource({
        "TANDEM_HTTP_PROT, TANDEM_HTTP_PORT",
        "TANDEM_DEADLIN, TANDEM_DEADLINE",
        "TARGET_API_ONE_TIMEOTU, TARGET_API_ONE_TIMEOUT",
        "TARGET_API_ONE_OAUTH_CLIENT_SECERT, TARGET_API_ONE_OAUTH_CLIENT_SECRET"
    })
    void nearestNameIsToldWhenAVariableIsMistyped(String variable, String meant) {
        workspace.targetAnd().env(variable, "s3cret");

        assertThat(workspace.faults())
                .containsExactly("environment variable %1$s: unknown variable '%1$s'; did you mean '%2$s'?"
                        .formatted(variable, meant));
    }

    @Test
    void variableIsToldWhenItsTargetHasNoUrl() {
        workspace.targetAnd().env("TARGET_API_TWO_TIMEOUT", "1s");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("environment variable TARGET_API_TWO_TIMEOUT: target 'api-two' has no URL;");
    }

    private static Settings.Target target(Settings settings, String name) {
        return Objects.requireNonNull(settings.targets().get(name));
    }
}
