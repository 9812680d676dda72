package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.component.file.FileConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettledFilesTest {
    @TempDir
    Path inbox;

    private final AtomicLong clock = new AtomicLong(-5);
    private SettledFiles settled;

    @BeforeEach
    void create() {
        settled = new SettledFiles(Duration.ofMillis(500), Duration.ofSeconds(3), clock::get);
    }

    @Test
    void acceptedWhenUnchangedForLongEnough() throws IOException {
        Path file = Files.writeString(inbox.resolve("a.json"), "{}");

        assertThat(accepts(file)).isFalse();
        pass(499);
        assertThat(accepts(file)).isFalse();
        pass(1);
        assertThat(accepts(file)).isTrue();
    }

    @Test
    void waitsAnewWhenItGrew() throws IOException {
        Path file = Files.writeString(inbox.resolve("a.json"), "{}");
        accepts(file);
        pass(450);
        Files.writeString(file, "  ", StandardOpenOption.APPEND);
        assertThat(accepts(file)).isFalse();
        pass(450);
        assertThat(accepts(file)).isFalse();
        pass(50);
        assertThat(accepts(file)).isTrue();
    }

    @Test
    void waitsAnewWhenItWasWrittenOver() throws IOException {
        Path file = Files.writeString(inbox.resolve("a.json"), "{}");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        accepts(file);
        pass(500);
        Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
        assertThat(accepts(file)).isFalse();
    }

    @Test
    void emptyFilesWaitLongerButNotForEver() throws IOException {
        Path file = Files.createFile(inbox.resolve("a.json"));
        accepts(file);
        pass(2999);
        assertThat(accepts(file)).isFalse();
        pass(1);
        assertThat(accepts(file)).isTrue();
    }

    @Test
    void aNewFileUnderAnOldNameWaits() throws IOException {
        Path file = Files.writeString(inbox.resolve("a.json"), "{}");
        accepts(file);
        pass(500);
        assertThat(accepts(file)).isTrue();
        settled.forget("a.json");
        assertThat(accepts(file)).isFalse();
    }

    @Test
    void aFileThatCouldNotBeTakenIsTriedAgainLater() throws IOException {
        Path file = Files.writeString(inbox.resolve("a.json"), "{}");
        accepts(file);
        pass(500);
        settled.refused("a.json", "sticky folder");
        assertThat(accepts(file)).isFalse();
        pass(500);
        assertThat(accepts(file)).isTrue();
    }

    @Test
    void foldersLinksAndVanishedFilesAreNotTaken() throws IOException {
        Path folder = Files.createDirectory(inbox.resolve("sub"));
        Path target = Files.writeString(inbox.resolve("target.json"), "{}");
        Path link = Files.createSymbolicLink(inbox.resolve("link.json"), target);
        Path gone = inbox.resolve("gone.json");
        for (int i = 0; i < 10; i++) {
            assertThat(accepts(folder)).isFalse();
            assertThat(accepts(link)).isFalse();
            assertThat(accepts(gone)).isFalse();
            pass(1000);
        }
    }

    private boolean accepts(Path file) {
        return settled.accept(FileConsumer.asGenericFile(inbox.toString(), file.toFile(), null, false));
    }

    private void pass(long millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }
}
