package io.tandem.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the jar says it is made of: all of it, under licences that go with ours. */
class BillOfMaterialsIT {
    /** By SPDX identifier; of a library with several, one that is here is enough. */
    private static final Set<String> ALLOWED =
            Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "MIT");

    private static JsonNode bill;

    @BeforeAll
    static void read() throws IOException {
        try (JarFile jar = new JarFile("target/tandem.jar");
                InputStream in = jar.getInputStream(jar.getEntry("META-INF/sbom/tandem.cdx.json"))) {
            bill = new ObjectMapper().readTree(in);
        }
    }

    @Test
    void everyLibraryIsListedWithItsHash() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (JsonNode component : bill.path("components")) {
            listed.add(component.path("name").asText() + "-"
                    + component.path("version").asText());
            assertThat(component.path("hashes")).as(component.toString()).isNotEmpty();
        }
        try (Stream<Path> libraries = Files.list(Path.of("target/lib"))) {
            assertThat(libraries
                            .map(path -> path.getFileName().toString().replaceFirst("\\.jar$", ""))
                            .toList())
                    .isNotEmpty()
                    // a classifier follows the version
                    .allSatisfy(library -> assertThat(listed).anyMatch(library::startsWith));
        }
    }

    @Test
    void everyLicenceGoesWithOurs() {
        assertThat(bill.path("components")).hasSizeGreaterThan(50).allSatisfy(component -> assertThat(
                        licences(component))
                .as(component.path("purl").asText())
                .anyMatch(ALLOWED::contains));
    }

    @Test
    void nothingInItChangesFromBuildToBuild() {
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.at("/metadata/timestamp").isMissingNode()).isTrue();
        assertThat(bill.at("/metadata/component/name").asText()).isEqualTo("tandem");
    }

    private static List<String> licences(JsonNode component) {
        return component.path("licenses").findValuesAsText("id");
    }
}
