package io.tandem.caller;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The salted SHA-256 of an API key. One round is enough for what can't be guessed: the keys that Tandem makes have 256
 * random bits. Written {@code sha256:SALT:HASH}. Thread-safe.
 */
final class KeyHash {
    private final MessageDigest salted;
    private final byte[] hash;

    private KeyHash(byte[] salt, byte[] hash) {
        this.salted = sha256();
        this.salted.update(salt);
        this.hash = hash;
    }

    /** Reads what {@link #of} has written. */
    static KeyHash parse(String text) {
        String[] parts = text.split(":");
        return new KeyHash(Base64Url.decode(parts[1]), Base64Url.decode(parts[2]));
    }

    static String of(String key, byte[] salt) {
        MessageDigest digest = sha256();
        digest.update(salt);
        byte[] hash = digest.digest(key.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + Base64Url.encode(salt) + ":" + Base64Url.encode(hash);
    }

    /** Takes the same time whether it does or not. */
    boolean matches(byte[] key) {
        try {
            MessageDigest digest = (MessageDigest) salted.clone();
            return MessageDigest.isEqual(hash, digest.digest(key));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
