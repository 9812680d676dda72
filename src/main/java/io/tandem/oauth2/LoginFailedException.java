package io.tandem.oauth2;

/** A login did not come to its end; the message is one line that says why and what to do. */
public final class LoginFailedException extends OAuth2Exception {
    private static final long serialVersionUID = 1L;

    private final transient TokenFailure failure;

    LoginFailedException(TokenFailure failure) {
        super(failure.diagnosis(), null, true);
        this.failure = failure;
    }

    LoginFailedException(TokenFailure.Kind kind, String diagnosis) {
        this(new TokenFailure(kind, diagnosis));
    }

    /** What is wrong. */
    public TokenFailure failure() {
        return failure;
    }
}
