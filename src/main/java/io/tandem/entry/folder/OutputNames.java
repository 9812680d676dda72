package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Finds names for what comes out of a file: one number for all of it, so that reply, retry file and original are seen
 * to belong together. A name belongs to the work on one file until that work has ended, in whatever process, and across
 * crashes: a mark in {@code .claimed/names/} says to which. So what is there under the name was made by that work, and
 * may be written over by it. Thread-safe.
 */
final class OutputNames {
    private final InboxFolders folders;
    private final Path marks;

    OutputNames(InboxFolders folders) {
        this.folders = folders;
        this.marks = folders.claimed().resolve("names");
    }

    /** What is written down of a name before it is taken: who is killed in between must be known to have wanted it. */
    interface Intent {
        void wants(String name) throws IOException;
    }

    /** Takes the first form of a file's name under which nothing is there yet; to be given back by {@link #free}. */
    String take(String fileName, Ulid work, Intent intent) throws IOException {
        String base = FileNames.shortened(fileName);
        for (int number = 1; ; number++) {
            String name = FileNames.numbered(base, number);
            if (isFree(name) && !isMarked(name)) {
                intent.wants(name);
                if (mark(name, work)) {
                    // somebody may have ended with it, or taken one that gets in the way, since it was looked for
                    if (isFree(name)) {
                        return name;
                    }
                    free(name, work);
                }
            }
        }
    }

    /** Whether the name belongs to that work, or does so from now on. */
    boolean takeAgain(String name, Ulid work) throws IOException {
        return belongsTo(name, work) || mark(name, work);
    }

    void free(String name, Ulid work) throws IOException {
        if (belongsTo(name, work)) {
            Files.deleteIfExists(marks.resolve(name));
        }
        // whoever marked it may have been killed
        Files.deleteIfExists(part(work));
    }

    /** Where marks are, with those in the making. */
    Path marks() {
        return marks;
    }

    private Path part(Ulid work) {
        return marks.resolve("." + work + ".part");
    }

    private boolean belongsTo(String name, Ulid work) throws IOException {
        try {
            return Files.readString(marks.resolve(name)).equals(work.toString());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private boolean isFree(String name) {
        return !exists(folders.done().resolve(name))
                && !exists(folders.failed().resolve(name))
                && !exists(folders.failed().resolve(name + FileNames.RETRY_SUFFIX))
                && !exists(folders.replies().resolve(name + FileKind.of(name).replySuffix()))
                // a file's retry file has the name under which that ends when it is dropped
                && !isMarked(name + FileNames.RETRY_SUFFIX)
                && !(FileNames.isRetry(name)
                        && isMarked(name.substring(0, name.length() - FileNames.RETRY_SUFFIX.length())));
    }

    private boolean isMarked(String name) {
        return exists(marks.resolve(name));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** A link, so that the mark says from the first moment to which work the name belongs. */
    private boolean mark(String name, Ulid work) throws IOException {
        Files.createDirectories(marks);
        Path mark = marks.resolve(name);
        Path part = part(work);
        byte[] content = work.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            Files.write(part, content);
            Files.createLink(mark, part);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | IOException e) {
            return markWithoutLinks(mark, content);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean markWithoutLinks(Path mark, byte[] content) throws IOException {
        try {
            Files.write(mark, content, StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }
}
