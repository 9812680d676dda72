package io.tandem.oauth2;

/** One token call failed. Stays in this package; has neither stack trace nor cause, as those could carry secrets. */
final class TokenCallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient TokenFailure failure;

    TokenCallException(TokenFailure failure) {
        super(failure.diagnosis(), null, false, false);
        this.failure = failure;
    }

    TokenCallException(TokenFailure.Kind kind, String diagnosis) {
        this(new TokenFailure(kind, diagnosis));
    }

    TokenFailure failure() {
        return failure;
    }
}
