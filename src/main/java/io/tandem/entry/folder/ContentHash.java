package io.tandem.entry.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is in a file, as far as it takes to recognise it. Immutable.
 *
 * @param size in bytes
 * @param sha256 of all of it, in hexadecimal
 */
record ContentHash(long size, String sha256) {
    private static final int CHUNK = 128 * 1024;

    /**
     * Reads all of a file, in constant memory.
     *
     * @return null when it was to be stopped before the end
     */
    static @Nullable ContentHash of(Path file, BooleanSupplier stopping) throws IOException {
        MessageDigest digest = newDigest();
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (stopping.getAsBoolean()) {
                    return null;
                }
                digest.update(chunk, 0, read);
                size += read;
            }
        }
        return new ContentHash(size, HexFormat.of().formatHex(digest.digest()));
    }

    /**
     * By what a file of this content is recognised.
     *
     * @param name under which it was dropped
     * @param nonce empty, unless the file is to be another one each time that it is dropped
     */
    String identity(String name, String nonce) {
        MessageDigest digest = newDigest();
        // no name has a zero in it
        digest.update((name + '\0' + size + '\0' + sha256 + '\0' + nonce).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
