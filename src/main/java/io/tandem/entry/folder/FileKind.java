package io.tandem.entry.folder;

import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

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

    private static final Map<String, String> CONTENT_TYPES = Map.ofEntries(
            Map.entry("json", JSON),
            Map.entry("geojson", "application/geo+json"),
            Map.entry("jsonld", "application/ld+json"),
            Map.entry("xml", "application/xml"),
            Map.entry("yaml", "application/yaml"),
            Map.entry("yml", "application/yaml"),
            Map.entry("txt", "text/plain"),
            Map.entry("html", "text/html"),
            Map.entry("md", "text/markdown"),
            Map.entry("tsv", "text/tab-separated-values"),
            Map.entry("edi", "application/edi-x12"),
            Map.entry("edifact", "application/edifact"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("tiff", "image/tiff"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("doc", "application/msword"),
            Map.entry("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            Map.entry("xls", "application/vnd.ms-excel"),
            Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"));

    static FileKind of(String name) {
        String extension = FileNames.extension(name);
        return switch (extension) {
            case "ndjson", "jsonl" -> new FileKind(Split.LINE, JSON);
            case "csv" -> new FileKind(Split.ROW, JSON);
            default -> new FileKind(Split.FILE, CONTENT_TYPES.getOrDefault(extension, "application/octet-stream"));
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
