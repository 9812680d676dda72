package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.entry.folder.FileKind.Split;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {
    @ParameterizedTest
    @CsvSource({
        "a.json,1,a.json",
        "a.json,2,a-2.json",
        "a.tar.gz,3,a.tar-3.gz",
        "noext,2,noext-2",
        ".hidden,2,.hidden-2",
        "end.,2,end-2."
    })
    void numberedBeforeTheExtension(String name, int number, String expected) {
        assertThat(FileNames.numbered(name, number)).isEqualTo(expected);
    }

    @Test
    void longNamesLeaveRoomAndKeepTheirExtension() {
        String name = FileNames.shortened("ü".repeat(120) + ".ndjson");

        assertThat(name.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(200);
        assertThat(name).startsWith("üü").endsWith("ü.ndjson");
        assertThat(FileNames.shortened("short.csv")).isEqualTo("short.csv");
    }

    @Test
    void controlCharactersDontReachTheLog() {
        assertThat(FileNames.printable("a\nERROR fake\u001b[31m\u202e.json")).isEqualTo("a?ERROR fake?[31m?.json");
    }

    @ParameterizedTest
    @CsvSource({
        "a.json,FILE,application/json,.reply.json",
        "A.JSON,FILE,application/json,.reply.json",
        "a.ndjson,LINE,application/json,.reply.ndjson",
        "a.jsonl,LINE,application/json,.reply.ndjson",
        "a.Csv,ROW,application/json,.reply.ndjson",
        "a.xml,FILE,application/xml,.reply.json",
        "a.json.pdf,FILE,application/pdf,.reply.json",
        "a,FILE,application/octet-stream,.reply.json",
        "a.weird,FILE,application/octet-stream,.reply.json"
    })
    void kindByExtension(String name, Split split, String contentType, String replySuffix) {
        assertThat(FileKind.of(name)).isEqualTo(new FileKind(split, contentType));
        assertThat(FileKind.of(name).replySuffix()).isEqualTo(replySuffix);
    }

    @Test
    void retryFilesStayRetryFilesWhenTheyGetANumber() {
        assertThat(FileNames.numbered("a.csv.retry.ndjson", 2)).isEqualTo("a.csv-2.retry.ndjson");
        assertThat(FileNames.numbered(".retry.ndjson", 2)).isEqualTo(".retry-2.ndjson");
        assertThat(FileNames.shortened("x".repeat(240) + ".Retry.ndjson"))
                .hasSize(200)
                .endsWith(".Retry.ndjson");
        assertThat(FileNames.isRetry("A.RETRY.NDJSON")).isTrue();
        assertThat(FileNames.isRetry("a.retry.json")).isFalse();
        assertThat(FileNames.isRetry("x")).isFalse();
    }
}
