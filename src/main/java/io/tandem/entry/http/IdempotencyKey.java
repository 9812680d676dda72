package io.tandem.entry.http;

import io.tandem.caller.Caller;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): a string in quotes, or, as many send it, bare. */
final class IdempotencyKey {
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /**
     * The key, or null when there is none.
     *
     * @throws ProblemException when there are several, or one that is none
     */
    static @Nullable String of(List<String> sent) {
        if (sent.isEmpty()) {
            return null;
        }
        String key = sent.get(0).trim();
        if (key.length() > 1 && key.startsWith("\"") && key.endsWith("\"")) {
            key = key.substring(1, key.length() - 1);
        }
        if (sent.size() > 1 || key.isEmpty() || key.length() > MAX_LENGTH || !isPrintable(key)) {
            throw new ProblemException(Problem.of(
                    ProblemType.MALFORMED_REQUEST,
                    "The Idempotency-Key header must be one string of 1 to " + MAX_LENGTH
                            + " printable ASCII characters."));
        }
        return key;
    }

    /**
     * The key as it is kept. Callers choose their keys; those of other entries, and of each other, are out of their reach.
     *
     * @param caller null when nobody was asked: then all share their keys
     */
    static String of(@Nullable Caller caller, String key) {
        return caller == null ? "http:" + key : "http@" + digest(caller.name()) + ":" + key;
    }

    /** Names may hold anything, and end nowhere. */
    private static String digest(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean isPrintable(String key) {
        return key.chars().allMatch(c -> c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
    }
}
