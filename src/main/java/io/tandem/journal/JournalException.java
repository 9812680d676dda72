package io.tandem.journal;

/** The journal can't be read or written now: nothing was changed. Its message is one line for people, free of secrets. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JournalException(String reason, Throwable cause) {
        super(reason, cause);
    }

    public JournalException(String reason) {
        super(reason);
    }
}
