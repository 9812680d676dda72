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
 * Some room on a disk that is short of it, held by a file that means nothing: when the disk is full it is given up, so
 * that the log can be folded into the database, and what has happened already can be written. Thread-safe.
 */
final class SqliteReserve {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");
    private static final long MOST = 16 << 20;
    private static final int SHARE_OF_DISK = 16;
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private volatile boolean given;
    private volatile long size = MOST;
    private boolean held;

    SqliteReserve(Path file) {
        this.file = file;
        this.held = Files.exists(file);
    }

    /** Whether the disk was full, and has not had room for the reserve since. */
    boolean isGiven() {
        return given;
    }

    /** Bytes of what it holds, when it does. */
    long size() {
        return size;
    }

    /** Gives it up; also tells that the disk is full, when there was none to give up. */
    synchronized void give() {
        given = true;
        drop();
    }

    /** Before the journal is open: gives it up if less than that is left. */
    synchronized void giveIfFull() {
        try {
            if (held && store().getUsableSpace() < Files.size(file)) {
                give();
            }
        } catch (IOException e) {
            LOG.debug("{} can't be looked at", file, e);
        }
    }

    /**
     * Takes it when it is needed and there is room for it, and some more, lest it be given up at once; lets go of it when
     * it is not needed.
     *
     * @param needed whether room is short
     */
    synchronized void keep(boolean needed) throws IOException {
        if (!needed) {
            drop();
            given = false;
        } else if (!held) {
            FileStore store = store();
            size = Math.min(MOST, store.getTotalSpace() / SHARE_OF_DISK);
            if (store.getUsableSpace() >= 2 * size) {
                fill();
                held = true;
                given = false;
            }
        }
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(file.getParent());
    }

    private void drop() {
        if (held) {
            try {
                Files.deleteIfExists(file);
                held = false;
            } catch (IOException e) {
                LOG.debug("{} can't be given up", file, e);
            }
        }
    }

    private void fill() throws IOException {
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
