package io.tandem.entry.folder;

import io.tandem.message.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What tests ask readers and records. */
final class Records {
    private Records() {}

    static List<FileRecord> all(Function<ByteSource, RecordReader> open, byte[] file) throws IOException {
        try (RecordReader reader = open.apply(new ByteSource(new ByteArrayInputStream(file)))) {
            return all(reader);
        }
    }

    static List<FileRecord> all(RecordReader reader) throws IOException {
        List<FileRecord> records = new ArrayList<>();
        for (FileRecord record = reader.next(); record != null; record = reader.next()) {
            records.add(record);
        }
        return records;
    }

    /** The body, or what is wrong. */
    static String text(FileRecord record) {
        return record.body() == null ? record.fault().detail() : new String(record.body(), StandardCharsets.UTF_8);
    }

    static ProblemType type(FileRecord record) {
        return record.fault() == null ? null : record.fault().type();
    }
}
