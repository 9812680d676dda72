package io.tandem.target;

import java.io.IOException;

/** A request was about to go to another server than the one that is configured. */
final class ForeignAuthorityException extends IOException {
    private static final long serialVersionUID = 1L;

    ForeignAuthorityException() {
        super("the request names another server than the one that is configured");
    }
}
