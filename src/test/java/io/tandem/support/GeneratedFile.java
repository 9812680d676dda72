package io.tandem.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the project that is written from its code, so that the two can't drift apart. */
public final class GeneratedFile {
    private GeneratedFile() {}

    /**
     * Compares the file with what it should be; writes it anew instead when the system property {@code regenerate} says
     * so.
     *
     * @param test the test that calls this, by which the file is regenerated
     */
    public static void assertUpToDate(Path file, String rendered, Class<?> test) {
        try {
            if (Boolean.getBoolean("regenerate")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, rendered);
            }
            assertThat(Files.exists(file) ? Files.readString(file) : "")
                    .as("%s; to write it anew: %s", file, command(test))
                    .isEqualTo(rendered);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What regenerates the file of a test. */
    public static String command(Class<?> test) {
        return "mvn test -Dtest=" + test.getSimpleName() + " -Dregenerate=true";
    }
}
