package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide to OAuth2 tells no key that does not exist. */
class OAuth2GuideTest {
    private static final Path GUIDE = Path.of("docs/oauth2.md");

    @Test
    void examplesLoadWhenTriedOut(@TempDir Path folder) throws IOException {
        Matcher example =
                Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
        int examples = 0;
        while (example.find()) {
            examples++;
            Workspace workspace = new Workspace(folder).properties(example.group(1));
            for (String file : new String[] {"api-one", "key.pem", "tls.crt", "tls.key", "ca.pem"}) {
                workspace.file("secrets/" + file, "s3cr3t");
            }
            assertThat(workspace.faults()).as(example.group(1)).isEmpty();
        }
        assertThat(examples).isEqualTo(6);
    }
}
