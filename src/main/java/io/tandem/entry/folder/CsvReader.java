package io.tandem.entry.folder;

import io.tandem.message.JsonBuffer;
import io.tandem.message.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * CSV (RFC 4180): a message a row, as a JSON object with the names of the header row, all values strings. Rows end with
 * CRLF, LF or CR; blank lines don't count. The delimiter is a comma, unless the header row has none but semicolons or
 * tabs.
 *
 * <p>A bad row fails alone. After a misplaced or unclosed quote, reading goes on with the line below the one where the
 * row starts: a stray quote must not swallow the rows behind it. A row that is larger than the limit, though, is skipped
 * up to where its quotes end, as its lines could be taken for rows that they are not. That recovery, row by row and in
 * bounded memory, is why this is no library's parser: those give up the file, or read on from the middle of a row.
 *
 * <p>Not thread-safe.
 */
final class CsvReader implements RecordReader {
    private final ByteSource source;
    private final int maxRecord;
    private final CsvRow row;

    /** Names of the columns, as JSON with the colon; empty before the header row is read. */
    private List<byte[]> names = List.of();

    /** What a row is longer by as JSON, at least. */
    private int longer;

    private long line = 1;
    private long number;
    private boolean started;
    private boolean over;

    CsvReader(ByteSource source, int maxRecord) {
        this.source = source;
        this.maxRecord = maxRecord;
        this.row = new CsvRow(source, maxRecord);
    }

    @Override
    public @Nullable FileRecord next() throws IOException {
        if (!started) {
            started = true;
            Problem fault = readHeader();
            if (fault != null) {
                over = true;
                return FileRecord.badFile(fault);
            }
        }
        while (!over && source.at(0) != ByteSource.END) {
            long start = line;
            CsvRow.Scan scan = row.scan();
            if (scan == CsvRow.Scan.BLANK) {
                line += row.consume();
            } else {
                number++;
                return scan == CsvRow.Scan.ROW ? record(start) : bad(start, scan);
            }
        }
        return null;
    }

    private @Nullable Problem readHeader() throws IOException {
        source.skipByteOrderMark();
        if (source.at(0) == ByteSource.END) {
            return Faults.empty();
        }
        if (source.at(0) >= 0xFE || source.at(0) == 0 || source.at(1) == 0) {
            return Faults.malformed("The file is not text in UTF-8.");
        }
        CsvRow.Scan scan = CsvRow.Scan.BLANK;
        while (scan == CsvRow.Scan.BLANK && source.at(0) != ByteSource.END) {
            row.detectDelimiter();
            scan = row.scan();
            if (scan == CsvRow.Scan.BLANK) {
                line += row.consume();
            }
        }
        if (scan != CsvRow.Scan.ROW) {
            return scan == CsvRow.Scan.TOO_LARGE
                    ? Faults.tooLarge("The header row", maxRecord)
                    : Faults.malformed(
                            scan == CsvRow.Scan.BLANK ? "The file has blank lines only." : headerFault(scan));
        }
        List<byte[]> columns = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (int i = 0; i < row.fields(); i++) {
            String name = text(i);
            if (name == null) {
                return Faults.malformed("The header row is not text in UTF-8.");
            }
            if (name.isBlank()) {
                return Faults.malformed("Column " + (i + 1) + " has no name in the header row.");
            }
            if (!known.add(name)) {
                return Faults.malformed("Column " + (i + 1) + " has a name that another column has in the header row.");
            }
            byte[] column = new JsonBuffer(name.length() + 8).name(name).toByteArray();
            longer += column.length + 3;
            columns.add(column);
        }
        names = List.copyOf(columns);
        line += row.consume();
        return null;
    }

    private String headerFault(CsvRow.Scan scan) {
        return "In the header row, " + describe(scan);
    }

    private FileRecord record(long start) throws IOException {
        Problem fault = null;
        byte[] body = new byte[0];
        if (row.fields() != names.size()) {
            fault = Faults.malformed(
                    "The row has " + count(row.fields(), "field") + ", the header row " + names.size() + ".");
        } else {
            JsonBuffer json = new JsonBuffer(row.length() + longer).raw('{');
            for (int i = 0; i < names.size() && fault == null; i++) {
                String value = text(i);
                if (value == null) {
                    fault = Faults.malformed("Field " + (i + 1) + " of the row is not text in UTF-8.");
                } else {
                    json.raw(i == 0 ? "" : ",").raw(names.get(i)).string(value);
                }
            }
            body = json.raw('}').toByteArray();
        }
        line += row.consume();
        return fault == null ? FileRecord.good(number, start, body) : FileRecord.bad(number, start, fault);
    }

    private FileRecord bad(long start, CsvRow.Scan scan) throws IOException {
        if (scan == CsvRow.Scan.TOO_LARGE) {
            line += row.consumeLarge();
            return FileRecord.bad(number, start, Faults.tooLarge("The row", maxRecord));
        }
        Problem fault = Faults.malformed("In the row, " + describe(scan));
        line += row.consumeLine();
        return FileRecord.bad(number, start, fault);
    }

    private String describe(CsvRow.Scan scan) {
        String field = "field " + (row.fields() + 1);
        return switch (scan) {
            case UNCLOSED_QUOTE -> "the quote that opens " + field + " is never closed.";
            case TEXT_BEHIND_QUOTE -> field + " goes on behind its closing quote; quotes inside are written twice.";
            default -> field + " has a quote inside, but none around it.";
        };
    }

    private static String count(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    /** The value of a field, or null when it is not UTF-8. */
    private @Nullable String text(int field) {
        String value = Utf8.decode(row.field(field));
        return value != null && row.hasDoubledQuotes(field) ? value.replace("\"\"", "\"") : value;
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
