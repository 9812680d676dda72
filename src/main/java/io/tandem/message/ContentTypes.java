package io.tandem.message;

import java.util.Locale;
import java.util.Map;

/** The content types that the extensions of files stand for. */
public final class ContentTypes {
    private static final Map<String, String> BY_EXTENSION = Map.ofEntries(
            Map.entry("json", "application/json"),
            Map.entry("ndjson", "application/x-ndjson"),
            Map.entry("jsonl", "application/x-ndjson"),
            Map.entry("csv", "text/csv"),
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

    private ContentTypes() {}

    /** By the name of a whole file; {@code application/octet-stream} when its extension says nothing. */
    public static String ofFile(String name) {
        int dot = name.lastIndexOf('.');
        return ofExtension(dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /** @param extension in lower case, without the dot */
    public static String ofExtension(String extension) {
        return BY_EXTENSION.getOrDefault(extension, "application/octet-stream");
    }
}
