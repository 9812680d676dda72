package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Moves files so that nothing is overwritten and nothing is seen half done. */
final class DiskFiles {
    private DiskFiles() {}

    /** What has to be done before a file appears somewhere. */
    interface Before {
        void moved(Path target) throws IOException;
    }

    /**
     * Moves a file into a folder, under its name or, when that is taken, with the first free number behind it.
     *
     * @return where it is now
     */
    static Path moveToFree(Path source, Path folder, String name) throws IOException {
        return moveToFree(source, folder, name, target -> {});
    }

    /** @param before is told the new place before the file is there; what it throws keeps the file where it is */
    static Path moveToFree(Path source, Path folder, String name, Before before) throws IOException {
        for (int number = 1; ; number++) {
            Path target = folder.resolve(FileNames.numbered(name, number));
            try {
                // whoever creates a name owns it: a check followed by a rename could overwrite what came between
                Files.createFile(target);
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            try {
                before.moved(target);
                replace(source, target);
            } catch (IOException e) {
                Files.deleteIfExists(target);
                throw e;
            }
            sync(folder);
            return target;
        }
    }

    private static void replace(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            copy(source, target);
        }
    }

    /** Between file systems: the inbox may be a mount of its own. */
    private static void copy(Path source, Path target) throws IOException {
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        try {
            Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        Files.delete(source);
    }

    /** Makes renames in a folder outlast a power cut, where the system can do it. */
    @SuppressWarnings("EmptyCatch") // Windows can't open folders; the file's own content is on disk all the same
    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // best effort
        }
    }
}
