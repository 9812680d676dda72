package io.tandem.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The schema by which editors complete case files says what Tandem reads. */
class CaseSchemaTest {
    private static final Path FILE = Path.of("docs/case.schema.json");
    private static final JsonNode SCHEMA = new ObjectMapper().readTree(FILE.toFile());

    @Test
    void keysAreThoseThatAreRead() {
        assertThat(keys("/properties")).isEqualTo(CaseReader.CASE);
        assertThat(keys("/properties/steps/items/properties")).isEqualTo(CaseReader.STEP);
        assertThat(keys("/$defs/request/properties")).isEqualTo(CaseReader.REQUEST);
        assertThat(keys("/$defs/file/properties")).isEqualTo(CaseReader.FILE);
        assertThat(keys("/$defs/targets/additionalProperties/properties")).isEqualTo(CaseReader.TARGET);
        assertThat(keys("/$defs/reply/properties")).isEqualTo(CaseReader.REPLY);
        assertThat(keys("/$defs/received/properties")).isEqualTo(CaseReader.RECEIVED);
        assertThat(keys("/$defs/expect/properties")).isEqualTo(CaseReader.EXPECT);
        assertThat(SCHEMA.at("/$defs/reply/properties/fault/enum").valueStream().map(JsonNode::stringValue))
                .containsExactlyElementsOf(
                        Stream.of(Case.Fault.values()).map(CaseReader::word).toList());
    }

    @Test
    void allCasesOfTheProjectAreValid() throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SCHEMA);
        List<Path> files = new ArrayList<>();
        for (String root : List.of("src/test/resources/scenarios", "routes")) {
            try (Stream<Path> found = Files.walk(Path.of(root))) {
                found.filter(file -> file.toString().endsWith(".case.yaml")).forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(20).allSatisfy(file -> assertThat(
                        schema.validate(new YAMLMapper().readTree(file.toFile())))
                .isEmpty());
    }

    private static Set<String> keys(String pointer) {
        return Set.copyOf(SCHEMA.at(pointer).propertyNames());
    }
}
