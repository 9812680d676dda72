package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private Path file;

    @BeforeEach
    void writeFirst() throws IOException {
        file = folder.resolve("secret");
        Files.writeString(file, "first\n");
    }

    @Test
    void lineBreakAtTheEndIsDroppedWhenRead() throws IOException {
        assertThat(open().get()).isEqualTo("first");
    }

    @Test
    void newValueIsSeenWhenASecondHasPassed() throws IOException {
        SecretFile secret = open();
        Files.writeString(file, "second, longer");

        pass(Duration.ofMillis(999));
        assertThat(secret.get()).isEqualTo("first");
        pass(Duration.ofMillis(1));
        assertThat(secret.get()).isEqualTo("second, longer");
    }

    @Test
    void newValueIsSeenWhenOnlyTheTimeOfTheFileDiffers() throws IOException {
        SecretFile secret = open();
        Files.writeString(file, "fresh\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));

        pass(Duration.ofSeconds(1));

        assertThat(secret.get()).isEqualTo("fresh");
    }

    @Test
    void newValueIsSeenWhenALinkIsSwapped() throws IOException {
        // As Kubernetes does it: key -> ..data/key, and ..data is replaced
        Path one = Files.createDirectory(folder.resolve("..one"));
        Path two = Files.createDirectory(folder.resolve("..two"));
        Files.writeString(one.resolve("key"), "first");
        Files.writeString(two.resolve("key"), "other");
        Files.setLastModifiedTime(two.resolve("key"), Files.getLastModifiedTime(one.resolve("key")));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), one.getFileName());
        Path key = Files.createSymbolicLink(folder.resolve("key"), Path.of("..data/key"));
        SecretFile secret = SecretFile.open(key, SecretFile.Form.LINE, clock::get);

        Files.delete(data);
        Files.createSymbolicLink(data, two.getFileName());
        pass(Duration.ofSeconds(1));

        assertThat(secret.get()).isEqualTo("other");
    }

    @Test
    void lastGoodValueStaysWhenTheFileIsGoneOrEmpty() throws IOException {
        SecretFile secret = open();

        Files.delete(file);
        pass(Duration.ofSeconds(1));
        assertThat(secret.get()).isEqualTo("first");

        Files.writeString(file, "");
        pass(Duration.ofSeconds(1));
        assertThat(secret.get()).isEqualTo("first");

        Files.writeString(file, "third");
        pass(Duration.ofSeconds(1));
        assertThat(secret.get()).isEqualTo("third");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "two\nlines", "nul\u0000"})
    void openFailsWithoutTheContentWhenItIsUnusable(String content) throws IOException {
        Files.writeString(file, content);

        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageNotContaining("lines");
    }

    @Test
    void openFailsWhenThePathIsAFolder() {
        assertThatThrownBy(() -> SecretFile.open(folder, SecretFile.Form.LINE, clock::get))
                .isInstanceOf(IOException.class)
                .hasMessage("it is a folder");
    }

    private SecretFile open() throws IOException {
        return SecretFile.open(file, SecretFile.Form.LINE, clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
