package io.tandem.entry.folder;

import java.io.IOException;
import java.util.Arrays;

/** Finds the fields of the row at the mark of a source. Not thread-safe. */
final class CsvRow {
    /** What was found at the mark. */
    enum Scan {
        ROW,
        BLANK,
        UNCLOSED_QUOTE,
        TEXT_BEHIND_QUOTE,
        QUOTE_INSIDE,
        TOO_LARGE
    }

    private final ByteSource source;
    private final int max;
    private int delimiter = ',';

    private int fields;
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private boolean[] doubled = new boolean[16];
    private int length;
    private int lineBreaks;
    private boolean quoteOpen;

    CsvRow(ByteSource source, int max) {
        this.source = source;
        this.max = max;
    }

    /** Looks at the header row for the delimiter of the file. */
    void detectDelimiter() throws IOException {
        int commas = 0;
        int semicolons = 0;
        int tabs = 0;
        boolean quoted = false;
        for (int i = 0; i < max; i++) {
            int c = source.at(i);
            if (c == ByteSource.END || (!quoted && isLineBreak(c))) {
                break;
            }
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                commas += c == ',' ? 1 : 0;
                semicolons += c == ';' ? 1 : 0;
                tabs += c == '\t' ? 1 : 0;
            }
        }
        if (commas == 0 && semicolons + tabs > 0) {
            delimiter = semicolons >= tabs ? ';' : '\t';
        }
    }

    /** Finds the row that starts at the mark, which stays where it is. */
    Scan scan() throws IOException {
        fields = 0;
        lineBreaks = 0;
        quoteOpen = false;
        int i = 0;
        while (true) {
            if (i > max) {
                length = i;
                return Scan.TOO_LARGE;
            }
            int start = i;
            boolean quoted = source.at(i) == '"';
            boolean twice = false;
            if (quoted) {
                start = ++i;
                quoteOpen = true;
                while (quoteOpen) {
                    int c = source.at(i);
                    if (c == ByteSource.END) {
                        return Scan.UNCLOSED_QUOTE;
                    } else if (i > max) {
                        length = i;
                        return Scan.TOO_LARGE;
                    } else if (c != '"') {
                        lineBreaks += endsLine(c, i) ? 1 : 0;
                        i++;
                    } else if (source.at(i + 1) == '"') {
                        twice = true;
                        i += 2;
                    } else {
                        quoteOpen = false;
                    }
                }
            } else {
                for (int c = source.at(i); c != delimiter && c != ByteSource.END && !isLineBreak(c); c = source.at(i)) {
                    if (c == '"') {
                        return Scan.QUOTE_INSIDE;
                    }
                    if (i > max) {
                        length = i;
                        return Scan.TOO_LARGE;
                    }
                    i++;
                }
            }
            int end = i;
            int c = source.at(quoted ? ++i : i);
            if (c != delimiter && c != ByteSource.END && !isLineBreak(c)) {
                return Scan.TEXT_BEHIND_QUOTE;
            }
            add(start, end, twice);
            if (c != delimiter) {
                length = i;
                return i > max ? Scan.TOO_LARGE : isBlank() ? Scan.BLANK : Scan.ROW;
            }
            i++;
        }
    }

    private void add(int start, int end, boolean twice) {
        if (fields == starts.length) {
            starts = Arrays.copyOf(starts, 2 * fields);
            ends = Arrays.copyOf(ends, 2 * fields);
            doubled = Arrays.copyOf(doubled, 2 * fields);
        }
        starts[fields] = start;
        ends[fields] = end;
        doubled[fields] = twice;
        fields++;
    }

    private boolean isBlank() throws IOException {
        for (int i = 0; i < length; i++) {
            int c = source.at(i);
            if (c != ' ' && (c != '\t' || delimiter == '\t')) {
                return false;
            }
        }
        return true;
    }

    /** Fields of the last scan. */
    int fields() {
        return fields;
    }

    /** Bytes of the row, without its line break. */
    int length() {
        return length;
    }

    byte[] field(int index) {
        return source.copy(starts[index], ends[index]);
    }

    boolean hasDoubledQuotes(int index) {
        return doubled[index];
    }

    /**
     * Moves the mark behind the row and its line break.
     *
     * @return lines passed
     */
    int consume() throws IOException {
        source.skip(length);
        return lineBreaks + consumeLineBreak();
    }

    /** Moves the mark behind the first line of the row, which was scanned. Returns the lines passed. */
    int consumeLine() throws IOException {
        while (source.at(0) != ByteSource.END && !isLineBreak(source.at(0))) {
            source.skip(1);
        }
        return consumeLineBreak();
    }

    /** Moves the mark behind a row that is too large, in constant memory. Returns the lines passed. */
    int consumeLarge() throws IOException {
        int lines = lineBreaks;
        boolean quoted = quoteOpen;
        // a quote opens a field, or goes on with it when it is the second of two; elsewhere it means nothing
        boolean mayOpen = !quoted && source.at(length - 1) == delimiter;
        source.skip(length);
        for (int c = source.at(0); c != ByteSource.END && (quoted || !isLineBreak(c)); c = source.at(0)) {
            lines += endsLine(c, 0) ? 1 : 0;
            if (quoted) {
                quoted = c != '"';
                mayOpen = !quoted;
            } else {
                quoted = c == '"' && mayOpen;
                mayOpen = c == delimiter;
            }
            source.skip(1);
        }
        return lines + consumeLineBreak();
    }

    private int consumeLineBreak() throws IOException {
        int c = source.at(0);
        if (c == ByteSource.END) {
            return 0;
        }
        source.skip(c == '\r' && source.at(1) == '\n' ? 2 : 1);
        return 1;
    }

    private boolean endsLine(int c, int offset) throws IOException {
        return c == '\n' || (c == '\r' && source.at(offset + 1) != '\n');
    }

    private static boolean isLineBreak(int c) {
        return c == '\n' || c == '\r';
    }
}
