package io.tandem.oauth2;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * There is no access token now. The message is fit for callers: it names the key's label, what is wrong in a few words,
 * the OAuth error code and the time of the next attempt, but neither a host nor a secret; {@link #failure()} has the
 * line for the operator. One object is shared by all who ask during one back-off, so it has no stack trace.
 */
public final class TokenUnavailableException extends OAuth2Exception {
    private static final long serialVersionUID = 1L;

    private final String label;
    private final transient TokenFailure failure;
    private final Instant nextAttempt;

    TokenUnavailableException(String label, TokenFailure failure, Instant nextAttempt) {
        super(message(label, failure, nextAttempt), null, false);
        this.label = label;
        this.failure = failure;
        this.nextAttempt = nextAttempt;
    }

    private static String message(String label, TokenFailure failure, Instant nextAttempt) {
        String code = failure.oauthError() == null ? "" : " (" + failure.oauthError() + ")";
        return "No access token for '" + label + "': " + failure.kind().text() + code + "; next attempt at "
                + nextAttempt;
    }

    /** The label under which the source was made. */
    public String label() {
        return label;
    }

    /** What is wrong, for the operator. */
    public TokenFailure failure() {
        return failure;
    }

    /** The {@code error} code of RFC 6749 §5.2, when the server sent one. */
    public @Nullable String oauthError() {
        return failure.oauthError();
    }

    /** Until then every caller gets this failure at once. */
    public Instant nextAttempt() {
        return nextAttempt;
    }
}
