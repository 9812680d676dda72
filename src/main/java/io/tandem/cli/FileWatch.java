package io.tandem.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Tells when a file is saved. Looks at the files now and then, since what the system tells misses network folders and
 * the ways of some editors. For one thread.
 */
final class FileWatch {
    private static final long PAUSE_MILLIS = 200;

    /** What differs when a file was written. */
    private record Stamp(long modified, long size) {}

    private final List<Path> watched;
    private Map<Path, Stamp> known;

    /** @param watched folders with all that is in them, and files; they need not be there */
    FileWatch(List<Path> watched) {
        this.watched = watched;
        this.known = stamps();
    }

    /** Waits until something has changed, and has then stayed as it is for a moment. */
    void awaitChange() throws InterruptedException {
        Map<Path, Stamp> before = known;
        Map<Path, Stamp> last = before;
        while (true) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            Map<Path, Stamp> now = stamps();
            if (!now.equals(before) && now.equals(last)) {
                known = now;
                return;
            }
            last = now;
        }
    }

    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> stamps = new HashMap<>();
        for (Path path : watched) {
            try (Stream<Path> files = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
                files.forEach(file -> stamp(file, stamps));
            } catch (IOException | UncheckedIOException e) {
                // not there, or gone meanwhile: its files are missing among the stamps
            }
        }
        return stamps;
    }

    private static void stamp(Path file, Map<Path, Stamp> stamps) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                stamps.put(file, new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size()));
            }
        } catch (IOException e) {
            // gone meanwhile
        }
    }
}
