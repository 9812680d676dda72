package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scatter-gather with more targets than it comes with: a block of settings and a line each. */
class ManyTargetsTest {
    private static final String SCATTER = "routes/2-scatter-gather.camel.yaml";
    private static final String LINE = "              - to: kamelet:deliver/%1$s?target=%1$s\n";

    @TempDir
    private Path temp;

    private final Map<String, String> settings = new HashMap<>();

    private List<String> targets(int count, StubTargets stubs) {
        List<String> names =
                IntStream.range(0, count).mapToObj(i -> "t" + (char) ('z' - i)).toList();
        RoutesFolder folder = new RoutesFolder(temp);
        folder.plant(SCATTER, LINE.formatted("api-one"), "");
        folder.plant(SCATTER, LINE.formatted("api-two"), "");
        settings.put("tandem.routes", temp.resolve("routes").toString());
        for (String name : names) {
            folder.append(SCATTER, LINE.formatted(name));
            settings.putAll(RunningTandem.target(name, stubs.url(name)));
            settings.put("target." + name + ".retry.attempts", "1");
            // the first is the last to answer
            stubs.answers(
                    name, okJson("{\"from\":\"" + name + "\"}").withFixedDelay(name.equals(names.get(0)) ? 600 : 300));
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8})
    void everyTargetGetsTheMessageAndRepliesComeInTheOrderOfTheRoutes(int count) {
        try (StubTargets stubs = new StubTargets()) {
            List<String> names = targets(count, stubs);
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                HttpResponse<String> reply = tandem.postJson("{\"order\":1}");

                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
                JsonNode replies = RunningTandem.json(reply).path("replies");
                assertThat(replies.fieldNames()).toIterable().containsExactlyElementsOf(names);
                for (String name : names) {
                    assertThat(replies.path(name).path("body").path("from").asText())
                            .isEqualTo(name);
                    assertThat(stubs.received(name)).hasSize(1);
                }
                assertThat(stubs.mostAtOnce()).isGreaterThan(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8})
    void quorumIsMetByAsManyAsItNeedsAndByNoneLess(int count) {
        try (StubTargets stubs = new StubTargets()) {
            List<String> names = targets(count, stubs);
            settings.put("tandem.completion", "quorum:" + (count - 1));
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                stubs.answers(names.get(1), aResponse().withStatus(503));
                HttpResponse<String> met = tandem.postJson("{\"order\":1}");
                stubs.answers(names.get(2), aResponse().withStatus(400));
                HttpResponse<String> unmet = tandem.postJson("{\"order\":2}");

                assertThat(met.statusCode()).as(met.body()).isEqualTo(200);
                assertThat(RunningTandem.json(met).path("outcome").asText()).isEqualTo("partial");
                assertThat(unmet.statusCode()).as(unmet.body()).isEqualTo(502);
                assertThat(RunningTandem.json(unmet).path("replies").fieldNames())
                        .toIterable()
                        .containsExactlyElementsOf(names);
            }
        }
    }
}
