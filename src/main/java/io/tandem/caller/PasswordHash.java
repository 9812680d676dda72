package io.tandem.caller;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The PBKDF2-HMAC-SHA256 of a password, written {@code pbkdf2:ROUNDS:SALT:HASH}. Slow, on purpose. Immutable. */
final class PasswordHash {
    /** As OWASP's Password Storage Cheat Sheet has it for PBKDF2-HMAC-SHA256. */
    static final int ROUNDS = 600_000;

    private static final int BITS = 256;

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** Reads what {@link #of} has written. */
    static PasswordHash parse(String text) {
        String[] parts = text.split(":");
        return new PasswordHash(Integer.parseInt(parts[1]), Base64Url.decode(parts[2]), Base64Url.decode(parts[3]));
    }

    /** The hash of no password: to try it takes as long as to try another. */
    static PasswordHash ofNobody(int rounds) {
        return new PasswordHash(rounds, new byte[16], new byte[BITS / 8]);
    }

    static String of(char[] password, byte[] salt, int rounds) {
        return "pbkdf2:" + rounds + ":" + Base64Url.encode(salt) + ":"
                + Base64Url.encode(derive(password, salt, rounds));
    }

    int rounds() {
        return rounds;
    }

    /** Blocks the processor for about a fifth of a second. */
    boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, derive(password, salt, rounds));
    }

    private static byte[] derive(char[] password, byte[] salt, int rounds) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password, salt, rounds, BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
        }
    }
}
