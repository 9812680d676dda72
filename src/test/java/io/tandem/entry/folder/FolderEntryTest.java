package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder entry as files and folders show it. */
class FolderEntryTest {
    @TempDir
    Path data;

    @Test
    void eachKindOfFileIsAnswered() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.drop("one.json", "\ufeff{\n  \"a\": 1\n}\n");
            folder.drop("lines.ndjson", "{\"n\":1}\n\n{\"n\":2}");
            folder.drop("lines.jsonl", "{\"n\":3}\r\n");
            folder.drop("rows.csv", "id,name\n1,\"x,\ny\"\n2,z\n");
            folder.drop("page.xml", "<a/>");
            folder.drop("blob", new byte[] {1, 2, 3});
            for (String name : List.of("one.json", "lines.ndjson", "lines.jsonl", "rows.csv", "page.xml", "blob")) {
                folder.awaitDone(name);
            }

            assertThat(folder.sent)
                    .extracting(sent -> sent.contentType() + " " + sent.body())
                    .containsExactlyInAnyOrder(
                            "application/json {\n  \"a\": 1\n}\n",
                            "application/json {\"n\":1}",
                            "application/json {\"n\":2}",
                            "application/json {\"n\":3}",
                            "application/json {\"id\":\"1\",\"name\":\"x,\\ny\"}",
                            "application/json {\"id\":\"2\",\"name\":\"z\"}",
                            "application/xml <a/>",
                            "application/octet-stream \u0001\u0002\u0003");
            assertThat(folder.sent).allSatisfy(sent -> {
                assertThat(sent.message().entry()).isEqualTo("folder");
                assertThat(sent.message().deadline().isOver()).isFalse();
            });
            assertThat(InboxFixture.names(folder.replies))
                    .containsExactly(
                            "blob.reply.json",
                            "lines.jsonl.reply.ndjson",
                            "lines.ndjson.reply.ndjson",
                            "one.json.reply.json",
                            "page.xml.reply.json",
                            "rows.csv.reply.ndjson");
            assertThat(InboxFixture.names(folder.failed)).isEmpty();
            assertThat(InboxFixture.names(folder.inbox)).containsExactly(".claimed");
            assertThat(folder.leftovers()).isEmpty();

            JsonNode reply = folder.reply("one.json.reply.json");
            assertThat(reply.path("record").asLong()).isEqualTo(1);
            assertThat(reply.path("line").asLong()).isEqualTo(1);
            assertThat(reply.path("outcome").asText()).isEqualTo("complete");
            assertThat(reply.at("/replies/api-one/body/a").asInt()).isEqualTo(1);
            assertThat(folder.replies("lines.ndjson.reply.ndjson"))
                    .extracting(line -> line.path("record") + "@" + line.path("line"))
                    .containsExactly("1@1", "2@3");
            assertThat(folder.replies("rows.csv.reply.ndjson"))
                    .extracting(line -> line.path("record") + "@" + line.path("line"))
                    .containsExactly("1@2", "2@4");
            assertThat(folder.observed.replied).hasValue(8);
            assertThat(folder.observed.accepted).hasValue(8);
        }
    }

    @Test
    void badRecordsFailAloneWithLineAndReason() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.drop("mixed.ndjson", "{\"n\":1}\n{\"n\":\n{\"n\":3}\n\"" + "x".repeat(100_000) + "\"\n{\"n\":5}\n");
            folder.drop("mixed.csv", "a,b\n1,2\n3\n4,5\n");
            folder.awaitFailed("mixed.ndjson");
            folder.awaitFailed("mixed.csv");

            List<JsonNode> lines = folder.replies("mixed.ndjson.reply.ndjson");
            assertThat(lines)
                    .extracting(line ->
                            line.path("outcome").asText() + line.path("type").asText())
                    .containsExactly(
                            "complete",
                            "urn:tandem:problem:malformed-json",
                            "complete",
                            "urn:tandem:problem:body-too-large",
                            "complete");
            assertThat(lines.get(1).path("line").asLong()).isEqualTo(2);
            assertThat(lines.get(1).path("detail").asText())
                    .isEqualTo("The line is not JSON: syntax error at column 6.");
            assertThat(lines.get(3).path("detail").asText()).contains("tandem.inbox.max-record");
            assertThat(lines.get(1).path("id").asText()).hasSize(26);
            assertThat(folder.replies("mixed.csv.reply.ndjson")
                            .get(1)
                            .path("detail")
                            .asText())
                    .isEqualTo("The row has 1 field, the header row 2.");
            // what could not be sent can't be sent again
            assertThat(InboxFixture.names(folder.failed)).containsExactly("mixed.csv", "mixed.ndjson");
            assertThat(folder.observed.refused).hasValue(3);
        }
    }

    @Test
    void whatWasNotDeliveredIsReadyToBeDroppedAgain() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (InboxFixture folder = InboxFixture.start(
                data,
                sent -> CompletableFuture.completedFuture(
                        sent.body().contains("7") && !healed.get() ? Outcome.FAILED : Outcome.DELIVERED))) {
            folder.drop(
                    "orders.csv",
                    "id,name\n"
                            + IntStream.range(0, 20).mapToObj(i -> i + ",n\n").collect(Collectors.joining()));
            folder.drop("one.json", "7");
            folder.awaitFailed("orders.csv");
            folder.awaitFailed("one.json");

            Path retry = folder.failed.resolve("orders.csv.retry.ndjson");
            assertThat(retry).hasContent("{\"id\":\"7\",\"name\":\"n\"}\n{\"id\":\"17\",\"name\":\"n\"}\n");
            assertThat(folder.replies("orders.csv.reply.ndjson")
                            .get(7)
                            .path("type")
                            .asText())
                    .isEqualTo("urn:tandem:problem:policy-not-met");
            assertThat(InboxFixture.names(folder.failed))
                    .containsExactly("one.json", "orders.csv", "orders.csv.retry.ndjson");

            healed.set(true);
            Files.move(retry, folder.inbox.resolve("orders.csv.retry.ndjson"));
            folder.awaitDone("orders.csv.retry.ndjson");
            assertThat(folder.replies("orders.csv.retry.ndjson.reply.ndjson")).hasSize(2);
        }
    }

    @Test
    void aRecordThatBreaksItsRouteFailsAlone() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data, sent -> switch (sent.body()) {
            case "1" -> CompletableFuture.failedFuture(new IllegalStateException("http://secret-host:1234 broke"));
            case "2" ->
                CompletableFuture.failedFuture(new ProblemException(Problem.of(ProblemType.SATURATED, "Not now.")));
            default -> CompletableFuture.completedFuture(Outcome.DELIVERED);
        })) {
            folder.drop("a.ndjson", "1\n2\n3\n");
            folder.awaitFailed("a.ndjson");

            List<JsonNode> lines = folder.replies("a.ndjson.reply.ndjson");
            assertThat(lines.get(0).path("type").asText()).isEqualTo("urn:tandem:problem:internal-error");
            assertThat(lines.get(0).toString()).doesNotContain("secret-host");
            assertThat(lines.get(1).path("detail").asText()).isEqualTo("Not now.");
            assertThat(lines.get(2).path("outcome").asText()).isEqualTo("complete");
            assertThat(folder.failed.resolve("a.ndjson.retry.ndjson")).hasContent("1\n2\n");
            assertThat(folder.observed.failed).hasValue(2);
        }
    }

    @Test
    void repliesKeepTheOrderOfTheFileAndTheWindowIsKept() throws Exception {
        ExecutorService slow = Executors.newCachedThreadPool();
        Random random = new Random(3);
        try (InboxFixture folder = InboxFixture.start(
                data,
                sent -> CompletableFuture.supplyAsync(
                        () -> Outcome.DELIVERED,
                        CompletableFuture.delayedExecutor(random.nextInt(20), TimeUnit.MILLISECONDS, slow)))) {
            folder.drop("a.ndjson", numbers(300));
            folder.drop("b.ndjson", numbers(300));
            folder.awaitDone("a.ndjson");
            folder.awaitDone("b.ndjson");

            for (String name : List.of("a", "b")) {
                List<JsonNode> lines = folder.replies(name + ".ndjson.reply.ndjson");
                assertThat(lines)
                        .extracting(line -> line.path("record").asInt())
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(1, 300).boxed().toList());
                assertThat(lines)
                        .allMatch(line -> line.path("record").asInt()
                                == line.at("/replies/api-one/body").asInt() + 1);
            }
            assertThat(folder.mostInFlight).hasValue(InboxFixture.WINDOW);
        } finally {
            slow.shutdown();
        }
    }

    @Test
    void aSlowRecordHoldsBackTheOthersOnlyWithinMemory() throws Exception {
        CompletableFuture<Outcome> slow = new CompletableFuture<>();
        try (InboxFixture folder = InboxFixture.start(
                data, sent -> sent.body().equals("0") ? slow : CompletableFuture.completedFuture(Outcome.DELIVERED))) {
            folder.drop("a.ndjson", numbers(2000));
            int ahead = 16 * InboxFixture.WINDOW;
            await().until(() -> folder.sent.size() == ahead);
            await().during(300, TimeUnit.MILLISECONDS).until(() -> folder.sent.size() == ahead);

            // another file is not held up
            folder.drop("b.json", "true");
            folder.awaitDone("b.json");

            slow.complete(Outcome.DELIVERED);
            folder.awaitDone("a.ndjson");
            assertThat(folder.replies("a.ndjson.reply.ndjson")).hasSize(2000);
        }
    }

    @Test
    void recordsThatWaitForASlowOneTakeBoundedMemory() throws Exception {
        CompletableFuture<Outcome> slow = new CompletableFuture<>();
        String large = "\"" + "x".repeat(400_000) + "\"\n";
        try (InboxFixture folder = new InboxFixture(
                data,
                InboxFixture.Setup.in(data).withMaxRecord(1 << 20),
                sent -> sent.body().equals("0") ? slow : CompletableFuture.completedFuture(Outcome.DELIVERED))) {
            folder.drop("a.ndjson", "0\n" + large.repeat(60));
            // 8 MiB of records and their results, which repeat them here, and what was under way
            int ahead = (8 << 20) / 800_000;
            await().until(() -> folder.sent.size() > ahead);
            await().during(300, TimeUnit.MILLISECONDS)
                    .until(() -> folder.sent.size() <= ahead + 1 + InboxFixture.WINDOW);

            slow.complete(Outcome.DELIVERED);
            folder.awaitDone("a.ndjson");
            assertThat(folder.replies("a.ndjson.reply.ndjson")).hasSize(61);
        }
    }

    @Test
    void growingFilesAndTemporaryNamesWait() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            for (String name : List.of(".a.json", "a.json.tmp", "a.json.part", "A.FILEPART", "a.json.crdownload")) {
                Files.writeString(Files.createDirectories(folder.inbox).resolve(name), "{}");
            }
            Path growing = folder.inbox.resolve("growing.ndjson");
            try (OutputStream out = Files.newOutputStream(growing, StandardOpenOption.CREATE)) {
                AtomicLong until = new AtomicLong(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500));
                await().pollInterval(20, TimeUnit.MILLISECONDS).until(() -> {
                    out.write("1\n".getBytes(StandardCharsets.US_ASCII));
                    return System.nanoTime() > until.get();
                });
                assertThat(growing).exists();
                out.write("2\n".getBytes(StandardCharsets.US_ASCII));
            }
            folder.awaitDone("growing.ndjson");
            assertThat(folder.sent).extracting(InboxFixture.Sent::body).contains("2");

            Files.move(folder.inbox.resolve("a.json.part"), folder.inbox.resolve("a.json"));
            folder.awaitDone("a.json");
            assertThat(InboxFixture.names(folder.inbox))
                    .containsExactly(".a.json", ".claimed", "A.FILEPART", "a.json.crdownload", "a.json.tmp");
        }
    }

    @Test
    void nothingThatIsThereIsOverwritten() throws Exception {
        try (InboxFixture folder = InboxFixture.start(data)) {
            for (int i = 1; i <= 3; i++) {
                folder.drop("a.ndjson", i + "\n");
                String name = i == 1 ? "a.ndjson" : "a-" + i + ".ndjson";
                folder.awaitDone(name);
                assertThat(folder.done.resolve(name)).hasContent(i + "\n");
                assertThat(folder.replies(name + ".reply.ndjson")
                                .get(0)
                                .at("/replies/api-one/body")
                                .asInt())
                        .isEqualTo(i);
            }
            // one number for all that belongs together
            Files.writeString(folder.replies.resolve("b.json.reply.json"), "mine");
            folder.drop("b.json", "1");
            folder.awaitDone("b-2.json");
            assertThat(folder.replies.resolve("b.json.reply.json")).hasContent("mine");
            assertThat(folder.replies.resolve("b-2.json.reply.json")).exists();
        }
    }

    @Test
    void emptyAndBrokenFilesAreAnsweredWithTheReason() throws Exception {
        byte[] garbage = new byte[3000];
        new Random(5).nextBytes(garbage);
        garbage[0] = (byte) 0x89;
        String longName = "ü".repeat(122) + ".json";
        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.drop("empty.json", "");
            folder.drop("empty.ndjson", "");
            folder.drop("empty.csv", "");
            folder.drop("empty.bin", "");
            folder.drop("garbage.json", garbage);
            folder.drop("garbage.ndjson", garbage);
            folder.drop("garbage.csv", garbage);
            folder.drop("large.bin", new byte[InboxFixture.MAX_RECORD + 1]);
            folder.drop("two.json", "{}{}");
            folder.drop("header.csv", "a,a\n1,2\n");
            folder.drop(longName, "[");
            await().until(() -> InboxFixture.names(folder.failed).size() == 11);

            assertThat(folder.sent).isEmpty();
            for (String name : List.of("empty.json.reply.json", "empty.bin.reply.json")) {
                assertThat(folder.reply(name).path("detail").asText()).isEqualTo("The file is empty.");
                assertThat(folder.reply(name).has("record")).isFalse();
            }
            for (String name : List.of("empty.ndjson", "empty.csv")) {
                assertThat(folder.replies(name + ".reply.ndjson"))
                        .singleElement()
                        .extracting(line -> line.path("detail").asText())
                        .isEqualTo("The file is empty.");
            }
            assertThat(folder.reply("garbage.json.reply.json").path("detail").asText())
                    .isEqualTo("The file is not text in UTF-8.");
            assertThat(folder.replies("garbage.ndjson.reply.ndjson"))
                    .isNotEmpty()
                    .allMatch(line -> line.has("line") && line.path("status").asInt() >= 400);
            assertThat(folder.replies("garbage.csv.reply.ndjson"))
                    .isNotEmpty()
                    .allMatch(line -> line.path("status").asInt() >= 400);
            assertThat(folder.reply("large.bin.reply.json").path("type").asText())
                    .isEqualTo("urn:tandem:problem:body-too-large");
            assertThat(folder.reply("two.json.reply.json").path("detail").asText())
                    .contains("more than one document");
            assertThat(folder.replies("header.csv.reply.ndjson")
                            .get(0)
                            .path("detail")
                            .asText())
                    .contains("Column 2");

            folder.drop("next.json", "{}");
            folder.awaitDone("next.json");
            assertThat(folder.leftovers()).isEmpty();
        }
    }

    @Test
    void aStopInTheMiddleLosesNothing() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ExecutorService waiting = Executors.newCachedThreadPool();
        InboxFixture first = InboxFixture.start(
                data,
                sent -> CompletableFuture.supplyAsync(
                        () -> {
                            awaitQuietly(gate);
                            return Outcome.DELIVERED;
                        },
                        waiting));
        CompletableFuture<Void> closed;
        try {
            first.drop("a.ndjson", numbers(500));
            await().until(() -> first.inFlight.get() == InboxFixture.WINDOW);
            first.drain();
            closed = CompletableFuture.runAsync(first::close, waiting);
            await().during(100, TimeUnit.MILLISECONDS).until(() -> !closed.isDone());
        } finally {
            gate.countDown();
        }
        closed.get(8, TimeUnit.SECONDS);
        waiting.shutdown();

        assertThat(first.sent).hasSize(InboxFixture.WINDOW);
        assertThat(first.observed.replied).hasValue(InboxFixture.WINDOW);
        assertThat(InboxFixture.names(first.inbox)).contains("a.ndjson");
        assertThat(InboxFixture.names(first.replies)).isEmpty();
        // the name that it is to end with
        assertThat(first.leftovers()).containsExactly("a.ndjson");

        try (InboxFixture second = InboxFixture.start(data)) {
            second.awaitDone("a.ndjson");
            assertThat(second.replies("a.ndjson.reply.ndjson")).hasSize(500);
            assertThat(second.sent).hasSize(500 - InboxFixture.WINDOW);
            assertThat(second.observed.repeated).hasValue(InboxFixture.WINDOW);
        }
    }

    @Test
    void aRouteThatIsStoppedGivesItsFileBackAndGoesOnWhenStarted() throws Exception {
        List<CompletableFuture<Outcome>> held = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean hold = new AtomicBoolean(true);
        try (InboxFixture folder = InboxFixture.start(data, sent -> {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            if (hold.get()) {
                held.add(outcome);
            } else {
                outcome.complete(Outcome.DELIVERED);
            }
            return outcome;
        })) {
            folder.drop("a.ndjson", numbers(100));
            await().until(() -> held.size() == InboxFixture.WINDOW);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
                try {
                    folder.stopRoute();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().during(200, TimeUnit.MILLISECONDS).until(() -> !stopped.isDone());
            hold.set(false);
            List.copyOf(held).forEach(outcome -> outcome.complete(Outcome.DELIVERED));
            stopped.get(8, TimeUnit.SECONDS);
            assertThat(folder.inbox.resolve("a.ndjson")).exists();
            assertThat(folder.sent).hasSize(InboxFixture.WINDOW);

            folder.startRoute();
            folder.awaitDone("a.ndjson");
            assertThat(folder.replies("a.ndjson.reply.ndjson")).hasSize(100);
            assertThat(folder.sent).hasSize(100);
        }
    }

    @Test
    void aFileThatAKilledProcessHeldIsSentAgain() throws Exception {
        InboxFolders folders = InboxFolders.of(data.resolve("inbox"));
        folders.prepare();
        Claims killed = new Claims(folders, work -> {});
        killed.open();
        killed.claim(Files.writeString(folders.inbox().resolve("a.json"), "{}"));
        killed.close();

        try (InboxFixture folder = InboxFixture.start(data)) {
            folder.awaitDone("a.json");
            assertThat(folder.sent).hasSize(1);
        }
    }

    @Test
    void repliesThatCantBeWrittenMakeTheFileWaitAndNothingIsSentTwice() throws Exception {
        CompletableFuture<Outcome> last = new CompletableFuture<>();
        try (InboxFixture folder = InboxFixture.start(
                data, sent -> sent.body().equals("9") ? last : CompletableFuture.completedFuture(Outcome.DELIVERED))) {
            folder.drop("a.ndjson", numbers(10));
            await().until(() -> folder.sent.size() == 10);
            Path aside = data.resolve("aside");
            Files.move(folder.replies, aside);
            Files.createFile(folder.replies);
            last.complete(Outcome.DELIVERED);
            folder.drop("b.json", "{}");
            await().during(700, TimeUnit.MILLISECONDS)
                    .until(() ->
                            InboxFixture.names(folder.done).isEmpty() && Files.exists(folder.inbox.resolve("b.json")));

            Files.delete(folder.replies);
            Files.move(aside, folder.replies);

            folder.awaitDone("a.ndjson");
            folder.awaitDone("b.json");
            assertThat(folder.replies("a.ndjson.reply.ndjson")).hasSize(10);
            assertThat(folder.sent).hasSize(11);
        }
    }

    @Test
    void manySmallFilesGoThroughTogether() throws Exception {
        ConcurrentHashMap<String, Boolean> seen = new ConcurrentHashMap<>();
        try (InboxFixture folder = InboxFixture.start(data, sent -> {
            seen.put(sent.body(), true);
            return CompletableFuture.supplyAsync(() -> Outcome.DELIVERED, ForkJoinPool.commonPool());
        })) {
            for (int i = 0; i < 300; i++) {
                folder.drop("f" + i + ".json", Integer.toString(i));
            }
            await().until(() -> InboxFixture.names(folder.done).size() == 300);
            assertThat(seen).hasSize(300);
            assertThat(folder.sent).hasSize(300);
            assertThat(InboxFixture.names(folder.replies)).hasSize(300);
            assertThat(folder.mostInFlight.get()).isLessThanOrEqualTo(InboxFixture.WINDOW);
        }
    }

    @Test
    void nothingIsCreatedOrTakenWhenDisabled() throws Exception {
        try (InboxFixture folder = InboxFixture.startDisabled(data)) {
            await().during(400, TimeUnit.MILLISECONDS)
                    .until(() -> InboxFixture.names(data).equals(List.of("journal")));
            assertThat(folder.sent).isEmpty();
        }
    }

    @Test
    void anInboxNamedLikeAFolderBesideItIsRefused() {
        assertThatThrownBy(() -> InboxFolders.of(Path.of("data/done")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tandem.inbox.dir");
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
