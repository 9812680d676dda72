package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.Ports;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ready means that a message is taken that comes now. */
class ReadinessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void tandemIsNotReadyBeforeItTakesMessages() throws Exception {
        int management = Ports.free();
        Path go = folder.resolve("go");
        RoutesFolder routes = new RoutesFolder(folder);
        routes.write(
                "routes/3-slow.camel.yaml",
                """
                - route:
                    id: slow
                    description: Takes its time to start.
                    from:
                      uri: await:%s
                      steps:
                        - to: direct:scatter-gather
                """
                        .formatted(go));
        try (StubTargets targets = new StubTargets()) {
            Map<String, String> settings = new HashMap<>(targets.settings());
            settings.put("tandem.routes", routes.path("routes").toString());
            settings.put("tandem.management.port", String.valueOf(management));
            CompletableFuture<RunningTandem> started =
                    CompletableFuture.supplyAsync(() -> RunningTandem.start(settings));
            await().atMost(PATIENCE).ignoreExceptions().until(() -> get(management, "live") == 200);

            await().during(Duration.ofSeconds(1))
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(management, "ready")).isEqualTo(503));
            Files.createFile(go);
            await().atMost(PATIENCE).until(() -> get(management, "ready") == 200);
            try (RunningTandem tandem = started.join()) {
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
            }
        }
    }

    private int get(int port, String probe) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health/" + probe))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
