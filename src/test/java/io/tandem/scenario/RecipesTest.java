package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.app.Application;
import io.tandem.app.RouteCheck;
import io.tandem.cases.CaseFiles;
import io.tandem.cases.CaseResult;
import io.tandem.cases.CaseRunner;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/recipes}: what their cases say is so, and each starts by the command on its page. */
class RecipesTest {
    private static final Path RECIPES = Path.of("routes/recipes");
    private static final Pattern RUN = Pattern.compile("bin/tandem run --config (\\S+)");
    private static final Pattern TOKEN_URL = Pattern.compile("(target\\.\\S+\\.oauth\\.token-url)=");
    private static final Pattern VARIABLE = Pattern.compile("\\{\\{env:(\\w+)}}");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> casesPass() throws IOException, InterruptedException {
        CaseFiles files = CaseFiles.read(RECIPES, name -> true);
        assertThat(files.faults()).isEmpty();
        List<CaseResult> results = new CaseRunner(
                        ConfigurationSources.of(Path.of("").toAbsolutePath(), Map.of()))
                .run(files.cases(), result -> {});
        return results.stream()
                .map(result -> DynamicTest.dynamicTest(result.of().name(), () -> assertThat(result.differences())
                        .as(result.answer())
                        .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> recipeStartsAsItsPageSays() throws IOException {
        try (Stream<Path> recipes = Files.list(RECIPES)) {
            return recipes.filter(Files::isDirectory).sorted().toList().stream()
                    .map(recipe -> DynamicTest.dynamicTest(recipe.getFileName().toString(), () -> start(recipe)));
        }
    }

    private void start(Path recipe) throws Exception {
        String page = Files.readString(recipe.resolve("README.md"));
        assertThat(page).contains("bin/tandem test " + recipe, "## When", "## Start");
        Matcher run = RUN.matcher(page);
        assertThat(run.find()).isTrue();
        Path file = Path.of(run.group(1));
        assertThat(file).isEqualTo(recipe.resolve("application.properties"));
        Map<String, String> environment = new HashMap<>();
        Matcher variables = VARIABLE.matcher(Files.readString(file));
        while (variables.find()) {
            assertThat(page).contains(variables.group(1));
            environment.put(variables.group(1), "secret");
        }
        Map<String, String> overrides = new HashMap<>(Map.of(
                "tandem.http.port",
                "0",
                "tandem.management.port",
                "0",
                "tandem.inbox.dir",
                folder.resolve("inbox").toString(),
                "tandem.journal.url",
                "jdbc:sqlite:" + folder.resolve(recipe.getFileName() + ".db")));
        // nobody elsewhere is asked for a token
        TOKEN_URL
                .matcher(Files.readString(file))
                .results()
                .forEach(key -> overrides.put(key.group(1), "http://127.0.0.1:9/token"));
        ConfigurationSources sources = ConfigurationSources.of(Path.of("").toAbsolutePath(), environment)
                .withFile(file)
                .withOverrides(overrides);

        assertThat(RouteCheck.check(ConfigurationLoader.load(sources), Map.of(), true)
                        .faults())
                .isEmpty();
        try (Application application = new Application(ConfigurationLoader.load(sources))) {
            application.start();
            assertThat(application.httpPort()).isPositive();
        }
    }

    /** One place has each of the shared routes; recipes show them by links. */
    @TestFactory
    Stream<DynamicTest> sharedFilesAreLinks() throws IOException {
        try (Stream<Path> files = Files.walk(RECIPES)) {
            return files
                    .filter(file -> Files.exists(Path.of("routes").resolve(shared(file))))
                    .filter(file -> !file.getFileName().toString().startsWith("2-"))
                    .toList()
                    .stream()
                    .map(file -> DynamicTest.dynamicTest(
                            file.toString(), () -> assertThat(sameFile(file)).isTrue()));
        }
    }

    private static Path shared(Path file) {
        Path name = file.getFileName();
        return name.toString().endsWith(".camel.yaml")
                ? name
                : Path.of("kamelets").resolve(name);
    }

    private static boolean sameFile(Path file) {
        try {
            return Files.isSameFile(file, Path.of("routes").resolve(shared(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
