package io.tandem.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some room on the disk, held by a file that means nothing: when the disk is full it is given up, so that the log can be
 * folded into the database, and what has happened already can be written. Thread-safe.
 */
final class SqliteReserve {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");
    private static final long MOST = 4 << 20;
    private static final int SHARE_OF_DISK = 16;
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private volatile boolean given;

    SqliteReserve(Path file) {
        this.file = file;
    }

    /** Whether the disk was full, and has not had room for it since. */
    boolean isGiven() {
        return given;
    }

    /** Gives it up. */
    synchronized void give() throws IOException {
        given = true;
        Files.deleteIfExists(file);
    }

    /** Before the journal is open: gives it up if nothing else is left. */
    synchronized void giveIfFull() {
        try {
            if (Files.exists(file) && store().getUsableSpace() < CHUNK) {
                give();
            }
        } catch (IOException e) {
            LOG.debug("{} can't be looked at", file, e);
        }
    }

    /**
     * Takes it, if it is not there and there is room for it.
     *
     * @param minFree bytes that are to be left then
     */
    synchronized void take(long minFree) throws IOException {
        if (!Files.exists(file)) {
            FileStore store = store();
            long size = Math.min(MOST, store.getTotalSpace() / SHARE_OF_DISK);
            if (store.getUsableSpace() < minFree + 2 * size) {
                return;
            }
            fill(size);
        }
        given = false;
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(file.getParent());
    }

    private void fill(long size) throws IOException {
        byte[] chunk = new byte[CHUNK];
        // not zeros, which some file systems take no room for
        new SplittableRandom(size).nextBytes(chunk);
        boolean filled = false;
        OwnersAlone.file(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long written = 0; written < size; ) {
                written += channel.write(ByteBuffer.wrap(chunk));
            }
            filled = true;
        } finally {
            if (!filled) {
                Files.deleteIfExists(file);
            }
        }
    }
}
