package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** While instances are replaced by newer ones, older ones go on with the tables as the newer ones have made them. */
class SchemaTest {
    private static final String ADDITION = "(?s)create (table|(unique )?index) .*"
            + "|alter table \\w+ add column \\w+ (?!.*\\bnot null\\b(?!.*\\bdefault\\b)).*";

    static Stream<Schema> schemas() {
        return Stream.of(Schema.sqlite(), Schema.postgresql());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void laterScriptsOnlyAdd(Schema schema) {
        List<String> commands = schema.scripts().stream()
                .skip(1)
                .flatMap(script -> Stream.of(script.split(";\\s*\\n")))
                .map(command -> command.replaceAll("(?m)^\\s*--.*$", "").strip())
                .filter(command -> !command.isEmpty())
                .toList();

        assertThat(commands).allSatisfy(command -> assertThat(command).matches(ADDITION));
    }
}
