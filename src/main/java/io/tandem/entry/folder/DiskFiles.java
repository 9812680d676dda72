package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

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
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                before.moved(target);
                // whoever creates a name owns it: a rename could overwrite what came since it was looked for
                if (link(source, target) || (create(target) && replace(source, target))) {
                    sync(folder);
                    return target;
                }
            }
        }
    }

    /** Moves a file within a folder, over what has that name there. */
    static Path moveOver(Path source, Path folder, String name) throws IOException {
        Path target = folder.resolve(name);
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return target;
    }

    /**
     * Gives a file its new name, and only then takes the old one from it: killed in between, it has both.
     *
     * @return false when that can't be done here, or when the name is taken
     */
    private static boolean link(Path source, Path target) throws IOException {
        try {
            Files.createLink(target, source);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // between file systems, and in those without links
            return false;
        }
        try {
            Files.deleteIfExists(source);
        } catch (IOException e) {
            Files.deleteIfExists(target);
            throw e;
        }
        return true;
    }

    /**
     * Where else a file is, by a link that was to be its new name.
     *
     * @param candidates are asked only when it has another name at all
     */
    static boolean hasOtherName(Path file, Others candidates) throws IOException {
        if (links(file) > 1) {
            for (Path folder : candidates.folders()) {
                try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, Files::isRegularFile)) {
                    for (Path other : others) {
                        if (Files.isSameFile(file, other) && !other.equals(file)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Folders to be looked at. */
    interface Others {
        List<Path> folders() throws IOException;
    }

    private static int links(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer n ? n : 1;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 1;
        }
    }

    private static boolean create(Path target) throws IOException {
        try {
            Files.createFile(target);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static boolean replace(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            copy(source, target);
        } catch (IOException e) {
            Files.deleteIfExists(target);
            throw e;
        }
        return true;
    }

    /** Between file systems: the inbox may be a mount of its own. */
    private static void copy(Path source, Path target) throws IOException {
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        boolean copied = false;
        try {
            Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            copied = true;
        } finally {
            Files.deleteIfExists(part);
            if (!copied) {
                Files.deleteIfExists(target);
            }
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
