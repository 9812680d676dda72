package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file in the making, under a hidden name until it is complete and on disk. What is added is kept until it is
 * written, so after an {@link IOException} (disk full) the same call may be made again, and nothing is lost or doubled.
 * Not thread-safe.
 */
final class PendingFile {
    private static final int BUFFER = 64 * 1024;

    private final Path part;
    private final FileChannel channel;
    private byte[] buffer = new byte[BUFFER];
    private int size;
    private long position;

    @Nullable
    private Path published;

    PendingFile(Path part) throws IOException {
        this.part = part;
        this.channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Adds bytes in memory; {@link #flushIfFull} bounds what is there. */
    void add(byte[] bytes, int from, int length) {
        if (buffer.length - size < length) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, length), 2 * buffer.length));
        }
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }

    void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    void flushIfFull() throws IOException {
        if (size >= BUFFER) {
            flush();
        }
    }

    private void flush() throws IOException {
        ByteBuffer unwritten = ByteBuffer.wrap(buffer, 0, size);
        try {
            while (unwritten.hasRemaining()) {
                position += channel.write(unwritten, position);
            }
        } finally {
            System.arraycopy(buffer, unwritten.position(), buffer, 0, unwritten.remaining());
            size = unwritten.remaining();
        }
        if (buffer.length > 4 * BUFFER) {
            buffer = new byte[BUFFER];
        }
    }

    /**
     * Brings it to the disk, and only then to its name; does nothing the second time.
     *
     * @param over whether what has that name already is to go; else it gets a number
     */
    void publish(Path folder, String name, boolean over) throws IOException {
        if (published == null) {
            if (channel.isOpen()) {
                flush();
                channel.force(true);
                channel.close();
            }
            published = over ? DiskFiles.moveOver(part, folder, name) : DiskFiles.moveToFree(part, folder, name);
        }
    }

    /** Forgets it; what is published stays. */
    void discard() throws IOException {
        channel.close();
        if (published == null) {
            Files.deleteIfExists(part);
        }
    }
}
