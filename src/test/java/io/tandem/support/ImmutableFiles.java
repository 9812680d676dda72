package io.tandem.support;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Files that nobody can write, not even who has them open. Only root may do that, on ext4; else tests are skipped. */
public final class ImmutableFiles implements AutoCloseable {
    private final List<Path> files;

    private ImmutableFiles(List<Path> files) {
        this.files = files;
    }

    public static ImmutableFiles of(Path... files) throws IOException {
        ImmutableFiles immutable = new ImmutableFiles(List.of(files));
        if (!immutable.change("+i")) {
            immutable.close();
            return abort("files can't be made immutable here (root may, on ext4)");
        }
        return immutable;
    }

    private boolean change(String attribute) throws IOException {
        boolean changed = true;
        for (Path file : files) {
            Process process = new ProcessBuilder("chattr", attribute, file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                changed &= process.waitFor() == 0;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        return changed;
    }

    /** They can be written again. */
    @Override
    public void close() throws IOException {
        boolean unused = change("-i");
    }
}
