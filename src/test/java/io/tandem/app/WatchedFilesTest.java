package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of real files, as editors and Kubernetes make them. */
class WatchedFilesTest {
    private static final Duration QUIET = Duration.ofMillis(250);

    @TempDir
    private Path folder;

    private final AtomicLong now = new AtomicLong();
    private Path first;
    private WatchedFiles files;
    private Map<Path, String> before;

    @BeforeEach
    void watch() throws IOException {
        first = Files.writeString(folder.resolve("1-first.camel.yaml"), "one");
        Files.writeString(folder.resolve("2-second.camel.yaml"), "two");
        files = watching(folder);
    }

    private WatchedFiles watching(Path watched) {
        WatchedFiles created = new WatchedFiles(() -> RouteFiles.list(watched), QUIET, now::get);
        before = created.contents();
        return created;
    }

    private List<String> changedWhenQuiet() {
        assertThat(files.settled()).isNull();
        now.addAndGet(QUIET.toNanos());
        Map<Path, String> after = files.settled();
        assertThat(after).isNotNull();
        return WatchedFiles.difference(before, after).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @Test
    void nothingIsToldWhenNothingChanges() {
        for (int i = 0; i < 5; i++) {
            now.addAndGet(QUIET.toNanos());
            assertThat(files.settled()).isNull();
        }
    }

    @Test
    void fileIsToldWhenItHasStoppedChanging() throws IOException {
        Files.writeString(first, "half");
        assertThat(files.settled()).isNull();
        now.addAndGet(QUIET.toNanos() - 1);
        assertThat(files.settled()).isNull();
        Files.writeString(first, "half and half");
        now.addAndGet(QUIET.toNanos() - 1);
        assertThat(files.settled()).isNull();
        now.addAndGet(QUIET.toNanos() - 1);
        assertThat(files.settled()).isNull();
        now.addAndGet(1);

        assertThat(files.settled()).isNotEqualTo(before);
        assertThat(files.settled()).as("once").isNull();
    }

    @Test
    void emptyFileIsWaitedForLonger() throws IOException {
        Files.writeString(first, "");
        assertThat(files.settled()).isNull();
        now.addAndGet(QUIET.toNanos());
        assertThat(files.settled()).isNull();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(files.settled()).isNotNull();

        Files.writeString(folder.resolve("2-second.camel.yaml"), "other");
        assertThat(changedWhenQuiet()).as("an empty file holds up no others").contains("2-second.camel.yaml");
    }

    @Test
    void contentIsTheSameWhenAFileIsOnlyTouched() throws IOException {
        Files.setLastModifiedTime(first, FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(changedWhenQuiet()).isEmpty();
    }

    @Test
    void changeIsToldWhenTimeAndSizeStayTheSame() throws IOException {
        FileTime time = Files.getLastModifiedTime(first);
        Path other = Files.writeString(folder.resolve("1-first.camel.yaml~"), "eno");
        Files.setLastModifiedTime(other, time);
        Files.move(other, first, StandardCopyOption.ATOMIC_MOVE);

        assertThat(changedWhenQuiet()).containsExactly("1-first.camel.yaml");
    }

    @Test
    void changeIsToldWhenTimeGoesBackwards() throws IOException {
        Files.writeString(first, "eno");
        Files.setLastModifiedTime(first, FileTime.from(Instant.EPOCH));

        assertThat(changedWhenQuiet()).containsExactly("1-first.camel.yaml");
    }

    @Test
    void addedDeletedAndRenamedFilesAreToldTogether() throws IOException {
        Files.createDirectories(folder.resolve("kamelets"));
        Files.writeString(folder.resolve("kamelets/new.kamelet.yaml"), "new");
        Files.delete(first);
        Files.move(folder.resolve("2-second.camel.yaml"), folder.resolve("3-third.camel.yaml"));

        assertThat(changedWhenQuiet())
                .containsExactlyInAnyOrder(
                        "new.kamelet.yaml", "1-first.camel.yaml", "2-second.camel.yaml", "3-third.camel.yaml");
    }

    @Test
    void filesOfEditorsAreNoRoutes() throws IOException {
        for (String name : List.of(
                ".1-first.camel.yaml.swp", "4913", "1-first.camel.yaml~", ".#1-first.camel.yaml", "x.camel.yaml.tmp")) {
            Files.writeString(folder.resolve(name), "in the making");
        }

        assertThat(files.settled()).isNull();
        assertThat(files.isChanging()).isFalse();
    }

    @Test
    void folderThatIsGoneIsToldAndSoIsItsReturn() throws IOException {
        Path away = folder.resolveSibling(folder.getFileName() + "-away");
        Files.move(folder, away);
        assertThat(changedWhenQuiet()).hasSize(2);

        Files.move(away, folder);
        assertThat(changedWhenQuiet()).isEmpty();
    }

    /** As the kubelet does it: names are links into ..data, which is a link to a folder that is replaced as a whole. */
    @Test
    void configMapIsToldWhenItsFolderIsSwapped() throws IOException {
        Path mount = Files.createDirectories(folder.resolve("mount"));
        revision(mount, "..2026_1", "one");
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_1"));
        for (String name : List.of("1-first.camel.yaml", "2-second.camel.yaml")) {
            Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
        files = watching(mount);
        assertThat(files.settled()).isNull();

        revision(mount, "..2026_2", "two");
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_2"));
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(changedWhenQuiet()).containsExactly("1-first.camel.yaml");
    }

    private static void revision(Path mount, String name, String first) throws IOException {
        Path revision = Files.createDirectories(mount.resolve(name));
        Files.writeString(revision.resolve("1-first.camel.yaml"), first);
        Files.writeString(revision.resolve("2-second.camel.yaml"), "same");
    }
}
