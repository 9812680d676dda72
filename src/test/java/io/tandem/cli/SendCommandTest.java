package io.tandem.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serviceUnavailable;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tandem send}, against a Tandem that runs. */
class SendCommandTest {
    private static final String ORDER = "{\"order\":1}";

    private final CalledTandem tandem = new CalledTandem(Map.of());

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        tandem.close();
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    @Test
    void mergedReplyIsPrintedWhenPiped() throws Exception {
        CommandRun run = tandem.run("send", file("a.json", ORDER), file("b.json", "[2]"));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines()).hasSize(2).allSatisfy(line -> assertThat(
                        RunningTandem.json(line).path("outcome").asText())
                .isEqualTo("complete"));
        assertThat(tandem.targets.received("api-one"))
                .extracting(request -> request.getBodyAsString())
                .containsExactly(ORDER, "[2]");
    }

    @Test
    void lineForEachFileIsPrintedWhenAtATerminal() throws Exception {
        tandem.targets.answers("api-two", serviceUnavailable());
        String good = file("order.json", ORDER);
        String bad = file("broken.json", "{");

        CommandRun run = tandem.atTerminal("", "send", good, bad);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.outLines()).hasSize(2);
        assertThat(run.outLines().get(0))
                .startsWith(good)
                .matches(
                        ".*order\\.json +partial   [0-9A-Z]{26}  api-one delivered 200, \\d+ ms; api-two failed 503, \\d+ ms");
        assertThat(run.outLines().get(1)).isEqualTo(bad + "  refused");
        assertThat(run.errLines())
                .containsExactly(
                        good + ": Policy all was not met: api-two failed.",
                        bad + ": The body is not valid JSON: The body is not JSON: syntax error at line 1, column 2.");
    }

    @ParameterizedTest
    @CsvSource({
        "a.json, application/json",
        "a.xml, application/xml",
        "a.CSV, text/csv",
        "a.ndjson, application/x-ndjson",
        "README, application/octet-stream"
    })
    void contentTypeFollowsFromTheExtension(String name, String contentType) throws Exception {
        assertThat(tandem.run("send", file(name, "1")).exitCode()).isZero();

        assertThat(tandem.targets.received("api-one").get(0).getHeader("Content-Type"))
                .isEqualTo(contentType);
    }

    @Test
    void standardInputIsSentWithTheGivenTypeAndHeaders() {
        CommandRun run = CommandRun.piped(
                "héllo",
                tandem.arguments(
                        "send", "-", "--content-type", "text/plain; charset=utf-8", "--header", "X-Shop: north: 1"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(tandem.targets.received("api-one").get(0).getBodyAsString()).isEqualTo("héllo");
        assertThat(tandem.targets.received("api-one").get(0).getHeader("X-Shop"))
                .isEqualTo("north: 1");
        assertThat(tandem.targets.received("api-one").get(0).getHeader("Content-Type"))
                .isEqualToIgnoringCase("text/plain; charset=utf-8");
    }

    @Test
    void messageIsDeliveredOnceWhenItsKeyIsSentAgain() throws Exception {
        String order = file("a.json", ORDER);

        CommandRun first = tandem.run("send", "--key", "order-1", order);
        CommandRun second = tandem.run("send", "--key", "order-1", order);
        CommandRun other = tandem.run("send", "--key", "order-1", file("b.json", "{}"));

        assertThat(second.out()).isEqualTo(first.out());
        assertThat(tandem.targets.received()).hasSize(2);
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains("b.json: The Idempotency-Key belongs to another message: Message ");
    }

    @Test
    void documentIsPrintedWhenItIsNotWaitedFor() throws Exception {
        CommandRun run = tandem.run("send", "--async", file("a.json", ORDER));

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode document = RunningTandem.json(run.out());
        assertThat(document.path("deliveries").size()).isEqualTo(2);
        tandem.awaitState(document.path("id").asText(), "complete");
    }

    @Test
    void restGoesOnWhenTheWaitIsOver() throws Exception {
        tandem.targets.answers("api-two", okJson("{}").withFixedDelay(2500));

        CommandRun run = tandem.atTerminal("", "send", "--wait", "300ms", file("a.json", ORDER));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("accepted").contains("api-one delivered 200; api-two pending, in flight");
    }

    @Test
    void otherFilesAreSentWhenOneCanNotBeRead() throws Exception {
        CommandRun run =
                tandem.run("send", folder.resolve("none.json").toString(), folder.toString(), file("a.json", ORDER));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .containsExactly(folder.resolve("none.json") + ": no such file", folder + ": it is a folder");
        assertThat(run.outLines()).hasSize(1);
        assertThat(tandem.targets.received("api-one")).hasSize(1);
    }

    @Test
    void replyOfOneTargetIsPrintedAsItIs() throws Exception {
        try (CalledTandem first = new CalledTandem(Map.of("tandem.completion", "first", "tandem.shape", "first"))) {
            first.targets.answers(
                    "api-one",
                    aResponse().withHeader("Content-Type", "text/plain").withBody("thanks"));
            first.targets.answers("api-two", okJson("{}").withFixedDelay(5000));

            CommandRun run = first.run("send", file("a.json", ORDER));

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.outLines()).containsExactly("thanks");
        }
    }

    @Test
    void wrongUsageIsTwo() throws Exception {
        String order = file("a.json", ORDER);

        assertThat(tandem.run("send").exitCode()).isEqualTo(2);
        assertThat(tandem.run("send", "--key", "k", order, order).exitCode()).isEqualTo(2);
        assertThat(tandem.run("send", "--wait", "soon", order).exitCode()).isEqualTo(2);
        assertThat(tandem.run("send", "--key", "a\nb", order).exitCode()).isEqualTo(2);
        assertThat(tandem.targets.received()).isEmpty();
    }
}
