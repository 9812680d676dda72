package io.tandem.oauth2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key that the refresh tokens are encrypted with: 256 bits, as base64 or as 64 hexadecimal digits. Read at each
 * use; {@link #toString()} never shows it. Safe for use by any thread.
 */
public final class StoreKey {
    private static final int BYTES = 32;

    private final @Nullable Path file;
    private final @Nullable Supplier<String> value;

    private StoreKey(@Nullable Path file, @Nullable Supplier<String> value) {
        this.file = file;
        this.value = value;
    }

    /** A key in a file, which is made, readable by its owner alone, when it is missing. */
    public static StoreKey file(Path file) {
        return new StoreKey(file, null);
    }

    /** A key from elsewhere: the environment, say. */
    public static StoreKey value(Supplier<String> value) {
        return new StoreKey(null, value);
    }

    /** The key as it is now. */
    SecretKey key() {
        if (value != null) {
            return decode(value.get(), "the key of the refresh token store");
        }
        if (file == null) {
            throw new IllegalStateException("a key has a file or a value");
        }
        try {
            if (!Files.exists(file)) {
                byte[] fresh = new byte[BYTES];
                new SecureRandom().nextBytes(fresh);
                PrivateFiles.create(
                        file, (Base64.getEncoder().encodeToString(fresh) + "\n").getBytes(PrivateFiles.TEXT));
            }
            return decode(Files.readString(file, PrivateFiles.TEXT), "'" + file + "'");
        } catch (IOException e) {
            throw new RefreshTokenStoreException("the key file '" + file + "' can't be read or made", e);
        }
    }

    private static SecretKey decode(String text, String what) {
        String stripped = text.strip();
        byte[] bytes;
        try {
            bytes = stripped.length() == 2 * BYTES
                    ? HexFormat.of().parseHex(stripped)
                    : Base64.getDecoder().decode(stripped.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            bytes = new byte[0];
        }
        if (bytes.length != BYTES) {
            throw new RefreshTokenStoreException(
                    what + " is not a key: 32 bytes as base64 or hexadecimal are wanted ('openssl rand -base64 32')",
                    null);
        }
        return new SecretKeySpec(bytes, "AES");
    }

    @Override
    public String toString() {
        return file == null ? "(key)" : "(key in " + file + ")";
    }
}
