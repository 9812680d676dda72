package io.tandem.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.RunningTandem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tandem replay}, against a Tandem that runs. */
class ReplayCommandTest {
    private final CalledTandem tandem = new CalledTandem(Map.of());

    @AfterEach
    void stop() {
        tandem.close();
    }

    private void refuses(String target) {
        tandem.targets.answers(target, aResponse().withStatus(422));
    }

    private List<String> send(int count, String state) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(tandem.sendAsync("{\"order\":" + i + "}"));
        }
        ids.forEach(id -> tandem.awaitState(id, state));
        return ids;
    }

    @Test
    void nothingIsDoneWhenPipedWithoutYes() {
        refuses("api-two");
        String id = send(1, "partial").get(0);

        for (String[] what : new String[][] {{id}, {"--dead"}}) {
            CommandRun run = tandem.run("replay", what);

            assertThat(run.exitCode()).isZero();
            assertThat(run.err()).isEmpty();
            assertThat(run.outLines())
                    .containsExactly(
                            "1 delivery of 1 message to try again:",
                            "  api-two: 1",
                            "Nothing was done: add --yes to do it.");
        }
        assertThat(tandem.targets.received("api-two")).hasSize(1);
    }

    @Test
    void messageIsTriedAgainWhenSaidYes() {
        refuses("api-two");
        String id = send(1, "partial").get(0);
        tandem.targets.answers("api-two", okJson("{}"));

        CommandRun run = tandem.run("replay", id, "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).endsWith("1 delivery of 1 message will be tried again now.");
        tandem.awaitState(id, "complete");
        assertThat(tandem.targets.received("api-one")).hasSize(1);
        assertThat(tandem.targets.received("api-two")).hasSize(2);
        assertThat(tandem.run("replay", id, "--yes").outLines()).containsExactly("There is nothing to try again.");
    }

    @Test
    void deadAndPartialMessagesAreTriedAgain() {
        refuses("api-two");
        List<String> partial = send(20, "partial");
        refuses("api-one");
        List<String> dead = send(20, "dead");
        tandem.targets.answers("api-one", okJson("{}"));
        tandem.targets.answers("api-two", okJson("{}"));
        send(1, "complete");
        tandem.targets.forgetRequests();

        CommandRun run = tandem.run("replay", "--dead", "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.outLines())
                .containsExactly(
                        "60 deliveries of 40 messages to try again:",
                        "  api-one: 20",
                        "  api-two: 40",
                        "60 deliveries of 40 messages will be tried again now.");
        partial.forEach(id -> tandem.awaitState(id, "complete"));
        dead.forEach(id -> tandem.awaitState(id, "complete"));
        assertThat(tandem.targets.received("api-one")).hasSize(20);
        assertThat(tandem.targets.received("api-two")).hasSize(40);
    }

    @Test
    void onlyTheTargetIsTriedAgain() {
        refuses("api-one");
        refuses("api-two");
        String id = send(1, "dead").get(0);
        tandem.targets.forgetRequests();
        tandem.targets.answers("api-two", okJson("{}"));

        CommandRun run = tandem.run("replay", "--dead", "--target", "api-two", "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        tandem.awaitState(id, "partial");
        assertThat(tandem.targets.received("api-one")).isEmpty();
        assertThat(tandem.targets.received("api-two")).hasSize(1);
    }

    @Test
    void deadDeliveryIsFoundByItsTargetWhileAnotherIsPending() {
        refuses("api-one");
        tandem.targets.answers("api-two", aResponse().withStatus(503));
        String id = tandem.sendAsync("{}");
        await().until(() ->
                tandem.message(id).at("/deliveries/api-one/state").asText().equals("dead"));

        assertThat(tandem.run("replay", "--dead", "--target", "api-one").outLines())
                .startsWith("1 delivery of 1 message to try again:");
    }

    @Test
    void oldMessagesAreLeftWhenThereIsASince() {
        refuses("api-two");
        send(1, "partial");

        assertThat(tandem.run("replay", "--dead", "--since", "1ms", "--yes").outLines())
                .containsExactly("There is nothing to try again.");
        assertThat(tandem.run("replay", "--dead", "--since", "1h").outLines()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "YES\n", " yes \n"})
    void messagesAreTriedAgainWithAProgressBarWhenTheTerminalSaysYes(String typed) {
        refuses("api-two");
        List<String> ids = send(3, "partial");
        tandem.targets.answers("api-two", okJson("{}"));

        CommandRun run = tandem.atTerminal(typed, "replay", "--dead");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .startsWith("Try again now? [y/N] ")
                .contains("\r[########################################] 3/3");
        ids.forEach(id -> tandem.awaitState(id, "complete"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "n\n", "yesterday\n"})
    void nothingIsDoneWhenTheTerminalDoesNotSayYes(String typed) {
        refuses("api-two");
        send(1, "partial");

        CommandRun run = tandem.atTerminal(typed, "replay", "--dead");

        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines()).endsWith("Nothing was done.");
        assertThat(tandem.targets.received("api-two")).hasSize(1);
    }

    @Test
    void lineOfJsonIsPrintedForEachMessage() {
        refuses("api-two");
        List<String> ids = send(2, "partial");

        CommandRun plan = tandem.atTerminal("y\n", "replay", "--dead", "--json");
        CommandRun done = tandem.run("replay", "--dead", "--json", "--yes");

        assertThat(plan.err()).isEmpty();
        assertThat(plan.outLines())
                .containsExactly(
                        "{\"id\":\"" + ids.get(0) + "\",\"targets\":[\"api-two\"],\"replayed\":false}",
                        "{\"id\":\"" + ids.get(1) + "\",\"targets\":[\"api-two\"],\"replayed\":false}");
        assertThat(done.outLines()).hasSize(2).allSatisfy(line -> assertThat(
                        RunningTandem.json(line).path("replayed").asBoolean())
                .isTrue());
    }

    @Test
    void reasonIsToldWhenTheMessageOrItsTargetIsNotThere() {
        String id = send(1, "complete").get(0);

        CommandRun none = tandem.run("replay", "01JD8X4Q6T3K5M7N9P0R2S4V6W");
        CommandRun target = tandem.run("replay", id, "--target", "api-nine");

        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).startsWith("There is nothing here: No message with this id is in the journal");
        assertThat(target.exitCode()).isEqualTo(1);
        assertThat(target.errLines()).containsExactly("the message has no target 'api-nine'; it has: api-one, api-two");
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(tandem.run("replay").exitCode()).isEqualTo(2);
        assertThat(tandem.run("replay", "x", "--dead").exitCode()).isEqualTo(2);
        assertThat(tandem.run("replay", "x", "--since", "1h").exitCode()).isEqualTo(2);
    }
}
