package io.tandem.k8s;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files in {@code k8s/} and {@code routes/}, read afresh at each call. */
final class Manifests {
    static final Path FOLDER = Path.of("k8s");
    static final Path INTEGRATION = FOLDER.resolve("integration.yaml");
    static final Path CONFIG_MAP = FOLDER.resolve("configmap.yaml");
    static final Path KAMELETS = FOLDER.resolve("kamelets.yaml");
    static final Path VOLUME_CLAIM = FOLDER.resolve("persistentvolumeclaim.yaml");
    static final Path SECRET_EXAMPLE = FOLDER.resolve("secret.example.yaml");
    static final Path KUSTOMIZATION = FOLDER.resolve("kustomization.yaml");

    private static final Path ROUTES = Path.of("routes");
    private static final YAMLMapper YAML = new YAMLMapper();

    private Manifests() {}

    /** The only document of a file. */
    static JsonNode read(Path file) {
        List<JsonNode> documents = readAll(file);
        if (documents.size() != 1) {
            throw new IllegalStateException("%s has %d documents".formatted(file, documents.size()));
        }
        return documents.get(0);
    }

    static List<JsonNode> readAll(Path file) {
        List<JsonNode> documents = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(file.toFile())) {
            while (parser.nextToken() != null) {
                documents.add(parser.readValueAsTree());
            }
        }
        return documents;
    }

    /** Every YAML file of the folder, in the order of names. */
    static List<Path> files() {
        return list(FOLDER, ".yaml");
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

    static JsonNode traits() {
        return read(INTEGRATION).at("/spec/traits");
    }

    /** What Tandem is configured with in the cluster. */
    static Properties configuration() {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(
                    read(CONFIG_MAP).at("/data/application.properties").stringValue()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }
}
