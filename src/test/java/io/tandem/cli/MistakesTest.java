package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.tandem.app.Application;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.ObjectMapper;

/** {@code tandem check} against a catalogue of mistakes: each told with its place, none missed that a start falls over. */
class MistakesTest {
    private static Schema camel;

    @TempDir
    private Path temp;

    private CheckedFolder folder;

    @BeforeAll
    static void loadSchema() throws IOException {
        try (InputStream schema = MistakesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            camel = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                    .getSchema(new ObjectMapper().readTree(schema));
        }
    }

    @BeforeEach
    void copy() throws IOException {
        folder = new CheckedFolder(temp.toRealPath());
    }

    static List<Mistake> mistakes() {
        return Mistake.catalogue();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsToldWithItsPlace(Mistake mistake) {
        mistake.plant(folder);

        CommandRun run = folder.check();

        boolean properties = mistake.in().equals("application.properties");
        String place = folder.path(mistake.in()) + ":" + folder.line(mistake.in(), mistake.at()) + ":"
                + (properties ? 1 : folder.column(mistake.in(), mistake.at()))
                + ": " + mistake.severity() + ": ";
        assertThat(run.errLines())
                .anySatisfy(line -> assertThat(line).startsWith(place).contains(mistake.says()));
        // no echo of it elsewhere; a key that is missing may be one of several
        if (!properties) {
            assertThat(run.errLines()).hasSize(1);
        }
        assertThat(run.exitCode()).isEqualTo(mistake.severity().equals("error") ? 1 : 0);
        assertThat(run.outLines()).hasSize(mistake.severity().equals("error") ? 0 : 1);
    }

    static List<Mistake> warnings() {
        return mistakes().stream()
                .filter(mistake -> !mistake.severity().equals("error"))
                .toList();
    }

    /** Nothing gets past {@code check} over which a start falls, or which Camel's own schema refuses. */
    @ParameterizedTest
    @MethodSource("warnings")
    void whatPassesStarts(Mistake mistake) {
        mistake.plant(folder);

        Application application = new Application(ConfigurationLoader.load(sources()));
        try {
            assertThatCode(application::start).doesNotThrowAnyException();
        } finally {
            application.close();
        }
        if (mistake.inRoutes()) {
            assertThat(fitsSchema(mistake.in())).isTrue();
        }
    }

    @Test
    void catalogueIsLarge() {
        assertThat(mistakes()).extracting(Mistake::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(40);
    }

    private ConfigurationSources sources() {
        return ConfigurationSources.of(temp, Map.of())
                .withOverrides(Map.of(
                        "tandem.journal.url", "jdbc:sqlite:" + temp.resolve("tandem.db"), "tandem.access-log", "off"));
    }

    private boolean fitsSchema(String file) {
        try {
            Object document = new Load(LoadSettings.builder().build()).loadFromString(folder.read(file));
            return camel.validate(new ObjectMapper().valueToTree(document)).isEmpty();
        } catch (YamlEngineException e) {
            return false;
        }
    }
}
