package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.cases.CaseFiles;
import io.tandem.cases.CaseResult;
import io.tandem.cases.CaseRunner;
import io.tandem.config.ConfigurationSources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases in {@code scenarios/}, one for each way in which a delivery can end, run as {@code tandem test} runs them. */
class ScenarioTest {
    private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

    @TestFactory
    Stream<DynamicTest> mergedReplyIsAsExpected() throws IOException, InterruptedException {
        return run(Map.of());
    }

    @TestFactory
    Stream<DynamicTest> mergedReplyIsAsExpectedWhenTheClientIsNonBlocking() throws IOException, InterruptedException {
        return run(Map.of("target.api-one.client", "non-blocking", "target.api-two.client", "non-blocking"));
    }

    private static Stream<DynamicTest> run(Map<String, String> settings) throws IOException, InterruptedException {
        CaseFiles files = CaseFiles.read(SCENARIOS, name -> true);
        assertThat(files.faults()).isEmpty();
        List<CaseResult> results = new CaseRunner(
                        ConfigurationSources.of(Path.of("").toAbsolutePath(), Map.of())
                                .withOverrides(settings))
                .run(files.cases(), result -> {});
        return results.stream()
                .map(result -> DynamicTest.dynamicTest(result.of().name(), () -> assertPassed(result)));
    }

    private static void assertPassed(CaseResult result) {
        assertThat(result.differences()).as(result.answer()).isEmpty();
        assertThat(result.answer()).doesNotContain("127.0.0.1", "localhost", "Exception");
    }
}
