package io.tandem.oauth2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** Files that only their owner may read, and that are replaced as a whole or not at all. */
final class PrivateFiles {
    static final Charset TEXT = StandardCharsets.US_ASCII;
    static final String TEMPORARY = ".tmp";

    private PrivateFiles() {}

    /** Replaces {@code file}; when this returns, the new content is on the disk and has its name. */
    static void write(Path file, byte[] content) throws IOException {
        put(file, content, fresh -> {
            try {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
            }
        });
    }

    /** Makes {@code file}, complete from the start, unless another process was quicker. */
    static void create(Path file, byte[] content) throws IOException {
        put(file, content, fresh -> {
            try {
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException e) {
                // that one is as good
            } catch (UnsupportedOperationException e) {
                Files.move(fresh, file);
            }
        });
    }

    private interface Naming {
        void name(Path fresh) throws IOException;
    }

    private static void put(Path file, byte[] content, Naming naming) throws IOException {
        Path folder = folder(file);
        Path fresh = folder.resolve("." + file.getFileName() + "-" + UUID.randomUUID() + TEMPORARY);
        try {
            try (FileChannel out = FileChannel.open(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    mode(folder, "rw-------"))) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            naming.name(fresh);
        } finally {
            Files.deleteIfExists(fresh);
        }
        sync(folder);
    }

    /** The folder of {@code file}, made when it is missing. */
    static Path folder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("'" + file + "' is no file");
        }
        if (!Files.isDirectory(folder)) {
            Path above = folder.getParent();
            if (above != null) {
                Files.createDirectories(above);
                Files.createDirectories(folder, mode(above, "rwx------"));
            }
        }
        return folder;
    }

    /** The attribute for these permissions, where the file system has such. */
    static FileAttribute<?>[] mode(Path near, String permissions) {
        return near.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    // The name is not durable before its folder is.
    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // systems on which folders can't be opened have no need of it
        }
    }
}
