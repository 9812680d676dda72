package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every folder builds; what runs in the cluster is what lies in {@code routes/}; no secret is in it. */
class KustomizationsTest {
    private static final Pattern SECRET_KEY = Pattern.compile(".*(secret|password|api-key\\.value|private-key).*");

    private static final List<Path> OF_PROGRAMS = Stream.of(
                    "traefik/local", "monitoring/prometheus", "monitoring/alertmanager")
            .map(Manifests.FOLDER::resolve)
            .toList();

    static List<String> folders() {
        return Manifests.folders();
    }

    /** Where there is no kubectl, this much is known all the same. */
    @Test
    void routesKustomizationHasEveryFile() {
        List<String> listed = Manifests.read(Manifests.ROUTES.resolve("kustomization.yaml"))
                .path("configMapGenerator")
                .valueStream()
                .flatMap(map -> Manifests.strings(map.path("files")).stream())
                .toList();

        assertThat(listed)
                .containsExactlyElementsOf(
                        Stream.concat(Manifests.routeFiles().stream(), Manifests.kameletFiles().stream())
                                .map(file -> Manifests.ROUTES.relativize(file).toString())
                                .toList());
    }

    /** Camel K reads YAML sources as lists of routes, and gives up on an Integration with any other one. */
    @Test
    void everySourceIsAListOfDefinitions() {
        assertThat(Manifests.routeFiles())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Manifests.read(file).isArray()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel-k/base", "camel-k/dev", "camel-k/prod", "plain"})
    void podFindsTheFilesOfTheProject(String folder, @TempDir Path pod) {
        PodFiles.write(Manifests.build(folder), ExampleSecret.filled(), pod);

        Map<String, String> expected = new TreeMap<>();
        Stream.concat(Manifests.routeFiles().stream(), Manifests.kameletFiles().stream())
                .forEach(file -> expected.put(Manifests.ROUTES.relativize(file).toString(), Manifests.text(file)));
        Map<String, String> found = new TreeMap<>();
        expected.keySet()
                .forEach(file ->
                        found.put(file, Manifests.text(pod.resolve("sources").resolve(file))));
        assertThat(found).isEqualTo(expected);
        assertThat(pod.resolve("conf.d/_configmaps/tandem/application.properties"))
                .exists();
        assertThat(pod.resolve("conf.d/_secrets/tandem-credentials/tandem.auth.callers"))
                .exists();
        assertThat(pod.resolve("sources").toFile().list((at, name) -> name.endsWith(".camel.yaml")))
                .hasSameSizeAs(Manifests.routeFiles());
    }

    @ParameterizedTest
    @MethodSource("folders")
    void namesAreFixedAndEverythingIsMarked(String folder) {
        Manifests built = Manifests.build(folder);

        assertThat(built.resources()).isNotEmpty().allSatisfy(resource -> {
            // a hash behind a name would be one that no mount knows
            assertThat(resource.at("/metadata/name").stringValue()).matches("[a-z]+(-[a-z]+){0,4}");
            assertThat(resource.at("/metadata/labels/app.kubernetes.io~1name").stringValue())
                    .isEqualTo("tandem");
        });
    }

    @ParameterizedTest
    @MethodSource("folders")
    void noSecretIsApplied(String folder) {
        Manifests built = Manifests.build(folder);

        assertThat(built.has("Secret")).isFalse();
        assertThat(built.resources().stream()
                        .filter(resource -> resource.path("kind").asString().equals("ConfigMap"))
                        .flatMap(map -> map.path("data").valueStream())
                        .flatMap(text -> text.stringValue().lines())
                        .filter(line -> line.contains("=") && !line.startsWith("#"))
                        .map(line -> line.substring(0, line.indexOf('='))))
                .noneMatch(key -> SECRET_KEY.matcher(key).matches());
    }

    @Test
    void secretsAreOnlyPlaceholders() {
        JsonNode secret = Manifests.read(Manifests.SECRET_EXAMPLE);

        assertThat(secret.has("data")).isFalse();
        assertThat(secret.path("stringData").valueStream().map(JsonNode::stringValue))
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value).matches("<[a-z0-9 -]+>"));
    }

    @Test
    void everyFileIsPartOfSomething() {
        assertThat(Manifests.files())
                .filteredOn(file -> !file.endsWith("kustomization.yaml"))
                .filteredOn(file -> !file.equals(Manifests.SECRET_EXAMPLE))
                // what programs on the spot are started with is none of Kubernetes'
                .filteredOn(file -> OF_PROGRAMS.stream().noneMatch(file::startsWith))
                .allSatisfy(file -> {
                    JsonNode list = Manifests.read(file.resolveSibling("kustomization.yaml"));
                    assertThat(Stream.concat(
                                            Stream.of(list.path("resources")),
                                            list.path("configMapGenerator")
                                                    .valueStream()
                                                    .map(map -> map.path("files")))
                                    .flatMap(names -> Manifests.strings(names).stream()))
                            .contains(file.getFileName().toString());
                });
    }
}
