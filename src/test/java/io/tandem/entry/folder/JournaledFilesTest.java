package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.message.Outcome;
import io.tandem.support.Logs;
import io.tandem.support.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the journal knows of files and their records: what was delivered is not sent again. */
class JournaledFilesTest {
    @TempDir
    Path data;

    @Test
    void firstResultIsGivenAgainWhenTheSameFileIsDroppedAgain() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.drop("a.ndjson", numbers(50));
            folder.awaitDone("a.ndjson");
            folder.drop("a.ndjson", numbers(50));
            folder.awaitDone("a-2.ndjson");

            assertThat(folder.sent).hasSize(50);
            assertThat(folder.observed.repeated).hasValue(50);
            assertThat(folder.replies.resolve("a-2.ndjson.reply.ndjson"))
                    .hasSameBinaryContentAs(folder.replies.resolve("a.ndjson.reply.ndjson"));
        }
    }

    @Test
    void fileIsNewWhenItsNameOrContentIsAnother() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.drop("a.ndjson", numbers(10));
            folder.awaitDone("a.ndjson");
            folder.drop("b.ndjson", numbers(10));
            folder.awaitDone("b.ndjson");
            folder.drop("a.ndjson", numbers(11));
            folder.awaitDone("a-2.ndjson");

            assertThat(folder.sent).hasSize(31);
        }
    }

    @Test
    void fileIsNewEachTimeWhenItIsNotToBeRecognised() throws Exception {
        try (InboxFixture folder =
                new InboxFixture(data, InboxFixture.Setup.in(data).notRecognising(), delivered())) {
            folder.drop("a.ndjson", numbers(10));
            folder.awaitDone("a.ndjson");
            folder.drop("a.ndjson", numbers(10));
            folder.awaitDone("a-2.ndjson");

            assertThat(folder.sent).hasSize(20);
        }
    }

    @Test
    void undeliveredRecordsAloneAreSentWhenTheFileIsDroppedAgainUnderWhateverNameItGot() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (InboxFixture folder = InboxFixture.start(
                data,
                sent -> CompletableFuture.completedFuture(
                        healed.get() || !sent.body().endsWith("3") ? Outcome.DELIVERED : Outcome.FAILED))) {
            folder.drop("a.ndjson", "0");
            folder.awaitDone("a.ndjson");
            folder.drop("a.ndjson", numbers(20));
            folder.awaitFailed("a-2.ndjson");
            assertThat(folder.failed.resolve("a-2.ndjson.retry.ndjson")).hasContent("3\n13\n");
            List<String> ids = ids(folder.replies("a-2.ndjson.reply.ndjson"));
            healed.set(true);
            folder.sent.clear();

            Files.move(folder.failed.resolve("a-2.ndjson"), folder.inbox.resolve("a-2.ndjson"));
            await().until(() -> Files.exists(folder.replies.resolve("a-2-2.ndjson.reply.ndjson")));

            assertThat(folder.sent).extracting(InboxFixture.Sent::body).containsExactlyInAnyOrder("3", "13");
            List<JsonNode> replies = folder.replies("a-2-2.ndjson.reply.ndjson");
            assertThat(replies)
                    .hasSize(20)
                    .allMatch(line -> line.path("outcome").asText().equals("complete"));
            assertThat(ids(replies)).isEqualTo(ids);
            await().until(() -> folder.notes().isEmpty());
        }
    }

    @Test
    void retryFileGoesOnWithTheMessagesThatWereNotDelivered() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (InboxFixture folder = InboxFixture.start(
                data, sent -> CompletableFuture.completedFuture(healed.get() ? Outcome.DELIVERED : Outcome.FAILED))) {
            folder.drop("a.csv", "n\n1\n2\n2\n");
            folder.awaitFailed("a.csv");
            List<String> ids = ids(folder.replies("a.csv.reply.ndjson"));
            folder.sent.clear();
            healed.set(true);

            Path retry = folder.failed.resolve("a.csv.retry.ndjson");
            String records = Files.readString(retry);
            Files.move(retry, folder.inbox.resolve("a.csv.retry.ndjson"));
            folder.awaitDone("a.csv.retry.ndjson");

            // of two records that are the same, it does not matter which one goes first
            assertThat(folder.sent).extracting(sent -> sent.message().id()).containsExactlyInAnyOrderElementsOf(ids);

            // and once more, by mistake, under any name
            folder.drop("again.retry.ndjson", records);
            folder.awaitDone("again.retry.ndjson");
            assertThat(folder.sent).hasSize(3);
            assertThat(ids(folder.replies("again.retry.ndjson.reply.ndjson"))).isSubsetOf(ids);

            // what nobody knows is new, each line a message
            folder.drop("other.retry.ndjson", "{\"x\":1}\n{\"x\":1}\n");
            folder.awaitDone("other.retry.ndjson");
            assertThat(folder.sent).hasSize(5);
        }
    }

    @Test
    void eachOfManyRecordsThatAreTheSameGoesOnWithAMessageOfItsOwn() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (InboxFixture folder = InboxFixture.start(
                data, sent -> CompletableFuture.completedFuture(healed.get() ? Outcome.DELIVERED : Outcome.FAILED))) {
            folder.drop("a.csv", "n\n" + "7\n".repeat(64));
            folder.awaitFailed("a.csv");
            List<String> ids = ids(folder.replies("a.csv.reply.ndjson"));
            folder.sent.clear();
            healed.set(true);

            Files.move(folder.failed.resolve("a.csv.retry.ndjson"), folder.inbox.resolve("a.csv.retry.ndjson"));
            folder.awaitDone("a.csv.retry.ndjson");

            assertThat(folder.sent).extracting(sent -> sent.message().id()).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(ids(folder.replies("a.csv.retry.ndjson.reply.ndjson"))).containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    @Test
    void recordsThatWereSentAreKnownWhenSomebodyElseGoesOnWithAFileThatIsNotRecognised() throws Exception {
        InboxFixture.Setup setup = InboxFixture.Setup.in(data).notRecognising();
        CompletableFuture<Outcome> held = new CompletableFuture<>();
        InboxFixture first = new InboxFixture(
                data,
                setup,
                sent -> sent.body().equals("20") ? held : CompletableFuture.completedFuture(Outcome.DELIVERED));
        first.drop("a.ndjson", numbers(5000));
        await().until(() -> !held.isDone()
                && first.sent.stream().anyMatch(sent -> sent.body().equals("20")));
        first.drain();
        held.complete(Outcome.DELIVERED);
        first.close();
        int before = first.sent.size();
        assertThat(before).isLessThan(5000);
        // another file takes its name meanwhile
        Files.move(first.inbox.resolve("a.ndjson"), data.resolve("aside"));
        Path note = first.inbox.resolve(".claimed/returned/a.ndjson");
        Path taken = Files.move(note, note.resolveSibling("a-2.ndjson"));
        Files.move(data.resolve("aside"), first.inbox.resolve("a-2.ndjson"));

        try (InboxFixture second = new InboxFixture(data, setup, delivered())) {
            // under the name that it was dropped with
            second.awaitDone("a.ndjson");

            assertThat(second.sent).hasSize(5000 - before);
            assertThat(second.replies("a.ndjson.reply.ndjson"))
                    .hasSize(5000)
                    .allMatch(line -> line.path("outcome").asText().equals("complete"));
            assertThat(taken).doesNotExist();
        }
    }

    @Test
    void recordsKeepTheirResultWhenTheFileIsGoneOnWith() throws Exception {
        CompletableFuture<Outcome> held = new CompletableFuture<>();
        InboxFixture first = InboxFixture.start(
                data, sent -> sent.body().equals("6") ? held : CompletableFuture.completedFuture(Outcome.FAILED));
        first.drop("a.ndjson", numbers(1000));
        await().until(() -> first.sent.size() > 20);
        first.drain();
        held.complete(Outcome.FAILED);
        first.close();
        int before = first.sent.size();

        try (InboxFixture second = InboxFixture.start(data)) {
            second.awaitFailed("a.ndjson");

            assertThat(second.sent).hasSize(1000 - before);
            assertThat(second.replies("a.ndjson.reply.ndjson"))
                    .filteredOn(line -> line.path("outcome").asText().equals("failed"))
                    .hasSize(before);
            assertThat(Files.readAllLines(second.failed.resolve("a.ndjson.retry.ndjson")))
                    .hasSize(before);

            // whoever drops it again wants it to be tried again
            Files.move(second.failed.resolve("a.ndjson"), second.inbox.resolve("a.ndjson"));
            second.awaitDone("a-2.ndjson");
            assertThat(second.sent).hasSize(1000);
        }
    }

    @Test
    void fileEndsUnderItsOwnNameWhenTandemDiedBetweenItsReplyAndItsMove() throws Exception {
        CompletableFuture<Outcome> last = new CompletableFuture<>();
        try (InboxFixture first = InboxFixture.start(
                data, sent -> sent.body().equals("19") ? last : CompletableFuture.completedFuture(Outcome.DELIVERED))) {
            first.drop("a.ndjson", numbers(20));
            await().until(() -> first.sent.size() == 20);
            // nothing can be moved there, and the process ends in that moment
            Files.delete(first.done);
            Files.createFile(first.done);
            last.complete(Outcome.DELIVERED);
            await().until(() -> Files.exists(first.replies.resolve("a.ndjson.reply.ndjson")));
        }
        List<String> before = Files.readAllLines(data.resolve("replies/a.ndjson.reply.ndjson"));
        Files.delete(data.resolve("done"));

        try (InboxFixture second = InboxFixture.start(data)) {
            second.awaitDone("a.ndjson");

            assertThat(second.sent).isEmpty();
            assertThat(InboxFixture.names(second.replies)).containsExactly("a.ndjson.reply.ndjson");
            assertThat(second.replies.resolve("a.ndjson.reply.ndjson")).hasContent(String.join("\n", before) + "\n");
            assertThat(InboxFixture.names(second.done)).containsExactly("a.ndjson");
            await().until(() -> second.leftovers().isEmpty());
        }
    }

    @Test
    void fileWaitsAndGoesOnWhenTheJournalTakesNothing() throws Exception {
        InboxFixture.Setup setup = InboxFixture.Setup.in(data);
        try (Logs logs = new Logs(Map.of(Intake.class.getName(), Level.INFO));
                InboxFixture folder = new InboxFixture(
                        data,
                        setup,
                        sent -> CompletableFuture.supplyAsync(
                                () -> Outcome.DELIVERED,
                                CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS)))) {
            folder.drop("a.ndjson", numbers(500));
            await().until(() -> folder.sent.size() > 50);

            setup.faults().set("the disk is full");
            folder.drop("b.json", "1");
            await().until(() -> folder.inFlight.get() == 0);
            int sent = folder.sent.size();
            await().during(600, TimeUnit.MILLISECONDS)
                    .until(() -> folder.sent.size() == sent && Files.exists(folder.inbox.resolve("b.json")));
            assertThat(folder.unavailable()).isEqualTo("the disk is full");
            assertThat(InboxFixture.names(folder.done)).isEmpty();

            setup.faults().set(null);
            folder.awaitDone("a.ndjson");
            folder.awaitDone("b.json");
            assertThat(folder.unavailable()).isNull();
            assertThat(folder.replies("a.ndjson.reply.ndjson"))
                    .hasSize(500)
                    .allMatch(line -> line.path("outcome").asText().equals("complete"));
            assertThat(folder.sent.stream().map(InboxFixture.Sent::body).distinct())
                    .hasSize(500);
            assertThat(logs.of(Intake.class.getName()))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("ERROR no files are taken from")
                                    .contains(": the disk is full;"),
                            line -> assertThat(line)
                                    .startsWith("INFO files are taken from")
                                    .endsWith("again"));
        }
    }

    @Test
    void fileWaitsAndGoesOnWhenTheDiskIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(data.resolve("disk"), "80m");
                InboxFixture folder = InboxFixture.start(
                        disk.path(),
                        sent -> CompletableFuture.supplyAsync(
                                () -> Outcome.DELIVERED,
                                CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)))) {
            folder.drop("a.ndjson", numbers(3000));
            await().until(() -> folder.sent.size() > 300);

            Path filler = disk.fill();
            await().atMost(30, TimeUnit.SECONDS).until(() -> folder.unavailable() != null);
            await().until(() -> folder.inFlight.get() == 0);
            int sent = folder.sent.size();
            await().during(500, TimeUnit.MILLISECONDS).until(() -> folder.sent.size() == sent);
            assertThat(sent).isLessThan(3000);
            Files.delete(filler);

            await().atMost(60, TimeUnit.SECONDS).until(() -> Files.exists(folder.done.resolve("a.ndjson")));
            assertThat(folder.replies("a.ndjson.reply.ndjson"))
                    .hasSize(3000)
                    .allMatch(line -> line.path("outcome").asText().equals("complete"));
            assertThat(folder.sent).hasSize(3000);
            assertThat(folder.unavailable()).isNull();
        }
    }

    @Test
    void fileGoesBackWhenTandemStopsWhileTheJournalTakesNothing() throws Exception {
        InboxFixture.Setup setup = InboxFixture.Setup.in(data);
        try (InboxFixture folder = new InboxFixture(data, setup, delivered())) {
            setup.faults().set("the disk is full");
            await().until(() -> folder.unavailable() != null);
            setup.faults().set(null);
            folder.drop("a.ndjson", numbers(2000));
            await().until(() -> folder.sent.size() > 5);
            setup.faults().set("the disk is full");
        }
        assertThat(data.resolve("inbox/a.ndjson")).exists();
    }

    @Test
    void eachFileIsTakenOnceWhenTwoInstancesShareAFolder() throws Exception {
        InboxFixture.Setup setup = InboxFixture.Setup.in(data);
        try (InboxFixture one = new InboxFixture(data, setup, delivered());
                InboxFixture two = new InboxFixture(data, setup.withJournal(data.resolve("second")), delivered())) {
            for (int i = 0; i < 300; i++) {
                one.drop("f" + i + ".ndjson", i + "\n" + (1000 + i) + "\n");
            }
            await().until(() -> InboxFixture.names(one.done).size() == 300);

            assertThat(InboxFixture.names(one.replies)).hasSize(300);
            assertThat(one.sent.size() + two.sent.size()).isEqualTo(600);
            assertThat(one.sent).isNotEmpty();
            assertThat(two.sent).isNotEmpty();
            await().until(() -> one.leftovers().isEmpty());
        }
    }

    private static Function<InboxFixture.Sent, CompletionStage<Outcome>> delivered() {
        return sent -> CompletableFuture.completedFuture(Outcome.DELIVERED);
    }

    private static List<String> ids(List<JsonNode> replies) {
        return replies.stream().map(line -> line.path("id").asText()).toList();
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }
}
