package io.tandem.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.proof.Instance;
import io.tandem.proof.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that is none, or not for this Tandem: the start is refused in words, and nothing is changed. */
@Tag("crash")
class BadJournalIT {
    @TempDir
    private Path folder;

    private Path journal;
    private Instance tandem;

    @BeforeEach
    void prepare() throws IOException {
        journal = Files.createDirectories(folder.resolve("data/journal")).resolve("tandem.db");
        tandem = new Instance(
                folder,
                Instance.SHORT_LIVED,
                Map.of(
                        "target.api-one.url", "http://127.0.0.1:1/",
                        "target.api-two.url", "http://127.0.0.1:1/",
                        "tandem.inbox.enabled", "false"));
    }

    private void makeJournal() throws IOException {
        tandem.start();
        tandem.kill();
        Files.deleteIfExists(tandem.log());
    }

    private void execute(String... commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                boolean unused = statement.execute(command);
            }
        }
    }

    private void assertRefused(String name, String... words) throws Exception {
        byte[] before = Files.readAllBytes(journal);
        tandem.launch();
        try {
            assertThat(tandem.awaitEnd(Duration.ofMinutes(1))).as("exit code").isEqualTo(1);
        } finally {
            tandem.close();
        }
        assertThat(Files.readAllBytes(journal)).as("the file").isEqualTo(before);
        List<String> lines = Files.readAllLines(tandem.log());
        Report.add("crash.txt", name, lines.toArray(String[]::new));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).contains(words).contains("tandem.db").doesNotContain("Exception");
    }

    @Test
    void startIsRefusedWhenTheJournalIsNoDatabase() throws Exception {
        Files.writeString(journal, "these are my notes, and no database at all".repeat(100));

        assertRefused("journal: not a database", "is no SQLite database");
    }

    @Test
    void startIsRefusedWhenTheDatabaseIsAnotherPrograms() throws Exception {
        execute("create table notes (text)", "insert into notes values ('mine')");

        assertRefused("journal: of another program", "another program");
    }

    @Test
    void startIsRefusedWhenTheJournalIsNewer() throws Exception {
        makeJournal();
        execute("pragma user_version = 1000", "pragma wal_checkpoint(truncate)");

        assertRefused("journal: newer", "newer");
    }

    @Test
    void startIsRefusedWhenTheJournalIsDamaged() throws Exception {
        makeJournal();
        execute("pragma wal_checkpoint(truncate)");
        byte[] bytes = Files.readAllBytes(journal);
        java.util.Arrays.fill(bytes, 4096, bytes.length, (byte) 0x5a);
        Files.write(journal, bytes);

        assertRefused("journal: damaged", "damaged");
    }

    @Test
    void startIsRefusedWhenTheJournalIsCut() throws Exception {
        makeJournal();
        execute("pragma wal_checkpoint(truncate)");
        byte[] bytes = Files.readAllBytes(journal);
        Files.write(journal, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertRefused("journal: cut", "damaged");
    }
}
