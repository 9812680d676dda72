package io.tandem.support;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk that fills up and that can be made read-only: a tmpfs. Only root may mount one; else tests are skipped. */
public final class SmallDisk implements AutoCloseable {
    private final Path mount;

    private SmallDisk(Path mount) {
        this.mount = mount;
    }

    /** A disk of that size at a folder, which is made. */
    public static SmallDisk mount(Path folder, String size) throws IOException {
        Files.createDirectories(folder);
        String failure = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
        return failure.isEmpty()
                ? new SmallDisk(folder)
                : abort("a small disk can't be mounted here (root may): " + failure);
    }

    public Path path() {
        return mount;
    }

    /** Fills what is left. */
    public Path fill() throws IOException {
        Path filler = mount.resolve("filler");
        String unused = run("dd", "if=/dev/zero", "of=" + filler, "bs=4096");
        return filler;
    }

    public void readOnly() throws IOException {
        remount("ro");
    }

    /** Nothing on it can be executed. */
    public void noExec() throws IOException {
        remount("noexec");
    }

    public void writable() throws IOException {
        remount("rw");
    }

    private void remount(String mode) throws IOException {
        String failure = run("mount", "-o", "remount," + mode, mount.toString());
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }

    /** What it printed when it failed. */
    private static String run(String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return process.waitFor() == 0 ? "" : output.isBlank() ? "failed" : output.trim();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", mount.toString());
    }
}
