package io.tandem.entry.folder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds names for what comes out of a file: one number for all of it, so that reply, retry file and original are seen
 * to belong together. Thread-safe.
 */
final class OutputNames {
    private final InboxFolders folders;
    private final Set<String> reserved = new HashSet<>();

    OutputNames(InboxFolders folders) {
        this.folders = folders;
    }

    /** The first form of the name under which nothing is there yet; to be given back by {@link #free}. */
    synchronized String reserve(String fileName) {
        String base = FileNames.shortened(fileName);
        for (int number = 1; ; number++) {
            String name = FileNames.numbered(base, number);
            if (isFree(name) && reserved.add(name)) {
                return name;
            }
        }
    }

    synchronized void free(String name) {
        reserved.remove(name);
    }

    private boolean isFree(String name) {
        return !exists(folders.done().resolve(name))
                && !exists(folders.failed().resolve(name))
                && !exists(folders.failed().resolve(name + FileNames.RETRY_SUFFIX))
                && !exists(folders.replies().resolve(name + FileKind.of(name).replySuffix()));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }
}
