package io.tandem.entry.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folders of the entry: the inbox, and what lies beside it. Immutable.
 *
 * @param claimed inside the inbox, so that a file is claimed by a rename within one file system; hidden, so that it is
 *     not looked into
 */
record InboxFolders(Path inbox, Path claimed, Path done, Path failed, Path replies) {
    private static final Set<String> TAKEN = Set.of("done", "failed", "replies");

    /** @throws IllegalArgumentException when the inbox would be one of the folders beside it */
    static InboxFolders of(Path dir) {
        Path inbox = dir.toAbsolutePath().normalize();
        Path name = inbox.getFileName();
        if (name == null || TAKEN.contains(name.toString())) {
            throw new IllegalArgumentException("tandem.inbox.dir=" + dir
                    + ": the inbox can't be named done, failed or replies, as the folders beside it are");
        }
        return new InboxFolders(
                inbox,
                inbox.resolve(".claimed"),
                inbox.resolveSibling("done"),
                inbox.resolveSibling("failed"),
                inbox.resolveSibling("replies"));
    }

    /** Files in the inbox, the hidden ones aside; no more than {@code most} are counted. */
    int waiting(int most) {
        try (Stream<Path> files = Files.list(inbox)) {
            return (int)
                    files.filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                            .limit(most)
                            .count();
        } catch (IOException | UncheckedIOException e) {
            // without a folder there are none; why it can't be read, is told where it is polled
            return 0;
        }
    }

    /** Creates what is missing; quick when nothing is. */
    void prepare() throws IOException {
        for (Path folder : List.of(inbox, claimed, done, failed, replies)) {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            if (!Files.isWritable(folder)) {
                throw new IOException("no permission to write to " + folder);
            }
        }
        if (!Files.isReadable(inbox)) {
            throw new IOException("no permission to read " + inbox);
        }
    }
}
