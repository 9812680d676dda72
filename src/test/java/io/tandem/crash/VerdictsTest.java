package io.tandem.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.proof.Arrival;
import io.tandem.proof.Bodies;
import io.tandem.proof.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness can fail: each verdict finds what is planted for it, and nothing in a run without fault. */
class VerdictsTest {
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Evidence evidence = new Evidence();

    @TempDir
    private Path data;

    private final Dropped file = new Dropped("file-1.ndjson", List.of("file-1-1", "file-1-2"));

    @BeforeEach
    void runWithoutFault() throws IOException {
        // b's first answer was lost, and api-one was busy at first
        arrive("api-one", "a", "k-a", 10, Reply.OK);
        arrive("api-two", "a", "k-a2", 11, Reply.LATE);
        arrive("api-one", "b", "k-b", 20, Reply.BUSY);
        arrive("api-two", "b", "k-b2", 21, Reply.LOST);
        arrive("api-one", "b", "k-b", 30, Reply.OK);
        arrive("api-two", "b", "k-b2", 31, Reply.OK);
        evidence.accepted("a", "200");
        evidence.accepted("b", "202");
        evidence.delivered("api-one", "m-a", 15, "200");
        evidence.delivered("api-two", "m-b", 40, "GET");
        for (String folder : List.of("inbox/.claimed", "done", "failed", "replies")) {
            Files.createDirectories(data.resolve(folder));
        }
        Files.createFile(data.resolve("inbox/.claimed/x.lock"));
        Files.writeString(data.resolve("done/file-1.ndjson"), file.content());
        reply("complete", "complete");
    }

    private Arrival arrive(String target, String body, String key, long at, Reply reply) {
        return arrive(target, body, key, at, reply, true);
    }

    private Arrival arrive(String target, String body, String key, long at, Reply reply, boolean unharmed) {
        Arrival arrival = new Arrival(target, key, "m-" + body, body, unharmed, at, reply);
        arrivals.add(arrival);
        if (reply != Reply.CUT && reply != Reply.LOST) {
            arrival.answered(at + 1);
        }
        return arrival;
    }

    private void reply(String... outcomes) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < outcomes.length; i++) {
            lines.append("{\"record\":%d,\"line\":%d,\"outcome\":\"%s\"}\n".formatted(i + 1, i + 1, outcomes[i]));
        }
        Files.writeString(data.resolve("replies/file-1.ndjson.reply.ndjson"), lines);
    }

    private Verdicts verdicts() {
        return new Verdicts(Set.of("api-one", "api-two"), arrivals, evidence);
    }

    private Verdict folder() throws IOException {
        return FolderVerdict.of(data, List.of(file));
    }

    private static void assertBroken(Verdict verdict, String... ids) {
        assertThat(verdict.offences()).hasSize(1);
        assertThatThrownBy(verdict::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(verdict.promise())
                .hasMessageContainingAll(ids);
    }

    @Test
    void verdictsAreKeptWhenNothingIsWrong() throws IOException {
        assertThat(verdicts().all()).allMatch(Verdict::kept);
        assertThat(folder().offences()).isEmpty();
        assertThat(verdicts().figures()).isEqualTo(new Verdicts.Figures(2, 4, 6, 2, 1, 0));
    }

    @Test
    void lossIsFoundWhenOneTargetNeverGotTheMessage() {
        arrive("api-one", "c", "k-c", 50, Reply.OK);
        evidence.accepted("c", "202 for message m-c");

        assertBroken(verdicts().nothingIsLost(), "c", "m-c", "api-two");
        assertThat(verdicts().figures().lost()).isEqualTo(1);
    }

    @Test
    void lossIsFoundWhenTheTargetHasNeverSaidYes() {
        arrive("api-one", "c", "k-c", 50, Reply.OK);
        arrive("api-two", "c", "k-c2", 50, Reply.BUSY);
        evidence.accepted("c", "202");

        assertBroken(verdicts().nothingIsLost(), "c", "api-two", "BUSY");
    }

    @Test
    void halfIsFoundWhenNobodyWasToldOfTheMessage() {
        arrive("api-one", "c", "k-c", 50, Reply.OK);

        assertThat(verdicts().nothingIsLost().kept()).isTrue();
        assertBroken(verdicts().nothingIsHalfDone(), "c", "api-two");
    }

    @Test
    void repeatIsFoundWhenItComesAfterTheCallerHeardOfIt() {
        arrive("api-one", "a", "k-a", 60, Reply.OK);

        assertBroken(verdicts().nothingDeliveredIsRepeated(), "a", "m-a", "api-one", "200");
    }

    @Test
    void repeatIsFoundWhenItComesAfterTheJournalReportedIt() {
        arrive("api-two", "b", "k-b2", 60, Reply.OK);

        assertBroken(verdicts().nothingDeliveredIsRepeated(), "b", "m-b", "api-two", "GET");
    }

    @Test
    void changedKeyIsFoundWhenARepeatCarriesAnother() {
        arrive("api-one", "b", "k-other", 35, Reply.OK);

        assertBroken(verdicts().repeatsHaveTheSameKey(), "api-one b", "k-b", "k-other");
    }

    @Test
    void missingKeyIsFoundWhenThereIsNone() {
        arrive("api-one", "c", "", 50, Reply.OK);

        assertBroken(verdicts().repeatsHaveTheSameKey(), "api-one c");
    }

    @Test
    void sharedKeyIsFoundWhenTwoMessagesCarryIt() {
        arrive("api-one", "c", "k-a", 50, Reply.OK);

        assertBroken(verdicts().keysBelongToOneMessage(), "k-a", "c");
    }

    @Test
    void harmedBodyIsFoundWhenItIsNotWhatWasSent() {
        arrive("api-one", "c", "k-c", 50, Reply.OK, false);

        assertBroken(verdicts().bodiesAreUnharmed(), "c", "m-c");
    }

    @Test
    void strangeAnswerIsFoundWhenACallerComplains() {
        evidence.complain("c was answered 500");

        assertBroken(verdicts().callersSeeNothingStrange(), "c was answered 500");
    }

    @Test
    void missingFileIsFoundWhenItIsGone() throws IOException {
        Files.delete(data.resolve("done/file-1.ndjson"));

        assertBroken(folder(), "file-1.ndjson is gone");
    }

    @Test
    void doubledFileIsFoundWhenItEndsTwice() throws IOException {
        Files.writeString(data.resolve("failed/file-1.ndjson"), file.content());

        assertBroken(folder(), "file-1.ndjson is in done/ and in failed/");
    }

    @Test
    void secondEndIsFoundWhenItHasANumber() throws IOException {
        Files.writeString(data.resolve("done/file-1-2.ndjson"), file.content());

        assertBroken(folder(), "done/file-1-2.ndjson is left over");
    }

    @Test
    void halfFileIsFoundWhenItWasCut() throws IOException {
        Files.writeString(data.resolve("done/file-1.ndjson"), file.content().substring(1));

        assertBroken(folder(), "file-1.ndjson is not what was dropped");
    }

    @Test
    void missingReplyIsFoundWhenThereIsNoReplyFile() throws IOException {
        Files.delete(data.resolve("replies/file-1.ndjson.reply.ndjson"));

        assertBroken(folder(), "file-1.ndjson has no reply");
    }

    @Test
    void shortReplyIsFoundWhenARecordHasNone() throws IOException {
        reply("complete");

        assertBroken(folder(), "file-1.ndjson has 2 records and 1 replies");
    }

    @Test
    void wrongEndIsFoundWhenARecordOfADoneFileWasNotDelivered() throws IOException {
        reply("complete", "failed");
        Files.writeString(data.resolve("failed/file-1.ndjson.retry.ndjson"), Bodies.of("file-1-2") + "\n");

        assertBroken(folder(), "file-1.ndjson is in done/ with 1 undelivered records");
    }

    @Test
    void missingRetryIsFoundWhenAFailedFileHasNone() throws IOException {
        Files.move(data.resolve("done/file-1.ndjson"), data.resolve("failed/file-1.ndjson"));
        reply("complete", "partial");

        assertBroken(folder(), "file-1.ndjson has 1 undelivered records and 0 to be sent again");
    }

    @Test
    void leftoverIsFoundWhenAFileInTheMakingStays() throws IOException {
        Files.createFile(data.resolve("replies/.01-1.part"));

        assertBroken(folder(), "replies/.01-1.part is left over");
    }
}
