package io.tandem.server;

/** The files of TLS can't be used; the message is a line for people. */
public final class TlsFilesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;

    TlsFilesException(String key, String reason, Throwable cause) {
        super(reason, cause);
        this.key = key;
    }

    /** The configuration key at which to look. */
    public String key() {
        return key;
    }
}
