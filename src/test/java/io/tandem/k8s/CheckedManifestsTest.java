package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.app.RouteCheck;
import io.tandem.caller.NewCredential;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Examined;
import io.tandem.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the manifests put into the pod passes {@code tandem check} without a word. */
class CheckedManifestsTest {
    @Test
    void nothingIsSaidOfWhatRunsInTheCluster(@TempDir Path pod) throws IOException {
        for (JsonNode source : Manifests.read(Manifests.INTEGRATION).at("/spec/sources")) {
            write(pod.resolve("sources").resolve(source.path("name").stringValue()), source.path("content"));
        }
        Manifests.read(Manifests.KAMELETS)
                .path("data")
                .forEachEntry(
                        (name, content) -> write(pod.resolve("sources/kamelets").resolve(name), content));
        write(
                pod.resolve("application.properties"),
                Manifests.read(Manifests.CONFIG_MAP).path("data").path("application.properties"));

        NewCredential credential = new NewCredential();
        Examined examined = ConfigurationLoader.examine(ConfigurationSources.of(
                        pod,
                        Map.of(
                                "TANDEM_AUTH_CALLERS",
                                credential
                                        .ofKey("shop", credential.key(), List.of())
                                        .line(),
                                "TARGET_API_ONE_OAUTH_CLIENT_SECRET",
                                "s3cr3t-one",
                                "TARGET_API_TWO_OAUTH_CLIENT_SECRET",
                                "s3cr3t-two",
                                "TANDEM_CLOUD_PROPERTIES_LOCATION",
                                "none"))
                .withOverrides(Map.of("tandem.routes", "sources")));
        assertThat(examined.faults()).isEmpty();
        Settings settings = examined.settings();
        assertThat(settings).isNotNull();
        RouteCheck.Report report = RouteCheck.check(settings, examined.places(), true);

        assertThat(report.faults()).isEmpty();
        assertThat(report.routes()).isPositive();
    }

    private static void write(Path file, JsonNode content) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content.stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
