package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Examined;
import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes with Tandem passes {@code tandem check} without a word. */
class CheckedRecipesTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Pattern VARIABLE = Pattern.compile("\\{\\{env:([A-Z0-9_]+)}}");

    /** Each configuration there is, those of recipes and the one that README shows. */
    static List<Path> configurations() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT.resolve("routes"))) {
            return Stream.concat(
                            Stream.of(PROJECT.resolve("src/test/resources/mistakes/application.properties")),
                            files.filter(file -> file.endsWith("application.properties")))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void nothingIsSaid(Path file) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("TANDEM_CLOUD_PROPERTIES_LOCATION", "none");
        Matcher variable = VARIABLE.matcher(Files.readString(file));
        while (variable.find()) {
            environment.put(variable.group(1), "s3cr3t-of-" + variable.group(1));
        }

        Examined examined = ConfigurationLoader.examine(
                ConfigurationSources.of(PROJECT, environment).withFile(file));
        assertThat(examined.faults()).isEmpty();
        Settings settings = examined.settings();
        assertThat(settings).isNotNull();

        assertThat(RouteCheck.check(settings, examined.places(), true).faults()).isEmpty();
    }
}
