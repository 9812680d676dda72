package io.tandem.entry.http;

import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
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

    private static boolean isPrintable(String key) {
        return key.chars().allMatch(c -> c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
    }
}
