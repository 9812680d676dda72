package io.tandem.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** By what two messages are known to be the same: SHA-256 over content type and body. */
public final class BodyHash {
    private BodyHash() {}

    /** @return 32 bytes */
    public static byte[] of(byte[] body, @Nullable String contentType) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            if (contentType != null) {
                digest.update(contentType.getBytes(StandardCharsets.UTF_8));
            }
            digest.update((byte) 0);
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
