package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The command in the guide sets the same traits as the Integration. */
class KamelCommandTest {
    private static final Pattern OPTION = Pattern.compile(" -t '?([^ '\\n]+)'?");

    @Test
    void commandSetsTheTraitsOfTheIntegration() {
        String guide = Manifests.text(Path.of("docs/kubernetes.md"));
        String command = guide.substring(guide.indexOf("kamel run --name"));
        Set<String> told = new TreeSet<>();
        Matcher option = OPTION.matcher(command.substring(0, command.indexOf("```")));
        while (option.find()) {
            told.add(option.group(1));
        }

        assertThat(told)
                .isEqualTo(Manifests.build("camel-k/base")
                        .the("Integration", "tandem")
                        .at("/spec/traits")
                        .propertyStream()
                        .flatMap(trait -> trait.getValue().propertyStream().flatMap(setting -> values(
                                        setting.getValue())
                                .map(value -> kebab(trait.getKey()) + "." + kebab(setting.getKey()) + "=" + value)))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Stream<String> values(JsonNode value) {
        return value.isArray() ? value.valueStream().map(JsonNode::asString) : Stream.of(value.asString());
    }

    private static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z])([A-Z]+)", "-$1").toLowerCase(Locale.ROOT);
    }
}
