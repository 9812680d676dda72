package io.tandem.entry.folder;

import io.tandem.message.Problem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One message: all of the file. Not thread-safe. */
final class WholeFileReader implements RecordReader {
    private final ByteSource source;
    private final int maxRecord;
    private final boolean json;
    private boolean read;

    WholeFileReader(ByteSource source, int maxRecord, boolean json) {
        this.source = source;
        this.maxRecord = maxRecord;
        this.json = json;
    }

    @Override
    public @Nullable FileRecord next() throws IOException {
        if (read) {
            return null;
        }
        read = true;
        if (json) {
            // RFC 8259 §8.1 forbids to send one
            source.skipByteOrderMark();
        }
        if (source.at(0) == ByteSource.END) {
            return FileRecord.badFile(Faults.empty());
        }
        if (source.at(maxRecord) != ByteSource.END) {
            return FileRecord.bad(1, 1, Faults.tooLarge("The file", maxRecord));
        }
        int size = 0;
        while (source.at(size) != ByteSource.END) {
            size++;
        }
        byte[] body = source.copy(0, size);
        Problem fault = json ? Faults.json("The file", body, false) : null;
        return fault == null ? FileRecord.good(1, 1, body) : FileRecord.bad(1, 1, fault);
    }

    @Override
    public long position() {
        return source.position();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
