package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.tandem.support.GeneratedFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code docs/application.schema.json}, written from the {@link Catalogue}. */
class SettingsSchemaTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String WORDS = "one of ";
    private static final String PLACEHOLDER = "\\{\\{.+}}";

    private static Schema schema;

    @BeforeAll
    static void load() {
        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(JSON.readTree(render()));
    }

    @Test
    void schemaIsUpToDateWhenRendered() {
        GeneratedFile.assertUpToDate(Path.of("docs/application.schema.json"), render(), SettingsSchemaTest.class);
    }

    @Test
    void examplesOfTheReferenceFit() throws IOException {
        Matcher example =
                Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL).matcher(ConfigurationReference.render());
        int examples = 0;
        while (example.find()) {
            examples++;
            Properties properties = new Properties();
            properties.load(new StringReader(example.group(1)));
            ObjectNode document = JSON.createObjectNode();
            properties.stringPropertyNames().forEach(key -> document.put(key, properties.getProperty(key)));
            assertThat(schema.validate(document)).isEmpty();
        }
        assertThat(examples).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "tandem.http.prot, 8080, false",
        "target.api-one.ulr, https://api-one.example.com/, false",
        "target.API_ONE.url, https://api-one.example.com/, false",
        "tandem.shape, colect, false",
        "tandem.inbox.enabled, yes, false",
        "tandem.shape, merge, true",
        "tandem.shape, '{{my.shape}}', true",
        "tandem.completion, quorum:2, true",
        "target.api-one.header.X-Tenant, acme, true",
        "camel.main.name, tandem, true",
        "my.own, anything, true"
    })
    void keysAndWordsAreJudged(String key, String value, boolean fits) {
        assertThat(schema.validate(JSON.createObjectNode().put(key, value)).isEmpty())
                .isEqualTo(fits);
    }

    private static String render() {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put(
                "$comment",
                "Generated. Edit io.tandem.config.Catalogue, then " + GeneratedFile.command(SettingsSchemaTest.class));
        root.put("title", "Settings of Tandem");
        root.put("description", "The keys of application.properties, as members of one flat object.");
        root.put("type", "object");
        ObjectNode properties = root.putObject("properties");
        ObjectNode patterns = root.putObject("patternProperties");
        StringBuilder known = new StringBuilder("^(?!tandem\\.|target\\.)");
        for (Key<?> key : Catalogue.KEYS) {
            boolean open = key.ofTarget() || key.openEnded();
            describe(open ? patterns.putObject(pattern(key)) : properties.putObject(key.name()), key);
            known.append('|').append(pattern(key));
        }
        root.putObject("propertyNames").put("pattern", known.toString());
        return JSON.writeValueAsString(root).replace(System.lineSeparator(), "\n") + "\n";
    }

    private static String pattern(Key<?> key) {
        String name = key.name().replace(".", "\\.");
        if (key.openEnded()) {
            name = name.substring(0, name.lastIndexOf('<')) + ".+";
        }
        return "^" + name.replace("<name>", "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") + "$";
    }

    private static void describe(ObjectNode node, Key<?> key) {
        node.put("description", key.description() + " Expected: " + key.type().expected() + ".");
        String standard = key.standard();
        if (standard != null && !standard.isEmpty()) {
            node.put("default", standard);
        }
        node.putArray("examples").add(key.example());
        String expected = key.type().expected();
        String[] words = expected.equals("true or false")
                ? new String[] {"true", "false"}
                : expected.startsWith(WORDS) && !expected.matches(".*[A-Z:].*")
                        ? expected.substring(WORDS.length()).split(", ")
                        : new String[0];
        if (words.length == 0) {
            node.putArray("type").add("string").add("number").add("boolean");
            return;
        }
        var choices = node.putArray("anyOf");
        var choice = choices.addObject().putArray("enum");
        Arrays.stream(words).forEach(choice::add);
        if (words[0].equals("true")) {
            choice.add(true).add(false);
        }
        choices.addObject().put("type", "string").put("pattern", PLACEHOLDER);
    }
}
