package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What the next one who takes a file has to know of it: it lies beside the file, as long as the work on it is not done.
 * Immutable.
 *
 * @param hash {@link FileIdentity#hash}; tells whether the note belongs to the file that it is found with
 * @param work {@link FileIdentity#work}; null when that has ended
 * @param output under which name the file ends, and by which its reply and its retry file are named
 * @param nonce {@link ContentHash#identity}
 * @param name under which the file was dropped: it may have got another since
 */
record ClaimNote(String hash, @Nullable Ulid work, String output, String nonce, String name) {
    private static final String NONE = "-";

    /** No name has a zero in it, though one may have line breaks. */
    private static final String BETWEEN = "\0";

    private static final int PARTS = 5;

    /** The note in that file; null when there is none, or when whoever wrote it was killed. */
    static @Nullable ClaimNote read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return null;
        }
        String[] parts = text.split(BETWEEN, -1);
        boolean whole = parts.length == PARTS && (parts[1].equals(NONE) || Ulid.isValid(parts[1]));
        return whole
                ? new ClaimNote(
                        parts[0], parts[1].equals(NONE) ? null : Ulid.from(parts[1]), parts[2], parts[3], parts[4])
                : null;
    }

    /** Brings it to the disk. */
    void write(Path file) throws IOException {
        String text = String.join(BETWEEN, hash, work == null ? NONE : work.toString(), output, nonce, name);
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
        return new ClaimNote(hash, null, output, nonce, name);
    }

    /** The same, to end under another name. */
    ClaimNote named(String other) {
        return new ClaimNote(hash, work, other, nonce, name);
    }

    boolean belongsTo(ContentHash content) {
        return hash.equals(content.identity(name, nonce));
    }
}
