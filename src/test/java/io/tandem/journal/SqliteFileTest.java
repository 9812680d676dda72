package io.tandem.journal;

import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not what they should be, and files of other versions. */
class SqliteFileTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("tandem.db");
    }

    private Journal open() {
        return open(Schema.sqlite());
    }

    private Journal open(Schema schema) {
        return Journals.openSqlite(
                file(), Samples.settings(Samples.sqlite(folder)), Samples.terms(Clock.systemUTC()), schema);
    }

    private static Schema nextSchema() {
        List<String> scripts = new ArrayList<>(Schema.sqlite().scripts());
        scripts.add("alter table message add column note text;\n\nupdate message set note = 'migrated';\n");
        return new Schema(scripts);
    }

    private void refuses(ThrowingCallable opening, String... words) {
        Map<String, String> before = files();
        assertThatThrownBy(opening)
                .isInstanceOf(JournalException.class)
                .message()
                .contains(words)
                .contains(file().toString())
                .doesNotContain("\n");
        assertThat(files()).isEqualTo(before);
    }

    /** Their hashes, but for the lock's. */
    private Map<String, String> files() {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.toString().endsWith(".lock")) {
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                    hashes.put(file.toString(), HexFormat.of().formatHex(digest));
                }
            }
            return hashes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void fileIsRefusedWhenItIsNoDatabase() throws Exception {
        Files.writeString(file(), "id,name\n1,one\n".repeat(50));

        refuses(this::open, "is no SQLite database", "tandem.journal.url");
    }

    @Test
    void databaseOfAnotherProgramIsRefused() throws Exception {
        execute("create table message (id text)", "insert into message values ('mine')");

        refuses(this::open, "is a database of another program", "tandem.journal.url");
    }

    @Test
    void newerJournalIsRefused() {
        open(nextSchema()).close();

        refuses(this::open, "newer Tandem (schema 4, this one knows 3)");
    }

    @Test
    void newerJournalIsRefusedWhenOnlyItsLogSaysSo() throws Exception {
        open().close();
        // as a newer one leaves it that was killed in its first moment
        Path copy = folder.resolve("copy");
        Files.createDirectory(copy);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version = 4");
            for (String end : List.of("", "-wal")) {
                Files.copy(Path.of(file() + end), copy.resolve("tandem.db" + end));
            }
        }
        for (String end : List.of("", "-wal")) {
            Files.move(copy.resolve("tandem.db" + end), Path.of(file() + end), StandardCopyOption.REPLACE_EXISTING);
        }

        assertThatThrownBy(this::open).hasMessageContaining("newer Tandem (schema 4, this one knows 3)");
    }

    @Test
    void olderJournalIsMigrated() throws Exception {
        NewMessage message = message(NONE);
        try (var stored = SqliteFileTest.class.getResourceAsStream("sqlite-schema-1.sql")) {
            execute(new String(stored.readAllBytes(), StandardCharsets.UTF_8).split(";\\n"));
        }
        try (Journal journal = open(nextSchema())) {
            assertThat(journal.pendingMessages()).isEqualTo(1);
            assertThat(journal.list(new MessageQuery(null, null, null, 10))).hasSize(2);
            assertThat(get(journal.accept(message))).isInstanceOf(Acceptance.Fresh.class);
        }

        assertThat(SqliteFile.check(file(), 4)).isTrue();
        refuses(this::open, "newer Tandem");
        open(nextSchema()).close();
    }

    @Test
    void migrationLeavesTheOldJournalWhenItFails() {
        open().close();
        List<String> scripts = new ArrayList<>(Schema.sqlite().scripts());
        scripts.add("alter table message add column note text;\n\nthis is not SQL;\n");

        refuses(() -> open(new Schema(scripts)), "syntax error");

        open().close();
    }

    @Test
    void damagedJournalIsRefused() throws Exception {
        try (Journal journal = open()) {
            for (int i = 0; i < 200; i++) {
                get(journal.accept(message(NONE)));
            }
        }
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[8192]), 4096);
        }

        refuses(this::open, "is damaged", "move it away");
    }

    @Test
    void truncatedJournalIsRefused() throws Exception {
        try (Journal journal = open()) {
            for (int i = 0; i < 200; i++) {
                get(journal.accept(message(NONE)));
            }
        }
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 10_000);
        }

        refuses(this::open, "is damaged");
    }

    @Test
    void emptyFileBecomesAJournal() throws Exception {
        Files.createFile(file());

        open().close();
        open().close();
    }

    @Test
    void folderIsRefused() throws Exception {
        Files.createDirectory(file());

        refuses(this::open, "is not a file");
    }

    @Test
    void folderThatCanNotBeMadeIsTold() throws Exception {
        Files.writeString(folder.resolve("data"), "");
        Path below = folder.resolve("data/journal/tandem.db");

        assertThatThrownBy(() -> Journals.openSqlite(
                        below,
                        Samples.settings(Samples.sqlite(folder)),
                        Samples.terms(Clock.systemUTC()),
                        Schema.sqlite()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("can't be written");
    }

    @Test
    void secondJournalOfThisProcessIsRefused() {
        try (Journal first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("is in use by another Tandem")
                    .hasMessageContaining(file().toString());
            assertThat(get(first.accept(message(NONE)))).isInstanceOf(Acceptance.Fresh.class);
        }
        open().close();
    }

    @Test
    void secondProcessIsRefused() throws Exception {
        Process other = JournalProcess.start(file().toString());
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("open");

            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("is in use by another Tandem");
        } finally {
            other.destroyForcibly().waitFor();
        }
        open().close();
    }

    private void execute(String... commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }
}
