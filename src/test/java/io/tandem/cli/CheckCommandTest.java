package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code tandem check}: planted mistakes, each told with its place. */
class CheckCommandTest {
    private static final String HTTP = "routes/1-receive-http.camel.yaml";
    private static final String FOLDER = "routes/1-receive-folder.camel.yaml";
    private static final String SCATTER = "routes/2-scatter-gather.camel.yaml";
    private static final String KAMELET = "routes/kamelets/deliver.kamelet.yaml";
    private static final String PROPERTIES = "application.properties";

    @TempDir
    private Path temp;

    private CheckedFolder folder;

    /**
     * A mistake and what is said of it.
     *
     * @param at a text of the line that is named
     */
    private record Mistake(String file, String right, String wrong, String at, String says) {
        @Override
        public String toString() {
            return says;
        }
    }

    @BeforeEach
    void copy() throws IOException {
        folder = new CheckedFolder(temp.toRealPath());
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake(SCATTER, "        - multi", "\t- multi", "\t- multi", "this is not YAML: a tab indents"),
                new Mistake(
                        SCATTER,
                        "mergeReplies",
                        "mergeReplies: x",
                        "mergeReplies: x",
                        "this is not YAML: mapping values are not allowed here"),
                new Mistake(
                        SCATTER,
                        "parallelProcessing:",
                        "paralelProcessing:",
                        "paralelProcessing",
                        "unknown field 'paralelProcessing'"),
                new Mistake(SCATTER, "- multicast:", "- multicst:", "multicst", "unknown step 'multicst'"),
                new Mistake(SCATTER, "- route:", "- rout:", "- rout:", "unknown step 'rout'"),
                new Mistake(
                        HTTP,
                        "    from:\n      uri: direct:receive-http\n      steps:",
                        "    steps:",
                        "    steps:",
                        "unknown field 'steps'"),
                new Mistake(
                        HTTP,
                        "- to: direct:scatter-gather",
                        "- to: dirct:scatter-gather",
                        "dirct",
                        "there is no component 'dirct'; did you mean 'direct'?"),
                new Mistake(
                        HTTP,
                        "- to: direct:scatter-gather",
                        "- to: kafka:orders",
                        "kafka",
                        "there is no component 'kafka'; its jar (camel-kafka) is not part of Tandem"),
                new Mistake(
                        HTTP,
                        "uri: direct:receive-http",
                        "uri: dirct:receive-http",
                        "dirct",
                        "there is no component 'dirct'; did you mean 'direct'?"),
                new Mistake(
                        HTTP,
                        "- to: direct:scatter-gather",
                        "- to: direct:scatter-gather?blok=true",
                        "blok",
                        "unknown option 'blok' of the component 'direct'"),
                new Mistake(FOLDER, "delay: 250", "delay: soon", "delay: soon", "the option 'delay' can't be 'soon'"),
                new Mistake(FOLDER, "preSort", "presortt", "presortt", "unknown option 'presortt'"),
                new Mistake(
                        FOLDER,
                        "#settledFiles",
                        "#settledFile",
                        "settledFile",
                        "there is no bean 'settledFile'; did you mean 'settledFiles'?"),
                new Mistake(
                        HTTP,
                        "ref: httpReply",
                        "ref: htpReply",
                        "htpReply",
                        "there is no bean 'htpReply'; did you mean 'httpReply'?"),
                new Mistake(
                        SCATTER,
                        "mergeReplies",
                        "mergeReplys",
                        "mergeReplys",
                        "there is no bean 'mergeReplys'; did you mean 'mergeReplies'?"),
                new Mistake(
                        SCATTER,
                        "executorService: branches",
                        "executorService: branchs",
                        "branchs",
                        "there is no bean 'branchs'; did you mean 'branches'?"),
                new Mistake(
                        FOLDER,
                        "ref: eachRecord",
                        "ref: everything",
                        "everything",
                        "there is no bean 'everything'; routes can refer to acceptMessage,"),
                new Mistake(
                        KAMELET,
                        "ref: deliver-to-{{target}}",
                        "ref: bring-to-{{target}}",
                        "bring-to",
                        "there is no bean 'bring-to-api-one'"),
                new Mistake(
                        SCATTER,
                        "kamelet:deliver/api-two",
                        "kamelet:delivr/api-two",
                        "delivr",
                        "there is no Kamelet 'delivr' in "),
                new Mistake(
                        SCATTER,
                        "target=api-two",
                        "target=api-three",
                        "target=api-three",
                        "the target 'api-three' is not configured: add target.api-three.url=… and its credentials to"
                                + " the properties, or name one that is there (api-one, api-two)"),
                new Mistake(
                        SCATTER,
                        "?target=api-two",
                        "?tarjet=api-two",
                        "tarjet",
                        "the Kamelet 'deliver' needs the parameter 'target'"),
                new Mistake(
                        FOLDER,
                        "{{tandem.inbox.enabled}}",
                        "{{tandem.inbox.enabeld}}",
                        "enabeld",
                        "there is no setting 'tandem.inbox.enabeld'; did you mean 'tandem.inbox.enabled'?"),
                new Mistake(FOLDER, "\"{{tandem.inbox.enabled}}\"", "maybe", "maybe", "'maybe' is not true or false"),
                new Mistake(
                        HTTP,
                        "- to: direct:scatter-gather",
                        "- setBody:\n                  simple: \"${body\"",
                        "${body",
                        "the expression '${body' is not Simple"),
                new Mistake(HTTP, "- to: direct:scatter-gather", "- to: \"\"", "- to: \"\"", "the URI is missing"),
                new Mistake(
                        KAMELET,
                        "    from:\n",
                        "    from\n",
                        "uri: kamelet:source",
                        "this is not YAML: mapping values are not allowed here"),
                new Mistake(
                        SCATTER,
                        "id: scatter-gather",
                        "id: receive-http",
                        "id: receive-http",
                        "the route id 'receive-http' is taken by "),
                new Mistake(
                        SCATTER,
                        "    id: scatter-gather",
                        "    id: scatter-gather\n    id: again",
                        "id: again",
                        "'id' is there twice: only one of them counts"),
                new Mistake(
                        HTTP,
                        "- to: direct:scatter-gather",
                        "- to: direct:scatter",
                        "direct:scatter",
                        "no route starts with 'direct:scatter'"),
                new Mistake(
                        PROPERTIES,
                        "tandem.http.port=0",
                        "tandem.http.prot=0",
                        "tandem.http.prot",
                        "unknown key 'tandem.http.prot'"),
                new Mistake(PROPERTIES, "tandem.http.port=0", "tandem.http.port=many", "port=many", "'many'"),
                new Mistake(
                        PROPERTIES,
                        "target.api-one.auth=none",
                        "target.api-one.auth=client-credentials",
                        "api-one.auth",
                        "target.api-one.oauth."));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsToldWithItsPlace(Mistake mistake) {
        folder.plant(mistake.file(), mistake.right(), mistake.wrong());

        CommandRun run = folder.check();

        String place = folder.path(mistake.file()) + ":" + folder.line(mistake.file(), mistake.at()) + ":";
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).first().asString().startsWith(place).contains(mistake.says());
        // no echo of it elsewhere; a key that is missing may be one of several
        if (!mistake.file().equals(PROPERTIES)) {
            assertThat(run.errLines()).hasSize(1);
        }
        assertThat(run.out()).isEmpty();
    }

    @Test
    void realRoutesAreFine() {
        CommandRun run = folder.check();

        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).containsExactly("ok: 2 targets, 7 routes");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void thirdTargetIsFine() {
        folder.append(PROPERTIES, "target.api-three.url=http://127.0.0.1:9/\ntarget.api-three.auth=none\n");
        folder.append(SCATTER, "              - to: kamelet:deliver/api-three?target=api-three\n");

        assertThat(folder.check().outLines()).containsExactly("ok: 3 targets, 7 routes");
    }

    @Test
    void everyFileTellsItsFault() {
        folder.plant(FOLDER, "ref: eachRecord", "ref: eachRecords");
        folder.plant(HTTP, "ref: httpReply", "ref: htpReply");
        folder.plant(SCATTER, "- multicast:", "- multicst:");

        assertThat(folder.check().errLines())
                .hasSize(3)
                .allMatch(line -> line.matches(".+\\.camel\\.yaml:\\d+:\\d+: .+"), "file:line:column: reason");
    }

    @Test
    void allFaultsOfTheConfigurationAreTold() {
        folder.append(PROPERTIES, "tandem.http.prot=1\ntandem.deadlin=3s\n");

        CommandRun run = folder.check();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(2).allMatch(line -> line.contains("unknown key"), "unknown key");
    }

    @Test
    void filesOfTlsThatAreBrokenAreTold() {
        folder.append(PROPERTIES, "tandem.http.tls.certificate=%s\ntandem.http.tls.key=%s\n".formatted(HTTP, HTTP));

        assertThat(folder.check().errLines())
                .singleElement()
                .asString()
                .startsWith("configuration: 'tandem.http.tls.certificate': ")
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
