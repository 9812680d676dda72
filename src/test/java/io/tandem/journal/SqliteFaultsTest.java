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
import io.tandem.support.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
        return Journals.open(
                new Settings.Journal(
                        Samples.sqlite(folder),
                        false,
                        false,
                        1000,
                        minFree,
                        10_000,
                        Duration.ofDays(1),
                        Duration.ofDays(1)),
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
    void unavailableWhenTheDiskIsNearlyFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m");
                Journal journal = open(disk.path(), 2 << 20)) {
            assertThat(journal.unavailable()).isNull();

            Path half = Files.write(disk.path().resolve("half"), new byte[7 << 20]);
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
