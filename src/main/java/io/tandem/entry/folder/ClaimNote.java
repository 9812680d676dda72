package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the next one who takes a file has to know of it: it lies beside the file, as long as the work on it is not done.
 * Immutable.
 *
 * @param hash {@link FileIdentity#hash}; tells whether the note belongs to the file that it is found with
 * @param begun when the work on it began; null when that work has ended
 * @param nonce {@link ContentHash#identity}
 * @param name under which the file was dropped: it may have got another since
 */
record ClaimNote(String hash, @Nullable Instant begun, String nonce, String name) {
    private static final String NONE = "-";

    /** The note in that file; null when there is none, or when whoever wrote it was killed. */
    static @Nullable ClaimNote read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return null;
        }
        // names may have line breaks
        String[] lines = text.split("\n", 4);
        try {
            return lines.length < 4
                    ? null
                    : new ClaimNote(
                            lines[0],
                            lines[1].equals(NONE) ? null : Instant.ofEpochMilli(Long.parseLong(lines[1])),
                            lines[2],
                            lines[3]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Brings it to the disk. */
    void write(Path file) throws IOException {
        String text = String.join("\n", hash, begun == null ? NONE : Long.toString(begun.toEpochMilli()), nonce, name);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** The same, of a file that is done: when it comes again, it begins anew. */
    ClaimNote ended() {
        return new ClaimNote(hash, null, nonce, name);
    }

    boolean belongsTo(ContentHash content) {
        return hash.equals(content.identity(name, nonce));
    }
}
