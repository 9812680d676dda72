package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.proof.Busy;
import io.tandem.proof.Report;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The archive that jib has made: {@code mvn verify -Pimage}. */
@Tag("image")
class ImageIT {
    private static final Path ARCHIVE = Path.of("target/jib-image.tar");
    private static final int STARTS = 7;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    @TempDir
    private Path pod;

    private static Path root;
    private static Container.Config config;

    @BeforeAll
    static void unpack() throws Exception {
        Path archive = Files.createDirectories(folder.resolve("archive"));
        root = Files.createDirectories(folder.resolve("root"));
        ContainerIT.run("tar", "-xf", ARCHIVE.toString(), "-C", archive.toString());
        JsonNode index = JSON.readTree(archive.resolve("index.json"));
        JsonNode manifest = JSON.readTree(blob(archive, index.at("/manifests/0")));
        config = Container.Config.of(
                JSON.readTree(blob(archive, manifest.path("config"))).path("config"));
        for (JsonNode layer : manifest.path("layers")) {
            ContainerIT.run("tar", "-xf", blob(archive, layer).toString(), "-C", root.toString());
        }
    }

    private static Path blob(Path archive, JsonNode descriptor) {
        return archive.resolve("blobs")
                .resolve(descriptor.path("digest").stringValue().replace(':', '/'));
    }

    @Test
    void imageIsWhatTheContainerfileSays() {
        assertThat(config.command())
                .isEqualTo(Container.Config.ofContainerfile().command());
        assertThat(config.user()).isEqualTo("1001:0");
        assertThat(config.workingDirectory()).isEqualTo("/");
        assertThat(config.environment())
                .containsAllEntriesOf(Container.Config.ofContainerfile().environment());
    }

    @Test
    void imageIsTheSameBitByBitWhenMadeAgain() throws Exception {
        Path again = folder.resolve("again.tar");
        List<String> command = new ArrayList<>(
                List.of("mvn", "-B", "-q", "-o", "-Pimage", "-Djib.outputPaths.tar=" + again, "jib:buildTar@image"));
        for (String property : List.of("image.base", "image.name")) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        ContainerIT.run(command.toArray(String[]::new));

        assertThat(Files.mismatch(ARCHIVE, again)).isEqualTo(-1);
    }

    @Test
    void startIsMeasured() throws Exception {
        Container.assumePossible();
        double load = Busy.load();
        List<Duration> took = new ArrayList<>();
        try (StubTargets targets = new StubTargets()) {
            for (int i = 0; i < STARTS; i++) {
                Path started = Files.createDirectories(pod.resolve(String.valueOf(i)));
                PodFiles.write(Manifests.build("camel-k/base"), ExampleSecret.filled(), started.resolve("camel"));
                try (Container container = Container.start(root, started, config, ContainerIT.environment(targets))) {
                    took.add(container.awaitReady());
                    assertThat(container
                                    .post("{\"order\":1}", ExampleSecret.key())
                                    .statusCode())
                            .isEqualTo(200);
                    assertThat(container.terminate()).isZero();
                }
            }
        }
        took.sort(null);
        Report.add(
                "image.txt",
                "Image of %d MB%s; from its start until it is ready, load of the machine %.1f"
                        .formatted(Files.size(ARCHIVE) >> 20, isPrepared() ? ", with an AOT cache" : "", load),
                String.format(
                        Locale.ROOT,
                        "%d starts: best %d ms, median %d ms, worst %d ms",
                        STARTS,
                        took.get(0).toMillis(),
                        took.get(STARTS / 2).toMillis(),
                        took.get(STARTS - 1).toMillis()));
    }

    private static boolean isPrepared() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("opt/tandem"))) {
            return files.anyMatch(file -> file.toString().endsWith(".aot"));
        }
    }
}
