package io.tandem.journal;

import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.support.SmallDisk;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the middle of its writes. */
class SqliteCrashTest {
    private static final int KILLS = Integer.getInteger("journal.kills", 3);

    @TempDir
    Path folder;

    @Test
    void whatWasSaidToBeOnDiskIsThereWhenTheProcessIsKilled() throws Exception {
        Path file = folder.resolve("tandem.db");
        Random random = new Random(4);
        Set<String> accepted = new HashSet<>();
        Set<String> recorded = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            workAndKill(file, 300 + random.nextInt(3000), accepted, recorded);

            try (Journal journal = Journals.open(
                    JournalProcess.settings(new Settings.Database.Embedded(file)), Samples.terms(Clock.systemUTC()))) {
                assertThat(accepted).allSatisfy(id -> assertThat(journal.find(id))
                        .as("message %s", id)
                        .isNotNull());
                assertThat(recorded).allSatisfy(id -> assertThat(delivered(journal, id))
                        .as("delivery of %s", id)
                        .isTrue());
                finish(journal);
                assertThat(journal.pendingMessages()).isZero();
                await().until(() -> payloads(file).isEmpty());
            }
        }
        assertThat(recorded).hasSizeGreaterThan(300 * KILLS / 2);
    }

    @Test
    void nothingIsLeftInTheTemporaryFolderWhenTheProcessIsKilled() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));

        openAndKill(folder.resolve("tandem.db").toString(), "-Djava.io.tmpdir=" + temporary);

        assertThat(names(temporary)).noneMatch(name -> name.startsWith("sqlite"));
        assertThat(names(folder)).doesNotContain("tandem.db-native");
    }

    @Test
    void journalNeedsNoTemporaryFolder() throws Exception {
        openAndKill(folder.resolve("tandem.db").toString(), "-Djava.io.tmpdir=" + folder.resolve("none"));
    }

    @Test
    void temporaryFolderIsUsedWhereNothingCanBeExecutedBesideTheJournal() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "16m")) {
            disk.noExec();
            String file = disk.path().resolve("tandem.db").toString();

            openAndKill(file);
            Process process = JournalProcess.command(file, "-Djava.io.tmpdir=" + disk.path())
                    .redirectErrorStream(true)
                    .start();

            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("can be executed neither from its folder nor from the temporary one")
                    .contains("-Dorg.sqlite.tmpdir");
        }
    }

    @Test
    void whatAProcessLeftThatWasKilledAtItsStartIsRemoved() throws Exception {
        Path left = Files.createDirectory(folder.resolve("tandem.db-native"));
        Files.createFile(left.resolve("sqlite-left.so"));

        Journals.open(JournalProcess.settings(Samples.sqlite(folder)), Samples.terms(Clock.systemUTC()))
                .close();

        assertThat(left).doesNotExist();
    }

    private static void openAndKill(String file, String... options) throws Exception {
        Process process = JournalProcess.start(file, options);
        try (BufferedReader reader = process.inputReader()) {
            assertThat(reader.readLine()).isEqualTo("open");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void workAndKill(Path file, int lines, Set<String> accepted, Set<String> recorded)
            throws IOException, InterruptedException {
        Process process = JournalProcess.start(file.toString());
        try (BufferedReader reader = process.inputReader()) {
            assertThat(reader.readLine()).isEqualTo("open");
            String line = reader.readLine();
            for (int i = 0; line != null; i++) {
                if (i == lines) {
                    // not the process's own, which closes the stream that is being read
                    process.toHandle().destroyForcibly();
                }
                // the last one may be torn
                String id = line.substring(line.indexOf(' ') + 1);
                if (id.length() == 26) {
                    (line.startsWith("accepted") ? accepted : recorded).add(id);
                }
                line = reader.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static boolean delivered(Journal journal, String id) {
        return journal.find(id).deliveries().stream()
                .anyMatch(delivery -> delivery.target().equals(ONE) && delivery.state() == DeliveryState.DELIVERED);
    }

    /** What was taken by the dead one: target one is due, target two unknown. */
    private static void finish(Journal journal) {
        List<CompletionStage<?>> writes = new ArrayList<>();
        for (DueDelivery delivery : get(journal.takeDue(ONE, 1000, false, false))) {
            assertThat(delivery.body()).hasSize(delivery.message().size());
            writes.add(journal.record(delivery.message().id(), List.of(Samples.delivered(ONE)), null));
        }
        for (StoredMessage message : journal.list(new MessageQuery(MessageState.DEAD, TWO, null, 1000))) {
            writes.add(journal.take(message.id(), Set.of(TWO)).thenCompose(taken -> {
                assertThat(taken).containsExactly(TWO);
                return journal.record(message.id(), List.of(Samples.delivered(TWO)), null);
            }));
        }
        writes.forEach(Samples::get);
        while (!journal.list(new MessageQuery(MessageState.DEAD, TWO, null, 1)).isEmpty()) {
            finish(journal);
        }
    }

    private static List<Path> payloads(Path file) throws IOException {
        Path payloads = Path.of(file + "-payloads");
        if (!Files.exists(payloads)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(payloads)) {
            return new ArrayList<>(found.filter(Files::isRegularFile).toList());
        }
    }
}
