package io.tandem.entry.folder;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a file in large pieces, and lets one look ahead from a mark as far as one dares: memory grows with the distance
 * looked, not with the file. Not thread-safe.
 */
final class ByteSource implements Closeable {
    static final int END = -1;

    private static final int CHUNK = 128 * 1024;

    private final InputStream in;
    private byte[] buffer = new byte[CHUNK];
    private int mark;
    private long position;
    private int limit;
    private boolean ended;

    ByteSource(InputStream in) {
        this.in = in;
    }

    static ByteSource open(Path file) throws IOException {
        return new ByteSource(Files.newInputStream(file));
    }

    /** The byte that far behind the mark (0 to 255), or {@link #END}. */
    int at(int offset) throws IOException {
        while (mark + offset >= limit) {
            if (!fill()) {
                return END;
            }
        }
        return buffer[mark + offset] & 0xff;
    }

    /** How many bytes there are before the next line feed, or before the end; looks at no more than {@code max}. */
    int lineLength(int max) throws IOException {
        int length = 0;
        while (length < max) {
            if (mark + length >= limit && !fill()) {
                return length;
            }
            int stop = Math.min(limit, mark + max);
            for (int i = mark + length; i < stop; i++) {
                if (buffer[i] == '\n') {
                    return i - mark;
                }
            }
            length = stop - mark;
        }
        return max;
    }

    /** The bytes between two distances from the mark, which must have been looked at. */
    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(buffer, mark + from, mark + to);
    }

    /** Moves the mark over bytes that have been looked at. */
    void skip(int bytes) {
        mark += bytes;
        position += bytes;
    }

    /** How many bytes of the file are before the mark. */
    long position() {
        return position;
    }

    /** Moves the mark over an UTF-8 byte order mark, if there is one. */
    void skipByteOrderMark() throws IOException {
        if (at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF) {
            skip(3);
        }
    }

    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (limit == buffer.length) {
            int kept = limit - mark;
            // double when one record fills it; back to normal behind a large one
            int size = kept > buffer.length / 2 ? 2 * buffer.length : kept <= CHUNK / 2 ? CHUNK : buffer.length;
            byte[] target = size == buffer.length ? buffer : new byte[size];
            System.arraycopy(buffer, mark, target, 0, kept);
            buffer = target;
            mark = 0;
            limit = kept;
        }
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read < 0) {
            ended = true;
            return false;
        }
        limit += read;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
