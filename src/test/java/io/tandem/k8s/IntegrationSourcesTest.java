package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What runs in the cluster is what lies in {@code routes/}. */
class IntegrationSourcesTest {
    private static final String ADVICE = "the manifests differ from routes/; run " + GeneratedManifests.COMMAND;

    @BeforeAll
    static void regenerateWhenAsked() {
        if (Boolean.getBoolean("regenerate")) {
            GeneratedManifests.write();
        }
    }

    @Test
    void sourcesAreTheRouteFilesInTheirOrder() {
        Map<String, String> sources = new LinkedHashMap<>();
        for (JsonNode source : Manifests.read(Manifests.INTEGRATION).at("/spec/sources")) {
            sources.put(
                    source.path("name").stringValue(), source.path("content").stringValue());
        }

        assertThat(sources).as(ADVICE).containsExactlyEntriesOf(contents(Manifests.routeFiles()));
    }

    @Test
    void configMapHoldsTheKameletFiles() {
        Map<String, String> kamelets = new LinkedHashMap<>();
        Manifests.read(Manifests.KAMELETS)
                .path("data")
                .forEachEntry((name, content) -> kamelets.put(name, content.stringValue()));

        assertThat(kamelets).as(ADVICE).containsExactlyEntriesOf(contents(Manifests.kameletFiles()));
    }

    /** Camel K reads YAML sources as lists of routes, and gives up on an Integration with any other one. */
    @Test
    void everySourceIsAListOfDefinitions() {
        assertThat(Manifests.routeFiles())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Manifests.read(file).isArray()).isTrue());
    }

    private static Map<String, String> contents(List<Path> files) {
        Map<String, String> contents = new LinkedHashMap<>();
        files.forEach(file -> contents.put(String.valueOf(file.getFileName()), Manifests.text(file)));
        return contents;
    }
}
