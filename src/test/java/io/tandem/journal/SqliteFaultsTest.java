package io.tandem.journal;

import static io.tandem.journal.Samples.BOTH;
import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.delivered;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.ReplyBody;
import io.tandem.support.ImmutableFiles;
import io.tandem.support.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails and comes back. */
class SqliteFaultsTest {
    @TempDir
    Path folder;

    private static Journal open(Path folder) {
        return open(folder, 1);
    }

    private static Journal open(Path folder, int minFree) {
        return open(folder, minFree, Duration.ofDays(1));
    }

    private static Journal open(Path folder, int minFree, Duration keep) {
        return Journals.open(
                new Settings.Journal(
                        Samples.sqlite(folder), false, false, 1000, minFree, 10_000, keep, Duration.ofDays(1)),
                Samples.terms(Clock.systemUTC()));
    }

    @Test
    void recordsAreWrittenWhenAFullDiskHasRoomAgain() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m");
                Journal journal = open(disk.path())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                NewMessage message = message(BOTH);
                get(journal.accept(message));
                ids.add(message.id());
            }
            Path filler = disk.fill();
            // within the pages that are there, some more can still be written
            await().until(() -> fails(journal, 5000));
            assertThat(journal.unavailable()).contains("is full: make room", "tandem.db");
            List<CompletionStage<Void>> records = new ArrayList<>();
            for (String id : ids) {
                records.add(journal.record(id, List.of(delivered(ONE), delivered(TWO)), null));
            }
            assertThatThrownBy(() -> get(journal.accept(message(NONE))))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("is full");
            assertThatThrownBy(() -> get(journal.accept(Samples.message(null, "x".repeat(20_000), NONE))))
                    .isInstanceOf(JournalException.class);
            assertThat(journal.find(ids.get(0))).isNotNull();

            Files.delete(filler);

            records.forEach(Samples::get);
            for (String id : ids) {
                assertThat(journal.find(id).state()).isEqualTo(MessageState.COMPLETE);
            }
            await().until(() -> journal.unavailable() == null);
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    @Test
    void logLeavesRoomOnADiskThatItWouldFill() throws Exception {
        // smaller than what the log grows to before it is folded in
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "12m");
                Journal journal = open(disk.path())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                NewMessage message = Samples.message(null, "x".repeat(3000), NONE);
                get(journal.accept(message));
                ids.add(message.id());
            }
            for (int i = 0; i < 3000; i++) {
                get(journal.replay(ids.get(i % ids.size()), null));
            }

            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
            assertThat(journal.unavailable()).isNull();
        }
    }

    @Test
    void whatHasHappenedIsWrittenThoughTheDiskIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m");
                Journal journal = open(disk.path())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                NewMessage message = message(BOTH);
                get(journal.accept(message));
                ids.add(message.id());
            }
            Path filler = disk.fill();
            await().until(() -> fails(journal, 5000));

            for (String id : ids) {
                get(journal.record(id, List.of(delivered(ONE), delivered(TWO)), null));
            }

            assertThat(journal.unavailable()).contains("is full: make room");
            assertThatThrownBy(() -> get(journal.accept(message(NONE)))).hasMessageContaining("is full: make room");
            Files.delete(filler);
            await().until(() -> journal.unavailable() == null);
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    @Test
    void diskThatTheJournalHasFilledItselfHasRoomAgainWhenItsMessagesAreDeliveredAndForgotten() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m");
                Journal journal = open(disk.path(), 1, Duration.ofMillis(1))) {
            List<String> ids = new ArrayList<>();
            while (journal.unavailable() == null) {
                List<NewMessage> messages = IntStream.range(0, 50)
                        .mapToObj(i -> Samples.message(null, "x".repeat(5000), BOTH))
                        .toList();
                List<CompletionStage<Acceptance>> asked =
                        messages.stream().map(journal::accept).toList();
                for (int i = 0; i < 50; i++) {
                    if (isAccepted(asked.get(i))) {
                        ids.add(messages.get(i).id());
                    }
                }
            }
            assertThat(ids).hasSizeGreaterThan(1000);

            // not so many that it would be worthwhile on any disk to give their room back
            for (String id : ids.subList(0, ids.size() / 6)) {
                get(journal.record(id, List.of(delivered(ONE), delivered(TWO)), null));
            }

            await().atMost(Duration.ofSeconds(60)).until(() -> journal.unavailable() == null);
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    private static boolean isAccepted(CompletionStage<Acceptance> asked) {
        try {
            return get(asked) instanceof Acceptance.Fresh;
        } catch (JournalException e) {
            return false;
        }
    }

    @Test
    void asMuchIsWrittenAsAFullDiskHasRoomFor() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m");
                Journal journal = open(disk.path())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                NewMessage message = message(Set.of(ONE));
                get(journal.accept(message));
                ids.add(message.id());
            }
            Path filler = disk.fill();
            await().until(() -> fails(journal, 5000));

            List<CompletionStage<Void>> records = new ArrayList<>();
            for (String id : ids) {
                records.add(journal.record(id, List.of(deliveredWith(60_000)), null));
            }

            await().until(() -> done(records) > 5);
            await().until(() -> journal.unavailable() != null);
            assertThat(done(records)).isLessThan(100);
            Files.delete(filler);
            records.forEach(Samples::get);
            await().until(() -> journal.unavailable() == null);
        }
    }

    private static long done(List<CompletionStage<Void>> records) {
        return records.stream()
                .filter(record -> record.toCompletableFuture().isDone())
                .count();
    }

    private static DeliveryRecord deliveredWith(int size) {
        ReplyBody body = ReplyBody.of(new byte[size], "application/octet-stream");
        Delivery delivery = new Delivery(ONE, Outcome.DELIVERED, 200, Duration.ZERO, 1, body, null, null);
        return new DeliveryRecord(delivery, DeliveryState.DELIVERED, null);
    }

    @Test
    void reasonIsToldWhenTheDiskIsTooFullToOpenTheJournal() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m")) {
            open(disk.path()).close();
            Files.delete(disk.path().resolve("tandem.db-reserve"));
            Path filler = disk.fill();

            assertThatThrownBy(() -> open(disk.path()))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("is full: make room");

            Files.delete(filler);
            open(disk.path()).close();
        }
    }

    @Test
    void journalOpensOnADiskThatIsFullButForItsReserve() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "24m")) {
            List<String> ids = new ArrayList<>();
            try (Journal journal = open(disk.path())) {
                for (int i = 0; i < 100; i++) {
                    NewMessage message = message(Set.of(ONE));
                    get(journal.accept(message));
                    ids.add(message.id());
                }
            }
            Path filler = disk.fill();

            try (Journal journal = open(disk.path())) {
                assertThat(journal.unavailable()).contains("is full: make room");
                for (String id : ids) {
                    get(journal.take(id, Set.of(ONE)));
                    get(journal.record(id, List.of(delivered(ONE)), null));
                }
                Files.delete(filler);
                await().until(() -> journal.unavailable() == null);
            }
        }
    }

    @Test
    void nothingAcceptedIsLostWhenTheDiskFillsUp() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "6m")) {
            List<String> accepted = new ArrayList<>();
            try (Journal journal = open(disk.path())) {
                boolean full = false;
                while (!full) {
                    NewMessage message = Samples.message(null, "x".repeat(5000), BOTH);
                    try {
                        get(journal.accept(message));
                        accepted.add(message.id());
                    } catch (JournalException e) {
                        full = true;
                    }
                }
                assertThat(accepted).hasSizeGreaterThan(100);
                assertThat(accepted)
                        .allSatisfy(id -> assertThat(journal.find(id)).isNotNull());
            }
        }
    }

    @Test
    void journalRecoversWhenItsDiskWasReadOnly() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m")) {
            try (Journal journal = open(disk.path())) {
                NewMessage message = message(BOTH);
                get(journal.accept(message));
                assertThat(journal.unavailable()).isNull();
            }
            disk.readOnly();

            assertThatThrownBy(() -> open(disk.path()))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("can't be written")
                    .hasMessageContaining("tandem.db");

            disk.writable();
            try (Journal journal = open(disk.path())) {
                assertThat(journal.pendingMessages()).isEqualTo(1);
            }
        }
    }

    @Test
    void journalRecoversWhenItsFilesCanBeWrittenAgain() throws Exception {
        try (Journal journal = open(folder)) {
            NewMessage message = message(BOTH);
            get(journal.accept(message));
            CompletionStage<Void> record;
            Path file = folder.resolve("tandem.db");
            ImmutableFiles files = ImmutableFiles.of(file, Path.of(file + "-wal"));
            try {
                assertThat(fails(journal, 10)).isTrue();
                record = journal.record(message.id(), List.of(delivered(ONE), delivered(TWO)), null);
                // however often it is tried
                await().during(Duration.ofMillis(500)).until(() -> journal.unavailable() != null);
                assertThat(journal.unavailable()).contains("tandem.db");
            } finally {
                files.close();
            }

            get(record);
            await().until(() -> journal.unavailable() == null);
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
    }

    @Test
    void unavailableWhenTheDiskIsNearlyFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m");
                Journal journal = open(disk.path(), 2 << 20)) {
            assertThat(journal.unavailable()).isNull();

            Path half = Files.write(disk.path().resolve("half"), new byte[6 << 20]);
            await().until(() -> journal.unavailable() != null);
            assertThat(journal.unavailable())
                    .contains("nearly full", "tandem.journal.min-free is 2 MiB")
                    .doesNotContain("\n");
            // what is there can still be recorded
            assertThat(get(journal.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);

            Files.delete(half);
            await().until(() -> journal.unavailable() == null);
        }
    }

    private static boolean fails(Journal journal, int size) {
        try {
            get(journal.accept(Samples.message(null, "x".repeat(size), NONE)));
            return false;
        } catch (JournalException e) {
            return true;
        }
    }
}
