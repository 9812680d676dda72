package io.tandem.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serviceUnavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.RunningTandem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code tandem messages} and {@code tandem show}, against a Tandem that runs. */
class MessagesCommandTest {
    private final CalledTandem tandem = new CalledTandem(Map.of());

    @AfterEach
    void stop() {
        tandem.close();
    }

    private List<String> send(int count, String state) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(tandem.sendAsync("{\"order\":" + i + "}"));
        }
        ids.forEach(id -> tandem.awaitState(id, state));
        Collections.reverse(ids);
        return ids;
    }

    private static List<String> ids(CommandRun run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.outLines().stream()
                .map(line -> RunningTandem.json(line).path("id").asText())
                .toList();
    }

    @Test
    void messagesAreListedNewestFirst() {
        List<String> newestFirst = send(3, "complete");

        CommandRun run = tandem.run("messages");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).hasSize(4);
        assertThat(run.outLines().get(0)).matches("ID +RECEIVED +STATE +ENTRY +SIZE +DELIVERIES");
        for (int i = 0; i < 3; i++) {
            assertThat(run.outLines().get(i + 1))
                    .matches(newestFirst.get(i)
                            + "  \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ  complete  http +11  "
                            + "api-one delivered 200; api-two delivered 200");
        }
    }

    @Test
    void pagesAreFollowedUntilTheLimit() {
        List<String> newestFirst = send(7, "complete");

        assertThat(ids(tandem.run("messages", "--json"))).isEqualTo(newestFirst);
        assertThat(ids(tandem.run("messages", "--json", "--limit", "2"))).isEqualTo(newestFirst.subList(0, 2));
        assertThat(ids(tandem.run("messages", "--json", "--limit", "7"))).isEqualTo(newestFirst);
        assertThat(ids(tandem.run("messages", "--json", "--since", "1h"))).isEqualTo(newestFirst);
        assertThat(ids(tandem.run("messages", "--json", "--since", "1ms"))).isEmpty();
    }

    @Test
    void moreThanOnePageIsRead() {
        ExecutorService callers = Executors.newFixedThreadPool(16);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < 520; i++) {
            sent.add(CompletableFuture.runAsync(() -> tandem.sendAsync("1"), callers));
        }
        sent.forEach(CompletableFuture::join);
        callers.shutdown();
        assertThat(ids(tandem.run("messages", "--json", "--limit", "510")))
                .hasSize(510)
                .doesNotHaveDuplicates();
        assertThat(ids(tandem.run("messages", "--json", "--since", "1h"))).hasSize(520);
    }

    @Test
    void terminalIsToldWhetherThereAreMoreOrNone() {
        assertThat(tandem.atTerminal("", "messages").errLines()).containsExactly("no such messages");
        send(3, "complete");

        CommandRun some = tandem.atTerminal("", "messages", "--limit", "2");
        CommandRun all = tandem.atTerminal("", "messages", "--limit", "3");

        assertThat(some.errLines()).containsExactly("there are more: see --limit, --since");
        assertThat(all.err()).isEmpty();
        assertThat(all.outLines()).hasSize(4);
    }

    @Test
    void onlyThoseInTheStateAtTheTargetAreListed() {
        List<String> complete = send(2, "complete");
        tandem.targets.answers("api-two", aResponse().withStatus(422));
        List<String> partial = send(1, "partial");
        tandem.targets.answers("api-two", serviceUnavailable());
        String pending = tandem.sendAsync("{}");

        assertThat(ids(tandem.run("messages", "--json", "--state", "complete"))).isEqualTo(complete);
        assertThat(ids(tandem.run("messages", "--json", "--state", "partial"))).isEqualTo(partial);
        assertThat(ids(tandem.run("messages", "--json", "--state", "pending"))).containsExactly(pending);
        assertThat(ids(tandem.run("messages", "--json", "--state", "dead"))).isEmpty();
        assertThat(ids(tandem.run("messages", "--json", "--state", "dead", "--target", "api-two")))
                .isEqualTo(partial);
        assertThat(ids(tandem.run("messages", "--json", "--target", "api-two"))).hasSize(4);
    }

    @Test
    void reasonIsToldWhenTandemRefuses() {
        CommandRun run = tandem.run("messages", "--target", "api-nine");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines())
                .containsExactly("The request is malformed: The parameter target is not the name of a target.");
    }

    @Test
    void everyDeliveryIsShown() {
        tandem.targets.answers("api-one", okJson("{\"order\":7,\"note\":\"\\u001b[2J\"}"));
        tandem.targets.answers(
                "api-two",
                aResponse()
                        .withStatus(422)
                        .withHeader("Content-Type", "text/plain")
                        .withBody("\u009bno customer"));
        String id = send(1, "partial").get(0);

        CommandRun run = tandem.run("show", id.toLowerCase(Locale.ROOT));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).doesNotContain("\u001b").doesNotContain("\u009b");
        assertThat(run.outLines()).hasSize(10);
        assertThat(run.outLines().get(0)).isEqualTo("id            " + id);
        assertThat(run.outLines().get(1)).isEqualTo("state         partial");
        assertThat(run.outLines().get(2)).matches("received +\\S+Z by http, application/json, 11 bytes");
        assertThat(run.outLines().subList(3, 10))
                .containsExactly(
                        "",
                        "api-one       delivered 200",
                        "              {\"order\":7,\"note\":\"\\u001B[2J\"}",
                        "",
                        "api-two       dead: rejected 422, 1 attempt",
                        "              Target rejected the message: The target answered 422.",
                        "              \"?no customer\"");
    }

    @Test
    void nextAttemptIsShownWhenTheTargetIsDown() {
        tandem.targets.answers("api-two", serviceUnavailable());
        String id = tandem.sendAsync("{}");

        await().until(() -> tandem.run("show", id).out(), out -> out.contains("next at"));

        assertThat(tandem.run("show", id).out()).containsPattern("api-two       pending.*: failed 503, \\d+ attempt");
    }

    @Test
    void documentIsPrintedWhenJsonIsWanted() {
        String id = send(1, "complete").get(0);

        CommandRun run = tandem.run("show", "--json", id);

        assertThat(run.outLines()).hasSize(1);
        assertThat(RunningTandem.json(run.out())).isEqualTo(tandem.message(id));
    }

    @Test
    void messageThatIsNotThereIsToldSo() {
        CommandRun run = tandem.run("show", "../x y");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("There is nothing here: No message with this id is in the journal");
    }
}
