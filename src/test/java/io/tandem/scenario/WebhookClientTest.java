package io.tandem.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Node.js client of the recipe {@code webhook}, with the real axios. */
class WebhookClientTest {
    private static final Path RECIPE = Path.of("routes/recipes/webhook").toAbsolutePath();

    @TempDir
    private static Path folder;

    private static StubTargets apis;
    private static RunningTandem tandem;

    private record Run(int exitCode, String output) {}

    @BeforeAll
    static void installAndStart() throws Exception {
        Files.copy(RECIPE.resolve("client.mjs"), folder.resolve("client.mjs"));
        Files.copy(RECIPE.resolve("package.json"), folder.resolve("package.json"));
        assumeThat(run("node", "--version"))
                .as("Node.js isn't there: its client is not tested")
                .matches(node -> node.exitCode() == 0);
        assumeThat(run("npm", "install", "--no-audit", "--no-fund"))
                .as("npm isn't there, or can't get axios: the client is not tested")
                .matches(npm -> npm.exitCode() == 0);
        apis = new StubTargets();
        Map<String, String> settings = new HashMap<>();
        for (String api : List.of("orders", "billing")) {
            settings.putAll(RunningTandem.target(api, apis.url(api)));
            settings.put("target." + api + ".retry.attempts", "1");
        }
        settings.put("tandem.routes", RECIPE.toString());
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        if (tandem != null) {
            tandem.close();
        }
        if (apis != null) {
            apis.close();
        }
    }

    @BeforeEach
    void bothAnswer() {
        apis.answers("orders", WireMock.okJson("{\"taken\":true}"));
        apis.answers("billing", WireMock.okJson("{\"invoice\":99}"));
        apis.forgetRequests();
    }

    @Test
    void bothAnswersAreShownWhenBothApisHaveTheEvent() throws Exception {
        Run client = run("node", "client.mjs", "evt-1");

        assertThat(client.output())
                .contains(
                        "event evt-1: complete",
                        "orders: delivered { taken: true }",
                        "billing: delivered { invoice: 99 }");
        assertThat(client.exitCode()).isZero();
    }

    @Test
    void eventSentAgainGoesOnlyToTheApiThatLacksIt() throws Exception {
        apis.answers("billing", WireMock.serverError());
        Run first = run("node", "client.mjs", "evt-2");
        apis.answers("billing", WireMock.okJson("{\"invoice\":100}"));
        Run second = run("node", "client.mjs", "evt-2");

        assertThat(first.output())
                .contains("event evt-2: partial", "orders: delivered", "billing: failed Target failed");
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(second.output()).contains("event evt-2: complete", "billing: delivered { invoice: 100 }");
        assertThat(second.exitCode()).isZero();
        assertThat(apis.received("orders")).hasSize(1);
    }

    private static Run run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        if (tandem != null) {
            builder.environment().put("TANDEM_URL", tandem.uri("").toString());
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Run(-1, String.valueOf(e.getMessage()));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
