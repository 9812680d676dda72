package io.tandem.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A running Tandem with stub targets, which commands call. */
final class CalledTandem implements AutoCloseable {
    final StubTargets targets = new StubTargets();
    private final RunningTandem tandem;

    CalledTandem(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(targets.settings());
        for (String target : List.of("api-one", "api-two")) {
            settings.put("target." + target + ".redelivery.min-backoff", "50ms");
            settings.put("target." + target + ".redelivery.max-backoff", "200ms");
        }
        settings.put("tandem.http.forward-headers", "X-Shop");
        settings.putAll(more);
        tandem = RunningTandem.start(settings);
    }

    String url() {
        return tandem.uri("").toString();
    }

    /** The command's arguments, with where this Tandem is. */
    String[] arguments(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command, "--url", url()));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    CommandRun run(String command, String... more) {
        return CommandRun.of(arguments(command, more));
    }

    CommandRun atTerminal(String typed, String command, String... more) {
        return CommandRun.atTerminal(typed, arguments(command, more));
    }

    /** Hands a message in that is delivered in the background; its id. */
    String sendAsync(String body) {
        HttpResponse<String> taken = tandem.postJson(body, "Prefer", "respond-async");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        return RunningTandem.json(taken).path("id").asText();
    }

    JsonNode message(String id) {
        return RunningTandem.json(tandem.get(tandem.uri("/messages/" + id)));
    }

    JsonNode awaitState(String id, String state) {
        return await().pollDelay(Duration.ZERO).atMost(20, SECONDS).until(() -> message(id), message -> message.path(
                        "state")
                .asText()
                .equals(state));
    }

    @Override
    public void close() {
        tandem.close();
        targets.close();
    }
}
