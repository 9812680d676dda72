package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, from the inbox to the targets and back. */
class FolderDeliveryTest {
    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new HashMap<>(targets.settings());

    @TempDir
    private Path data;

    @AfterEach
    void stop() {
        targets.close();
    }

    @Test
    void undeliveredTargetAloneGetsTheRecordsWhenTheRetryFileIsDropped() throws IOException {
        targets.answers("api-two", serverError());
        try (RunningTandem tandem = start()) {
            drop("orders.csv", "order\n1\n2\n3\n");
            awaitFile("failed/orders.csv");
            Set<String> keys = keys("api-two");
            assertThat(keys).hasSize(3);
            targets.answers("api-two", okJson("{\"from\":\"two\"}"));
            targets.forgetRequests();

            Files.move(data.resolve("failed/orders.csv.retry.ndjson"), data.resolve("inbox/orders.csv.retry.ndjson"));
            awaitFile("done/orders.csv.retry.ndjson");

            assertThat(targets.received("api-one")).isEmpty();
            assertThat(targets.received("api-two"))
                    .extracting(LoggedRequest::getBodyAsString)
                    .containsExactlyInAnyOrder("{\"order\":\"1\"}", "{\"order\":\"2\"}", "{\"order\":\"3\"}");
            assertThat(keys("api-two")).isEqualTo(keys);
            List<String> replies = Files.readAllLines(data.resolve("replies/orders.csv.retry.ndjson.reply.ndjson"));
            assertThat(replies).hasSize(3).allSatisfy(line -> {
                assertThat(RunningTandem.json(line)
                                .at("/replies/api-one/body/from")
                                .asText())
                        .isEqualTo("one");
                assertThat(RunningTandem.json(line)
                                .at("/replies/api-two/body/from")
                                .asText())
                        .isEqualTo("two");
            });
            String id = RunningTandem.json(replies.get(0)).path("id").asText();
            assertThat(tandem.get(tandem.uri("/messages/" + id)).body()).contains("\"complete\"");
        }
    }

    @Test
    void undeliveredTargetAloneGetsAFileOfOneMessageWhenItIsDroppedAgain() throws IOException {
        targets.answers("api-one", serverError());
        try (RunningTandem tandem = start()) {
            drop("order.json", "{\"order\":1}");
            awaitFile("failed/order.json");
            targets.answers("api-one", okJson("{}"));
            targets.forgetRequests();

            Files.move(data.resolve("failed/order.json"), data.resolve("inbox/order.json"));
            // the name that its first reply has taken is left alone
            awaitFile("done/order-2.json");

            assertThat(targets.received("api-one")).hasSize(1);
            assertThat(targets.received("api-two")).isEmpty();
            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).body())
                    .contains("\"inbox\"");
        }
    }

    @Test
    void filesWaitWhenTheBacklogIsFullAndHealthSaysSo() throws Exception {
        settings.put("tandem.journal.max-pending", "1");
        settings.put("target.api-two.redelivery.min-backoff", "100ms");
        settings.put("target.api-two.redelivery.max-backoff", "100ms");
        targets.answers("api-two", serverError());
        try (RunningTandem tandem = start()) {
            tandem.postJson("{}", "Prefer", "respond-async");
            await().atMost(20, SECONDS).until(() -> tandem.get(tandem.managementUri("/observe/health/ready"))
                    .body()
                    .contains("tandem.journal.max-pending"));
            drop("order.json", "{\"order\":1}");
            await().during(1500, MILLISECONDS).until(() -> Files.exists(data.resolve("inbox/order.json")));

            targets.answers("api-two", okJson("{}"));
            awaitFile("done/order.json");
        }
    }

    private RunningTandem start() {
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.inbox.dir", data.resolve("inbox").toString());
        return RunningTandem.start(settings);
    }

    private void drop(String name, String content) throws IOException {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        Path part = Files.writeString(inbox.resolve(name + ".part"), content);
        Files.move(part, inbox.resolve(name));
    }

    private void awaitFile(String name) {
        await().atMost(30, SECONDS).until(() -> Files.exists(data.resolve(name)) && Files.size(data.resolve(name)) > 0);
    }

    private Set<String> keys(String target) {
        return targets.received(target).stream()
                .map(request -> request.getHeader("Idempotency-Key"))
                .collect(Collectors.toSet());
    }
}
