package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of("docs/configuration.md");

    @Test
    void pageIsUpToDateWhenRendered() throws IOException {
        String rendered = ConfigurationReference.render();
        if (Boolean.getBoolean("regenerate")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, rendered);
        }

        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("%s; to write it anew: mvn test -Dtest=ConfigurationReferenceTest -Dregenerate=true", PAGE)
                .isEqualTo(rendered);
    }

    @Test
    void everyKeyIsOnThePageOnceWhenRendered() {
        String page = ConfigurationReference.render();

        assertThat(Catalogue.KEYS).allSatisfy(key -> assertThat(page).containsOnlyOnce("| `" + key.name() + "` |"));
    }

    @Test
    void examplesOnThePageLoadWhenTriedOut(@TempDir Path folder) {
        Matcher example =
                Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL).matcher(ConfigurationReference.render());
        int examples = 0;
        while (example.find()) {
            examples++;
            Workspace workspace =
                    new Workspace(folder).properties(example.group(1)).env("API_ONE_SECRET", "s3cr3t");
            assertThat(workspace.faults()).isEqualTo(List.of());
        }
        assertThat(examples).isEqualTo(2);
    }
}
