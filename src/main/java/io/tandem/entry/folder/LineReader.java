package io.tandem.entry.folder;

import io.tandem.message.Problem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** NDJSON: a message a line; blank lines don't count. Not thread-safe. */
final class LineReader implements RecordReader {
    private final ByteSource source;
    private final int maxRecord;
    private long line;
    private long number;
    private boolean over;

    LineReader(ByteSource source, int maxRecord) {
        this.source = source;
        this.maxRecord = maxRecord;
    }

    @Override
    public @Nullable FileRecord next() throws IOException {
        if (line == 0) {
            source.skipByteOrderMark();
            if (source.at(0) == ByteSource.END) {
                over = true;
                line = 1;
                return FileRecord.badFile(Faults.empty());
            }
        }
        while (!over && source.at(0) != ByteSource.END) {
            line++;
            int length = source.lineLength(maxRecord + 2);
            boolean tooLong = length == maxRecord + 2 && source.at(length) != '\n';
            if (tooLong) {
                skipLine();
                return FileRecord.bad(++number, line, Faults.tooLarge("The line", maxRecord));
            }
            int end = length > 0 && source.at(length - 1) == '\r' ? length - 1 : length;
            byte[] body = isBlank(end) ? null : source.copy(0, end);
            source.skip(source.at(length) == ByteSource.END ? length : length + 1);
            if (body != null) {
                return record(body);
            }
        }
        if (number == 0 && !over) {
            over = true;
            return FileRecord.badFile(Faults.malformed("The file has blank lines only."));
        }
        return null;
    }

    private FileRecord record(byte[] body) {
        number++;
        Problem fault =
                body.length > maxRecord ? Faults.tooLarge("The line", maxRecord) : Faults.json("The line", body, true);
        return fault == null ? FileRecord.good(number, line, body) : FileRecord.bad(number, line, fault);
    }

    private boolean isBlank(int end) throws IOException {
        for (int i = 0; i < end; i++) {
            int c = source.at(i);
            if (c != ' ' && c != '\t') {
                return false;
            }
        }
        return true;
    }

    /** In constant memory, however long it is. */
    private void skipLine() throws IOException {
        while (source.at(0) != ByteSource.END) {
            int length = source.lineLength(64 * 1024);
            boolean ends = source.at(length) == '\n';
            source.skip(ends ? length + 1 : length);
            if (ends) {
                return;
            }
        }
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
