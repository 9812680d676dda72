package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.tandem.support.BrokenEdit.SCATTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in docs/merging.md, compiled and run as it stands there. */
class MergeStrategyGuideTest {
    private static final Path GUIDE = Path.of("docs/merging.md");

    @TempDir
    private Path temp;

    @Test
    void exampleAnswersAsTheGuideSays() throws IOException {
        RoutesFolder folder = new RoutesFolder(temp.toRealPath());
        folder.write("BestOffer.java", block("java"));
        folder.write(SCATTER, block("yaml"));
        Path classes = Files.createDirectory(folder.path("classes"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        folder.path("BestOffer.java").toString());
        assertThat(compiled).isZero();

        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (StubTargets targets = new StubTargets();
                URLClassLoader loader =
                        new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
            targets.answers("api-one", okJson("{\"price\":120}"));
            targets.answers("api-two", okJson("{\"price\":95}"));
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("tandem.routes", folder.path("routes").toString());
            Thread.currentThread().setContextClassLoader(loader);
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                String answer = tandem.postJson("{}").body();

                assertThat(Files.readString(GUIDE)).contains("The caller gets `" + answer + "`");
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
