package io.tandem.cli;

/** What a person asked of a running Tandem could not be had; its message is one line that says why, and what to do. */
final class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientException(String reason, Throwable cause) {
        super(reason, cause);
    }

    ClientException(String reason) {
        super(reason);
    }
}
