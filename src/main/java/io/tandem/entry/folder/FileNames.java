package io.tandem.entry.folder;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What is done with the names of files, which come from outside. */
final class FileNames {
    /** File systems allow 255; this leaves room for a number and for {@code .retry.ndjson} and its like. */
    private static final int MAX_BYTES = 200;

    /** The end of the names of files that hold undelivered records. */
    static final String RETRY_SUFFIX = ".retry.ndjson";

    private FileNames() {}

    /** Whether its records are known to the journal, and undelivered somewhere. */
    static boolean isRetry(String name) {
        int length = RETRY_SUFFIX.length();
        return name.regionMatches(true, name.length() - length, RETRY_SUFFIX, 0, length);
    }

    /** {@code orders.csv}, {@code orders-2.csv}, {@code orders-3.csv}… */
    static String numbered(String name, int number) {
        if (number == 1) {
            return name;
        }
        int dot = stem(name);
        return name.substring(0, dot) + "-" + number + name.substring(dot);
    }

    /** The name, cut in the middle when other names could not be made from it. */
    static String shortened(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            return name;
        }
        int dot = stem(name);
        String extension = name.substring(dot);
        if (extension.length() > 16) {
            extension = "";
        }
        StringBuilder stem = new StringBuilder();
        int bytes = extension.getBytes(StandardCharsets.UTF_8).length;
        for (int codePoint : name.substring(0, dot).codePoints().toArray()) {
            String next = Character.toString(codePoint);
            bytes += next.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                break;
            }
            stem.append(next);
        }
        return stem + extension;
    }

    /** Lower case, without the dot; empty when there is none. */
    static String extension(String name) {
        int dot = dot(name);
        return dot == name.length() ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** For logs: a line break in a name would let whoever made the name write lines of their own. */
    static String printable(String name) {
        StringBuilder out = new StringBuilder(name.length());
        name.codePoints()
                .forEach(c -> out.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return out.toString();
    }

    /** Where that part of the name ends that says nothing of what is in the file. */
    private static int stem(String name) {
        return isRetry(name) && name.length() > RETRY_SUFFIX.length()
                ? name.length() - RETRY_SUFFIX.length()
                : dot(name);
    }

    /** Where the extension starts, or the end of the name. */
    private static int dot(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name.length() : dot;
    }
}
