package io.tandem.oauth2;

import java.io.IOException;

/** A key, certificate or key store file can't be used; the problem names the file and quotes nothing of it. */
final class KeyFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    KeyFileException(String problem) {
        super(problem);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
