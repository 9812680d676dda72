package io.tandem.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the first bytes of a file tell, without SQLite, which changes files that it opens. */
final class SqliteFile {
    /** "Tndm": marks the file as a journal of Tandem's. */
    static final int APPLICATION_ID = 0x546e646d;

    // https://sqlite.org/fileformat2.html#the_database_header
    private static final int HEADER = 100;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE_SIZE = 16;
    private static final int CHANGES = 24;
    private static final int PAGES = 28;
    private static final int USER_VERSION = 60;
    private static final int APPLICATION = 68;
    private static final int VALID_FOR = 92;

    private SqliteFile() {}

    /**
     * Refuses a file that is not a journal, or one of a newer version; nothing is changed.
     *
     * @return whether there is a journal
     */
    static boolean check(Path file, int version) {
        if (!Files.exists(file)) {
            return false;
        }
        if (!Files.isRegularFile(file)) {
            throw new JournalException("'%s' is not a file: %s".formatted(file, elsewhere()));
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        long size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            size = channel.size();
            int read = 0;
            while (read >= 0 && header.hasRemaining()) {
                read = channel.read(header);
            }
        } catch (IOException e) {
            throw new JournalException("the journal '%s' can't be read: %s".formatted(file, Reasons.of(e)), e);
        }
        if (size == 0) {
            return false;
        }
        if (size < HEADER || !Arrays.equals(Arrays.copyOf(header.array(), MAGIC.length), MAGIC)) {
            throw new JournalException("'%s' is no SQLite database, or is damaged: %s".formatted(file, elsewhere()));
        }
        if (header.getInt(APPLICATION) != APPLICATION_ID) {
            throw new JournalException("'%s' is a database of another program: %s".formatted(file, elsewhere()));
        }
        int found = header.getInt(USER_VERSION);
        if (found > version) {
            throw newer(file, found, version);
        }
        checkLength(file, header, size);
        return true;
    }

    static JournalException newer(Path file, int found, int version) {
        return new JournalException(
                ("the journal '%s' was written by a newer Tandem (schema %d, this one knows %d): run"
                                + " that one, or %s")
                        .formatted(file, found, version, elsewhere()));
    }

    private static void checkLength(Path file, ByteBuffer header, long size) {
        int pageSize = Short.toUnsignedInt(header.getShort(PAGE_SIZE));
        pageSize = pageSize == 1 ? 65536 : pageSize;
        boolean told = header.getInt(CHANGES) == header.getInt(VALID_FOR);
        // while there is a log, pages may be in it that are not yet in the file
        boolean whole = !Files.exists(Path.of(file + "-wal"));
        long pages = Integer.toUnsignedLong(header.getInt(PAGES));
        if (told && whole && pages * pageSize > size) {
            throw damaged(file, null);
        }
    }

    static JournalException damaged(Path file, @Nullable Throwable cause) {
        String reason =
                ("the journal '%s' is damaged: restore it from a backup, or move it away together with its -wal,"
                                + " -shm and -payloads ('sqlite3 %s .recover' saves what can be read)")
                        .formatted(file, file);
        return cause == null ? new JournalException(reason) : new JournalException(reason, cause);
    }

    private static String elsewhere() {
        return "name another file in tandem.journal.url";
    }
}
