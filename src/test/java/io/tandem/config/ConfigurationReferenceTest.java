package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.GeneratedFile;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReferenceTest {
    @Test
    void pageIsUpToDateWhenRendered() {
        GeneratedFile.assertUpToDate(
                Path.of("docs/configuration.md"), ConfigurationReference.render(), ConfigurationReferenceTest.class);
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
