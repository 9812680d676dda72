package io.tandem.entry.folder;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one file one after the other, in memory that does not grow with the file. The same file gives
 * the same records with the same numbers each time. Not thread-safe.
 */
interface RecordReader extends Closeable {

    /**
     * The next record, good or bad, or null behind the last.
     *
     * @throws IOException when the file can't be read on
     */
    @Nullable
    FileRecord next() throws IOException;

    /** Bytes of the file up to the end of the last record. */
    long position();
}
