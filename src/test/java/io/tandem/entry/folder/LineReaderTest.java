package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.message.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private static final int MAX = 64;

    @Test
    void aMessagePerLine() throws IOException {
        List<FileRecord> records = read("{\"a\":1}\n[2]\n\"three\"\n");

        assertThat(records).extracting(Records::text).containsExactly("{\"a\":1}", "[2]", "\"three\"");
        assertThat(records).extracting(FileRecord::number).containsExactly(1L, 2L, 3L);
        assertThat(records).extracting(FileRecord::line).containsExactly(1L, 2L, 3L);
    }

    @Test
    void lineEndsByteOrderMarkAndMissingLastOneDontMatter() throws IOException {
        assertThat(read("\ufeff{\"a\":1}\r\n{\"b\":2}\r\n{\"c\":3}"))
                .extracting(Records::text)
                .containsExactly("{\"a\":1}", "{\"b\":2}", "{\"c\":3}");
    }

    @Test
    void blankLinesCountAsLinesButNotAsRecords() throws IOException {
        List<FileRecord> records = read("\n1\n \t\r\n\n2\n\n");

        assertThat(records).extracting(FileRecord::number).containsExactly(1L, 2L);
        assertThat(records).extracting(FileRecord::line).containsExactly(2L, 5L);
    }

    @Test
    void badLinesFailAloneWithTheirLineAndReason() throws IOException {
        List<FileRecord> records = read("{\"a\":1}\n{\"a\":\n\n{} {}\nnot json\n{\"b\":2}\n");

        assertThat(records).extracting(FileRecord::line).containsExactly(1L, 2L, 4L, 5L, 6L);
        assertThat(records)
                .extracting(Records::type)
                .containsExactly(
                        null, ProblemType.MALFORMED_JSON, ProblemType.MALFORMED_JSON, ProblemType.MALFORMED_JSON, null);
        assertThat(records.get(2).fault().detail())
                .startsWith("The line is not JSON: more than one document at column");
    }

    @Test
    void linesAtTheLimitPassAndLongerOnesAreSkipped() throws IOException {
        String fits = "\"" + "x".repeat(MAX - 2) + "\"";
        String over = "\"" + "x".repeat(MAX - 1) + "\"";
        String huge = "\"" + "x".repeat(3_000_000) + "\"";

        List<FileRecord> records =
                read(fits + "\n" + fits + "\r\n" + over + "\n" + over + "\r\n" + huge + "\r\n1\n" + huge);

        assertThat(records)
                .extracting(Records::type)
                .containsExactly(
                        null,
                        null,
                        ProblemType.BODY_TOO_LARGE,
                        ProblemType.BODY_TOO_LARGE,
                        ProblemType.BODY_TOO_LARGE,
                        null,
                        ProblemType.BODY_TOO_LARGE);
        assertThat(records).extracting(FileRecord::line).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void recordsThatCrossTheBufferArriveWhole() throws IOException {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            file.append("{\"n\":")
                    .append(i)
                    .append(",\"pad\":\"")
                    .append("y".repeat(i % 40))
                    .append("\"}\n");
        }

        List<FileRecord> records = read(file.toString());

        assertThat(records).hasSize(20_000).allMatch(record -> record.fault() == null);
        assertThat(Records.text(records.get(19_999))).startsWith("{\"n\":19999,");
    }

    @Test
    void emptyAndBlankFilesAreBadFiles() throws IOException {
        assertThat(read("")).singleElement().satisfies(record -> {
            assertThat(record.number()).isZero();
            assertThat(record.fault().detail()).isEqualTo("The file is empty.");
        });
        assertThat(read("\ufeff"))
                .singleElement()
                .extracting(FileRecord::number)
                .isEqualTo(0L);
        assertThat(read("\n \r\n\n"))
                .singleElement()
                .satisfies(record -> assertThat(record.fault().detail()).isEqualTo("The file has blank lines only."));
    }

    @Test
    void binaryGarbageAndUtf16AreBadRecords() throws IOException {
        byte[] garbage = new byte[2000];
        new java.util.Random(7).nextBytes(garbage);

        assertThat(Records.all(source -> new LineReader(source, MAX), garbage))
                .isNotEmpty()
                .allMatch(record -> record.fault() != null);
        assertThat(Records.all(
                        source -> new LineReader(source, MAX), "{\"a\":1}\n".getBytes(StandardCharsets.UTF_16LE)))
                .allMatch(record -> record.fault() != null);
    }

    @Test
    void invalidUtf8IsNotJson() throws IOException {
        assertThat(Records.all(source -> new LineReader(source, MAX), new byte[] {'"', (byte) 0xC3, '(', '"', '\n'}))
                .singleElement()
                .extracting(Records::type)
                .isEqualTo(ProblemType.MALFORMED_JSON);
    }

    @Test
    void smallReadsGiveTheSameRecords() throws IOException {
        byte[] file = "{\"a\":1}\r\n\n{\"b\":2}\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayInputStream byteWise = new ByteArrayInputStream(file) {
            @Override
            public synchronized int read(byte[] target, int from, int length) {
                return super.read(target, from, Math.min(1, length));
            }
        };
        try (LineReader reader = new LineReader(new ByteSource(byteWise), MAX)) {
            assertThat(Records.all(reader)).extracting(Records::text).containsExactly("{\"a\":1}", "{\"b\":2}");
        }
    }

    private static List<FileRecord> read(String file) throws IOException {
        return Records.all(source -> new LineReader(source, MAX), file.getBytes(StandardCharsets.UTF_8));
    }
}
