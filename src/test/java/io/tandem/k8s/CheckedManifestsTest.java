package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.app.RouteCheck;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Examined;
import io.tandem.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the manifests put into the pod passes {@code tandem check} without a word. */
class CheckedManifestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"camel-k/base", "camel-k/dev", "camel-k/prod", "plain"})
    void nothingIsSaidOfWhatRunsInTheCluster(String folder, @TempDir Path pod) {
        PodFiles.write(Manifests.build(folder), ExampleSecret.filled(), pod);

        Examined examined = ConfigurationLoader.examine(ConfigurationSources.of(
                        pod,
                        Map.of(
                                "TANDEM_CLOUD_PROPERTIES_LOCATION",
                                "conf.d/_configmaps/*,conf.d/_secrets/*",
                                // as the image has it
                                "TANDEM_HTTP_HOST",
                                "0.0.0.0"))
                .withOverrides(Map.of("tandem.routes", "sources")));
        assertThat(examined.faults()).isEmpty();
        Settings settings = examined.settings();
        assertThat(settings).isNotNull();
        RouteCheck.Report report = RouteCheck.check(settings, examined.places(), true);

        assertThat(report.faults()).isEmpty();
        assertThat(report.routes()).isPositive();
        // open to other machines, it asks who calls
        assertThat(settings.callers().anonymous()).isFalse();
    }
}
