package io.tandem.target;

/** The caller's own token is needed, and is not there. The message is for the caller. */
final class CallerTokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallerTokenException(String message) {
        super(message, null, false, false);
    }
}
