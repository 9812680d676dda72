package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tandem.message.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {
    private static final int MAX = 100;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments("plain", "a,b\n1,2\n", List.of("a", "1", "b", "2")),
                arguments("no last line end", "a,b\n1,2", List.of("a", "1", "b", "2")),
                arguments("CRLF", "a,b\r\n1,2\r\n", List.of("a", "1", "b", "2")),
                arguments("CR", "a,b\r1,2\r", List.of("a", "1", "b", "2")),
                arguments("byte order mark", "\ufeffa,b\n1,2\n", List.of("a", "1", "b", "2")),
                arguments("byte order mark, quoted", "\ufeff\"a\",b\n1,2\n", List.of("a", "1", "b", "2")),
                arguments("quoted", "\"a\",\"b\"\n\"1\",\"2\"\n", List.of("a", "1", "b", "2")),
                arguments("comma in quotes", "a,b\n\"1,5\",2\n", List.of("a", "1,5", "b", "2")),
                arguments("line break in quotes", "a,b\n\"1\n5\",2\n", List.of("a", "1\n5", "b", "2")),
                arguments("CRLF in quotes", "a,b\r\n\"1\r\n5\",2\r\n", List.of("a", "1\r\n5", "b", "2")),
                arguments("doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", List.of("a", "say \"hi\"", "b", "2")),
                arguments("only a quote", "a,b\n\"\"\"\",2\n", List.of("a", "\"", "b", "2")),
                arguments("empty fields", "a,b\n,\n", List.of("a", "", "b", "")),
                arguments("empty quoted field", "a,b\n\"\",2\n", List.of("a", "", "b", "2")),
                arguments("blanks belong to the field", "a,b\n 1 , 2\n", List.of("a", " 1 ", "b", " 2")),
                arguments("blank lines", "a,b\n\n  \n1,2\n\n", List.of("a", "1", "b", "2")),
                arguments("blank lines first", "\n\na,b\n1,2\n", List.of("a", "1", "b", "2")),
                arguments("line break in the header", "\"a\nx\",b\n1,2\n", List.of("a\nx", "1", "b", "2")),
                arguments("one column", "a\n1\n", List.of("a", "1")),
                arguments("one column, empty, quoted", "a\n\"\"\n", List.of("a", "")),
                arguments("semicolons", "a;b\n1,5;2\n", List.of("a", "1,5", "b", "2")),
                arguments("tabs", "a\tb\n1;5\t2\n", List.of("a", "1;5", "b", "2")),
                arguments("empty tabbed fields", "a\tb\n\t\n", List.of("a", "", "b", "")),
                arguments("commas rule", "a,b;c\n1,2;3\n", List.of("a", "1", "b;c", "2;3")),
                arguments("quoted comma in the header", "\"a,x\";b\n1;2\n", List.of("a,x", "1", "b", "2")),
                arguments("other scripts", "größe,名\nß,🚲\n", List.of("größe", "ß", "名", "🚲")),
                arguments("control characters", "a,b\n\u0001,2\n", List.of("a", "\u0001", "b", "2")),
                arguments("backslashes are text", "a,b\n\\n,2\n", List.of("a", "\\n", "b", "2")),
                arguments("numbers stay as written", "a,b\n007,1e5\n", List.of("a", "007", "b", "1e5")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aRowIsAnObject(String what, String file, List<String> namesAndValues) throws IOException {
        ObjectNode expected = MAPPER.createObjectNode();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            expected.put(namesAndValues.get(i), namesAndValues.get(i + 1));
        }

        assertThat(read(file)).as(what).singleElement().satisfies(record -> {
            assertThat(MAPPER.readTree(Records.text(record))).isEqualTo(expected);
            assertThat(record.number()).isEqualTo(1);
        });
    }

    @Test
    void columnsKeepTheirOrder() throws IOException {
        assertThat(read("z,a,m\n1,2,3\n"))
                .extracting(Records::text)
                .containsExactly("{\"z\":\"1\",\"a\":\"2\",\"m\":\"3\"}");
    }

    @Test
    void badRowsFailAloneWithTheirLineAndReason() throws IOException {
        List<FileRecord> records = read("a,b\n1,2\n3\n4,5,6\n\"x\ny\",8\n9,1\"0\n\"1\"1,12\n13,14\n");

        assertThat(records)
                .extracting(Records::text)
                .containsExactly(
                        "{\"a\":\"1\",\"b\":\"2\"}",
                        "The row has 1 field, the header row 2.",
                        "The row has 3 fields, the header row 2.",
                        "{\"a\":\"x\\ny\",\"b\":\"8\"}",
                        "In the row, field 2 has a quote inside, but none around it.",
                        "In the row, field 1 goes on behind its closing quote; quotes inside are written twice.",
                        "{\"a\":\"13\",\"b\":\"14\"}");
        assertThat(records).extracting(FileRecord::line).containsExactly(2L, 3L, 4L, 5L, 7L, 8L, 9L);
        assertThat(records).extracting(FileRecord::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void aQuoteThatIsNeverClosedCostsItsOwnRowOnly() throws IOException {
        List<FileRecord> records = read("a,b\n1,2\n3,\"4\n5,6\n7,8\n");

        assertThat(records)
                .extracting(Records::text)
                .containsExactly(
                        "{\"a\":\"1\",\"b\":\"2\"}",
                        "In the row, the quote that opens field 2 is never closed.",
                        "{\"a\":\"5\",\"b\":\"6\"}",
                        "{\"a\":\"7\",\"b\":\"8\"}");
    }

    @Test
    void aQuoteThatMeetsTheNextOneCostsItsOwnRowOnly() throws IOException {
        List<FileRecord> records = read("a,b\n1,\"2\n3,\"4\"\n");

        assertThat(records).extracting(Records::type).containsExactly(ProblemType.MALFORMED_RECORD, null);
        assertThat(records).extracting(FileRecord::line).containsExactly(2L, 3L);
    }

    @Test
    void rowsThatAreTooLargeAreSkippedWhole() throws IOException {
        String quoted = "\"" + "x,y\n\"\"".repeat(200_000) + "\",2\n";
        String plain = "1,ab\"\"c" + "z".repeat(500_000) + "\n";

        List<FileRecord> records = read("a,b\n" + quoted + "3,4\n" + plain + "5,6\n");

        assertThat(records)
                .extracting(Records::type)
                .containsExactly(ProblemType.BODY_TOO_LARGE, null, ProblemType.MALFORMED_RECORD, null);
        assertThat(records).extracting(FileRecord::line).containsExactly(2L, 200_003L, 200_004L, 200_005L);
    }

    /** Such rows would otherwise be kept in memory as a whole. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "x", "\"x\""})
    void aRowIsTooLargeBeforeItIsReadToItsEndWhateverItsFields(String field) throws IOException {
        String start = (field + ",").repeat(100_000);
        InputStream file = new SequenceInputStream(
                new ByteArrayInputStream(start.getBytes(StandardCharsets.UTF_8)), new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("read beyond what is needed");
                    }
                });

        assertThat(new CsvRow(new ByteSource(file), MAX).scan()).isEqualTo(CsvRow.Scan.TOO_LARGE);
    }

    @Test
    void rowsBehindOneOfEmptyFieldsAloneAreRead() throws IOException {
        List<FileRecord> records = read("a,b\n" + ",".repeat(MAX + 10) + "\n3,4\n" + "\"\",".repeat(MAX) + "\n5,6\n");

        assertThat(records).hasSize(4);
        assertThat(records.get(0).fault()).isNotNull();
        assertThat(new String(records.get(1).body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"3\",\"b\":\"4\"}");
        assertThat(records.get(2).fault()).isNotNull();
        assertThat(new String(records.get(3).body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"5\",\"b\":\"6\"}");
    }

    @Test
    void aQuoteInTheMiddleOfALargeFieldIsNoQuote() throws IOException {
        String large = "1," + "z".repeat(MAX + 10) + "\"\"zz\"\n";

        List<FileRecord> records = read("a,b\n" + large + "3,4\n");

        assertThat(records).extracting(Records::type).containsExactly(ProblemType.BODY_TOO_LARGE, null);
    }

    @Test
    void rowsAtTheLimitPass() throws IOException {
        assertThat(read("a,b\n1," + "x".repeat(MAX - 2) + "\n1," + "x".repeat(MAX - 1) + "\n"))
                .extracting(Records::type)
                .containsExactly(null, ProblemType.BODY_TOO_LARGE);
    }

    @Test
    void aFieldThatIsNotUtf8FailsAlone() throws IOException {
        byte[] file = "a,b\nd\u00e9j\u00e0,1\n2,3\n".getBytes(StandardCharsets.ISO_8859_1);

        List<FileRecord> records = Records.all(source -> new CsvReader(source, MAX), file);

        assertThat(records)
                .extracting(Records::text)
                .containsExactly("Field 1 of the row is not text in UTF-8.", "{\"a\":\"2\",\"b\":\"3\"}");
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                arguments("", "The file is empty."),
                arguments("\ufeff", "The file is empty."),
                arguments("\n \r\n", "The file has blank lines only."),
                arguments("a,b,a\n1,2,3", "Column 3 has a name that another column has in the header row."),
                arguments("a,,c\n1,2,3", "Column 2 has no name in the header row."),
                arguments("a,\"b\n1,2", "In the header row, the quote that opens field 2 is never closed."),
                arguments("a\"b\n1", "In the header row, field 1 has a quote inside, but none around it."),
                arguments(
                        "a,".repeat(MAX) + "b\n1",
                        "The header row is larger than 100 bytes, the most that is taken (tandem.inbox.max-record)."));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("badHeaders")
    void aBadHeaderMakesABadFile(String file, String reason) throws IOException {
        assertThat(read(file)).singleElement().satisfies(record -> {
            assertThat(Records.text(record)).isEqualTo(reason);
            assertThat(record.number()).isZero();
        });
    }

    @Test
    void aHeaderAloneHasNoRecords() throws IOException {
        assertThat(read("a,b\n")).isEmpty();
    }

    @Test
    void utf16AndGarbageAreBadFiles() throws IOException {
        byte[] garbage = new byte[5000];
        new java.util.Random(11).nextBytes(garbage);

        assertThat(Records.all(source -> new CsvReader(source, MAX), "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16)))
                .singleElement()
                .extracting(Records::text)
                .isEqualTo("The file is not text in UTF-8.");
        assertThat(Records.all(source -> new CsvReader(source, MAX), garbage))
                .allMatch(record -> record.fault() != null);
    }

    private static List<FileRecord> read(String file) throws IOException {
        return Records.all(source -> new CsvReader(source, MAX), file.getBytes(StandardCharsets.UTF_8));
    }
}
