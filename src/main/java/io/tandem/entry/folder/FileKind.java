package io.tandem.entry.folder;

import io.tandem.message.ContentTypes;
import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How a file is split into messages, which its extension tells. Immutable.
 *
 * @param contentType of each message
 */
record FileKind(Split split, String contentType) {
    /** Where a message ends. */
    enum Split {
        /** With the file. */
        FILE,
        /** With the line. */
        LINE,
        /** With the row, which may have line breaks between quotes. */
        ROW
    }

    private static final String JSON = "application/json";

    static FileKind of(String name) {
        String extension = FileNames.extension(name);
        return switch (extension) {
            case "ndjson", "jsonl" -> new FileKind(Split.LINE, JSON);
            case "csv" -> new FileKind(Split.ROW, JSON);
            default -> new FileKind(Split.FILE, ContentTypes.ofExtension(extension));
        };
    }

    /** Whether the file is one message, and its reply one document. */
    boolean isOneMessage() {
        return split == Split.FILE;
    }

    /** The extension of the reply file. */
    String replySuffix() {
        return isOneMessage() ? ".reply.json" : ".reply.ndjson";
    }

    /** @param maxRecord bytes of a record beyond which it is refused */
    RecordReader open(Path file, int maxRecord) throws IOException {
        ByteSource source = ByteSource.open(file);
        return switch (split) {
            case FILE -> new WholeFileReader(source, maxRecord, ReplyBody.isJson(contentType));
            case LINE -> new LineReader(source, maxRecord);
            case ROW -> new CsvReader(source, maxRecord);
        };
    }
}
