package io.tandem.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in case files, each told with its line. */
class CaseReaderTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "request: {boddy: 1} | 1 | 'boddy' is not known here: did you mean 'body'?",
                "request: {body: 1};expct: {status: 200} | 2 | 'expct' is not known here: did you mean 'expect'?",
                "request: {body: 1};targets:;  crm:;    reply: {fault: slow} | 4 | 'fault' must be one of refused, timeout,"
                        + " reset, empty, cut-off, garbage",
                "request: {body: 1};targets:;  crm:;    reply: {delay: 3} | 4 | this is no duration",
                "request: {body: 1};targets:;  crm:;    reply: [{fault: refused}, {}] | 4 | 'refused' can't be one of several",
                "request: {body: 1};targets:;  crm: {received: [{count: 2}]} | 3 | 'count' can't stand in a list",
                "request: {body: 1};expect: {status: abc} | 2 | 'status' must be a number from 100 to 599",
                "request: {body: 1};expect: {body: {id: '@uid'}} | 2 | there is no matcher '@uid': expected one of @any",
                "request: {body: 1};expect: {body: {id: '@regex:('}} | 2 | '@regex:(' has a bad regular expression",
                "request: {body: 1};expect: {match: some} | 2 | 'match' must be exact or subset",
                "request: {body: 1};expect: {in: done} | 2 | 'in' is expected of a 'file' only",
                "request: {bodyFile: no.json} | 1 | the file 'no.json' can't be read: no such file",
                "file: {name: a.csv, body: x};expect: {status: 200} | 2 | 'status' is expected of a 'request' only",
                "file: {name: a.csv} | 1 | 'file' needs a 'name' and a 'body', or a 'bodyFile'",
                "file: {name: ../a.csv, body: x} | 1 | '../a.csv' is no name of a file that is taken",
                "expect: {status: 200} | 1 | a case needs either 'request' or 'file'",
                "steps: [] | 1 | 'steps' needs at least one",
                "steps:;  - request: {body: 1};  - expect: {status: 200} | 3 | a step needs either 'request' or 'file'",
                "steps: [{request: {body: 1}}];expect: {status: 200} | 2 | 'expect' belongs into a step",
                "steps:;  - {request: {body: 1}, targets: {crm: {reply: {fault: refused}}}};  - {request: {body: 1}, targets:"
                        + " {crm: {reply: {status: 200}}}} | 2 | the target 'crm' refuses in one step and answers in another",
                "request: {body: 1};request: {body: 2} | 2 | 'request' is there twice",
                "request: [ | 1 | this is not YAML",
                "[1] | 1 | the case must be an object",
                "# nothing | 1 | the file is empty",
            })
    void mistakeIsToldWithItsLine(String lines, int line, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.case.yaml"), lines.replace(";", "\n"));

        CaseFiles files = CaseFiles.read(folder, name -> true);

        assertThat(files.cases()).isEmpty();
        assertThat(files.faults())
                .extracting(Fault::line)
                .singleElement()
                .asString()
                .startsWith(file + ":" + line + ": " + reason);
    }

    @Test
    void casesAreFoundInSubfoldersByTheirNames() throws IOException {
        Files.createDirectories(folder.resolve("orders/node_modules/x"));
        Files.writeString(folder.resolve("b.case.yml"), "request: {body: 1}");
        Files.writeString(folder.resolve("orders/a.case.json"), "{\"request\":{\"body\":1}}");
        Files.writeString(folder.resolve("orders/other.yaml"), "no: case");
        Files.writeString(folder.resolve("orders/node_modules/x/c.case.yaml"), "request: {body: 1}");

        assertThat(CaseFiles.read(folder, name -> true).cases())
                .extracting(Case::name)
                .containsExactly("b", "orders/a");
        assertThat(CaseFiles.read(folder, name -> name.contains("a")).cases())
                .extracting(Case::name)
                .isEqualTo(List.of("orders/a"));
    }
}
