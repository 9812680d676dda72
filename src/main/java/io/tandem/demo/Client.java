package io.tandem.demo;

import io.tandem.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Who may ask the demo authorization server for tokens. Immutable.
 *
 * @param audience the API that its tokens are for
 */
record Client(String id, Secret secret, String audience) {
    /** What every client may do. */
    static final String SCOPE = "orders.write";

    /** Whether these are its credentials; takes as long whatever they are. */
    boolean matches(String presentedId, String presentedSecret) {
        // digests first: comparing them tells nothing of lengths
        boolean sameId = MessageDigest.isEqual(digest(id), digest(presentedId));
        boolean sameSecret = MessageDigest.isEqual(digest(secret.value()), digest(presentedSecret));
        return sameId && sameSecret;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
