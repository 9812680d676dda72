package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.ObjectMapper;

/** The YAML files keep to the conventions of visual editors (Kaoto): they open there, and save as they were. */
class EditorConventionsTest {
    private static final Path ROUTES = Path.of("routes");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Schema camel;

    @BeforeAll
    static void loadSchema() throws IOException {
        try (InputStream schema = EditorConventionsTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            camel = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                    .getSchema(JSON.readTree(schema));
        }
    }

    private static List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    static List<Path> routes() throws IOException {
        return files(".camel.yaml");
    }

    static List<Path> kamelets() throws IOException {
        return files(".kamelet.yaml");
    }

    /** By the suffix they choose the editor. */
    static List<Path> all() throws IOException {
        return files(".yaml").stream()
                .filter(file -> !file.toString().endsWith(".case.yaml") && !file.endsWith("kustomization.yaml"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void suffixSaysWhatItIs(Path file) {
        boolean kamelet = file.getParent().endsWith("kamelets");

        assertThat(file.toString()).endsWith(kamelet ? ".kamelet.yaml" : ".camel.yaml");
        assertThat(read(file)).isInstanceOf(kamelet ? Map.class : List.class);
    }

    /** What an editor reads and writes is the same document: no anchors, tags or keys that are there twice. */
    @ParameterizedTest
    @MethodSource("all")
    void documentIsTheSameWhenSaved(Path file) {
        Object document = read(file);

        String saved = new Dump(DumpSettings.builder().build()).dumpToString(document);

        assertThat(load(saved)).isEqualTo(document);
        assertThat(saved).doesNotContainPattern("(?m)(: |- )[&*!]\\w");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routesFitCamelsSchema(Path file) {
        assertThat(camel.validate(JSON.valueToTree(read(file))).stream()
                        .map(Object::toString)
                        // a placeholder, of which the schema knows nothing
                        .filter(fault -> !fault.endsWith("autoStartup: string found, boolean expected")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void templateOfAKameletFitsCamelsSchema(Path file) {
        Map<?, ?> kamelet = (Map<?, ?>) read(file);
        Map<?, ?> spec = (Map<?, ?>) kamelet.get("spec");

        assertThat(camel.validate(JSON.valueToTree(List.of(spec.get("template")))))
                .isEmpty();
        assertThat(((Map<?, ?>) kamelet.get("metadata")).get("name") + ".kamelet.yaml")
                .isEqualTo(file.getFileName().toString());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void everyRouteHasAnIdOfItsOwnAndADescription(Path file) {
        List<Object> ids = new ArrayList<>();
        for (Object definition : (List<?>) read(file)) {
            ((Map<?, ?>) definition).forEach((kind, content) -> {
                if (kind.equals("route") || kind.equals("rest")) {
                    Map<?, ?> route = (Map<?, ?>) content;
                    ids.add(route.get("id"));
                    assertThat(route.get("description"))
                            .as(kind + " " + route.get("id"))
                            .isInstanceOf(String.class);
                }
            });
        }
        assertThat(ids).isNotEmpty().doesNotContainNull().doesNotHaveDuplicates();
    }

    private static Object read(Path file) {
        try {
            return load(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object load(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }
}
