package io.tandem.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start takes what the build kept of the JVM's work, and is none the worse where that is no good. */
class WarmStartIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path KEPT = PROJECT.resolve("target/warm");

    @TempDir
    private Path folder;

    private Path kept;

    @BeforeEach
    void whatTheBuildKept() throws IOException {
        assumeTrue(Files.isDirectory(KEPT), "target/warm is not there: built with -Dwarm.skip");
        try (Stream<Path> files = Files.list(KEPT)) {
            kept = files.findFirst().orElse(KEPT);
        }
        assumeTrue(Files.isRegularFile(kept), "target/warm is empty: bin/tandem warm did not succeed");
    }

    @Test
    void classesComeFromWhatTheBuildKept() throws Exception {
        Path loaded = folder.resolve("loaded");

        String output = version(PROJECT, "-Xlog:class+load:file=" + loaded);

        assertThat(output).startsWith("Tandem ");
        assertThat(Files.readAllLines(loaded))
                // those of commands that the build did not run are not in it
                .filteredOn(line -> line.contains(" io.tandem."))
                .anyMatch(line -> line.contains("shared objects file"));
    }

    @Test
    void startIsNoneTheWorseWhenItIsBrokenOrCannotBeKept() throws Exception {
        Path other = copy();
        Path broken = other.resolve("target/warm").resolve(kept.getFileName());
        Files.writeString(broken, "no archive");

        assertThat(version(other, null)).isEqualTo(version(PROJECT, null));

        Files.delete(broken);
        Files.delete(broken.getParent());
        Files.writeString(broken.getParent(), "no folder");

        assertThat(version(other, null)).isEqualTo(version(PROJECT, null));
    }

    @Test
    void startSucceedsWhenItsOptionsSayWhereClassesComeFrom() throws Exception {
        assertThat(version(PROJECT, "-Xshare:auto")).isEqualTo(version(PROJECT, null));
    }

    /** As it is installed elsewhere, with the same jars. */
    private Path copy() throws IOException {
        Path other = folder.resolve("other");
        Files.createDirectories(other.resolve("bin"));
        Files.createDirectories(other.resolve("target/warm"));
        Files.copy(
                PROJECT.resolve("bin/tandem"),
                other.resolve("bin/tandem"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        for (String part : List.of("target/tandem.jar", "target/lib", "routes")) {
            Files.createSymbolicLink(other.resolve(part), PROJECT.resolve(part));
        }
        return other;
    }

    /** All that {@code bin/tandem --version} says, on the JDK that has built. */
    private String version(Path home, @Nullable String option) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/tandem").toString(), "--version"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", jdk().toString());
        if (option != null) {
            builder.environment().put("JDK_JAVA_OPTIONS", option);
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        // what the JVM says of options from the environment
        return output.lines()
                .filter(line -> !line.startsWith("NOTE: Picked up"))
                .reduce("", (all, line) -> all + line + "\n");
    }

    /** The one whose version the file is named by. */
    private Path jdk() throws IOException {
        String runtime = "JAVA_RUNTIME_VERSION=\"" + kept.getFileName() + "\"";
        Path own = Path.of(System.getProperty("java.home"));
        try (Stream<Path> beside = Files.list(own.toRealPath().getParent())) {
            return Stream.concat(Stream.of(own), beside.sorted())
                    .filter(jdk -> isNamed(jdk.resolve("release"), runtime))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean isNamed(Path release, String runtime) {
        try {
            return Files.readAllLines(release, StandardCharsets.UTF_8).contains(runtime);
        } catch (IOException e) {
            return false;
        }
    }
}
