package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tandem check}: its options, and what it leaves untouched. */
class CheckCommandTest {
    private static final String HTTP = "routes/1-receive-http.camel.yaml";
    private static final String FOLDER = "routes/1-receive-folder.camel.yaml";
    private static final String SCATTER = "routes/2-scatter-gather.camel.yaml";
    private static final String PROPERTIES = "application.properties";

    @TempDir
    private Path temp;

    private CheckedFolder folder;

    @BeforeEach
    void copy() throws IOException {
        folder = new CheckedFolder(temp.toRealPath());
    }

    @Test
    void realRoutesAreFine() {
        CommandRun run = folder.check();

        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).containsExactly("ok: 2 targets, 8 routes");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void fileThatIsNoRouteIsFineWhateverItHolds() throws IOException {
        Files.write(temp.resolve("routes/notes.yml"), new byte[] {'-', ' ', (byte) 0xE9, '\n'});

        assertThat(folder.check().outLines()).containsExactly("ok: 2 targets, 8 routes");
    }

    @Test
    void thirdTargetIsFine() {
        folder.append(PROPERTIES, "target.api-three.url=http://127.0.0.1:9/\ntarget.api-three.auth=none\n");
        folder.append(SCATTER, "              - to: kamelet:deliver/api-three?target=api-three\n");

        assertThat(folder.check().outLines()).containsExactly("ok: 3 targets, 8 routes");
    }

    @Test
    void everyFileTellsItsFault() {
        folder.plant(FOLDER, "ref: eachRecord", "ref: eachRecords");
        folder.plant(HTTP, "ref: httpReply", "ref: htpReply");
        folder.plant(SCATTER, "- multicast:", "- multicst:");

        assertThat(folder.check().errLines())
                .hasSize(3)
                .allMatch(
                        line -> line.matches(".+\\.camel\\.yaml:\\d+:\\d+: error: .+"),
                        "file:line:column: error: reason");
    }

    @Test
    void allFaultsOfTheConfigurationAreTold() {
        folder.append(PROPERTIES, "tandem.http.prot=1\ntandem.deadlin=3s\n");

        CommandRun run = folder.check();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(2).allMatch(line -> line.contains("unknown key"), "unknown key");
    }

    @Test
    void everyFaultOfAFileIsTold() {
        folder.plant(HTTP, "ref: acceptMessage", "ref: acceptMesage");
        folder.plant(HTTP, "ref: httpReply", "ref: htpReply");
        folder.plant(HTTP, "ref: guaranteedDelivery", "ref: guaranteedDelivry");

        assertThat(folder.check().errLines())
                .hasSize(3)
                .allMatch(line -> line.contains("did you mean"), "told with the nearest")
                .anyMatch(line -> line.contains("'acceptMesage'"))
                .anyMatch(line -> line.contains("'guaranteedDelivry'"))
                .anyMatch(line -> line.contains("'htpReply'"));
    }

    @Test
    void configurationAndRoutesAreToldTogether() {
        folder.append(PROPERTIES, "tandem.http.prot=1\n");
        folder.plant(SCATTER, "            parallelProcessing: true\n", "");

        CommandRun run = folder.check();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines())
                .hasSize(2)
                .anyMatch(line -> line.contains(": error: unknown key"))
                .anyMatch(line -> line.contains(": warning: this multicast"));
    }

    @Test
    void warningsFailOnlyWhenStrict() {
        folder.plant(SCATTER, "            parallelProcessing: true\n", "");

        assertThat(folder.check().outLines()).containsExactly("ok: 2 targets, 8 routes (1 warning)");
        assertThat(folder.check().exitCode()).isZero();
        assertThat(folder.check("--strict").exitCode()).isEqualTo(1);
    }

    @Test
    void hintsNeverFail() {
        folder.plant(SCATTER, "    id: scatter-gather\n", "");

        assertThat(folder.check("--strict").outLines()).containsExactly("ok: 2 targets, 8 routes (1 hint)");
    }

    @Test
    void documentIsJsonWhenAskedFor() {
        folder.append(PROPERTIES, "tandem.http.prot=1\n");
        folder.plant(SCATTER, "    id: scatter-gather\n", "");

        CommandRun run = folder.check("--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        JsonNode document = RunningTandem.json(run.out());
        assertThat(document.path("errors").asInt()).isEqualTo(1);
        assertThat(document.path("hints").asInt()).isEqualTo(1);
        assertThat(document.path("targets").asInt()).isEqualTo(2);
        JsonNode fault = document.path("faults").get(0);
        assertThat(fault.path("severity").asText()).isEqualTo("error");
        assertThat(fault.path("file").asText())
                .isEqualTo(folder.path(PROPERTIES).toString());
        assertThat(fault.path("line").asInt()).isEqualTo(folder.line(PROPERTIES, "tandem.http.prot"));
        assertThat(fault.path("key").asText()).isEqualTo("tandem.http.prot");
        assertThat(fault.path("reason").asText()).startsWith("unknown key 'tandem.http.prot'");
    }

    @Test
    void secretInARouteIsNotRepeated() {
        folder.plant(
                HTTP, "- to: direct:scatter-gather", "- to: https://api.example.com/?authPassword=s3cret-in-clear");

        assertThat(folder.check().err()).contains("authPassword").doesNotContain("s3cret-in-clear");
    }

    @Test
    void filesOfTlsThatAreBrokenAreTold() {
        folder.append(PROPERTIES, "tandem.http.tls.certificate=%s\ntandem.http.tls.key=%s\n".formatted(HTTP, HTTP));

        assertThat(folder.check().errLines())
                .singleElement()
                .asString()
                .startsWith(folder.path(PROPERTIES) + ":" + folder.line(PROPERTIES, "tls.certificate")
                        + ":1: error: 'tandem.http.tls.certificate': ")
                .contains(HTTP, "can't be used: ");
    }

    @Test
    void folderWithoutRoutesIsToldSo() {
        String empty = folder.path("nothing").toString();

        assertThat(folder.check("--set", "tandem.routes=" + empty).errLines())
                .singleElement()
                .asString()
                .contains(empty);
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(folder.check("--conect").exitCode()).isEqualTo(2);
        assertThat(folder.check("surplus").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("chek").exitCode()).isEqualTo(2);
    }

    @Test
    void nothingIsTouched() throws IOException {
        try (ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket management = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            folder.write("data/inbox/waits.json", "{}");

            CommandRun run = folder.check(
                    "--set",
                    "tandem.http.port=" + http.getLocalPort(),
                    "--set",
                    "tandem.management.port=" + management.getLocalPort());

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
        }
        try (Stream<Path> left = Files.walk(folder.path("data"))) {
            assertThat(left.map(file -> folder.path("data").relativize(file).toString()))
                    .containsExactlyInAnyOrder("", "inbox", "inbox/waits.json");
        }
    }

    @Test
    void noThreadIsLeft() {
        folder.check();
        folder.check("--connect");
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

        folder.check();
        folder.check("--connect");

        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(newThreads(before)).isEmpty());
    }

    private static List<String> newThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                // of the JVM, and of the tests' own tools
                .filter(name -> !name.startsWith("awaitility") && !name.startsWith("ForkJoinPool"))
                .toList();
    }
}
