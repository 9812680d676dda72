package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.support.Programs;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What {@code kubectl kustomize} makes of a folder in {@code k8s/}, and the files there and in {@code routes/}. Read
 * afresh at each call.
 */
record Manifests(List<JsonNode> resources) {
    static final Path FOLDER = Path.of("k8s");
    static final Path ROUTES = Path.of("routes");
    static final Path SECRET_EXAMPLE = FOLDER.resolve("base/secret.example.yaml");
    static final String CAMEL_K = "camel-k/base";
    static final String PLAIN = "plain";

    private static final String KUSTOMIZATION = "kustomization.yaml";
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Builds a folder; the test is skipped where there is no kubectl. */
    static Manifests build(String folder) {
        assumeTrue(Programs.onPath("kubectl"), "kubectl is not installed: what kustomize makes of k8s/ is not checked");
        try {
            Path log = Files.createTempFile("kustomize", ".log");
            try {
                Process kubectl = new ProcessBuilder(
                                "kubectl", "kustomize", FOLDER.resolve(folder).toString())
                        .redirectError(log.toFile())
                        .start();
                String built = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(kubectl.waitFor()).as(() -> text(log)).isZero();
                return new Manifests(parse(built));
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What people apply: all folders with a kustomization, but for the parts of others. */
    static List<String> folders() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.endsWith(KUSTOMIZATION))
                    .filter(file -> read(file).path("kind").asString().equals("Kustomization"))
                    .map(file -> FOLDER.relativize(file.getParent()).toString())
                    .filter(folder -> !folder.equals("base"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only one of that kind and name. */
    JsonNode the(String kind, String name) {
        List<JsonNode> found = resources.stream()
                .filter(resource -> resource.path("kind").asString().equals(kind)
                        && resource.at("/metadata/name").asString().equals(name))
                .toList();
        assertThat(found).as("%s %s", kind, name).hasSize(1);
        return found.get(0);
    }

    boolean has(String kind) {
        return resources.stream()
                .anyMatch(resource -> resource.path("kind").asString().equals(kind));
    }

    /** What Tandem is configured with in the cluster. */
    Properties configuration() {
        Properties properties = new Properties();
        the("ConfigMap", "tandem").path("data").forEachEntry((file, text) -> {
            try {
                properties.load(new StringReader(text.stringValue()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return properties;
    }

    /** The only document of a file. */
    static JsonNode read(Path file) {
        List<JsonNode> documents = readAll(file);
        if (documents.size() != 1) {
            throw new IllegalStateException("%s has %d documents".formatted(file, documents.size()));
        }
        return documents.get(0);
    }

    static List<JsonNode> readAll(Path file) {
        return parse(text(file));
    }

    private static List<JsonNode> parse(String text) {
        List<JsonNode> documents = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                documents.add(parser.readValueAsTree());
            }
        }
        return documents;
    }

    /** Every YAML file below the folder. */
    static List<Path> files() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> routeFiles() {
        return list(ROUTES, ".camel.yaml");
    }

    static List<Path> kameletFiles() {
        return list(ROUTES.resolve("kamelets"), ".kamelet.yaml");
    }

    private static List<Path> list(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }
}
