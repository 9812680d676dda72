package io.tandem.tls;

import java.io.IOException;

/** A key, certificate or key store file can't be used; the problem names the file and quotes nothing of it. */
public final class KeyFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    /** A problem that names the file and quotes nothing of it. */
    public KeyFileException(String problem) {
        super(problem);
        this.problem = problem;
    }

    /** One line: the file, and what is wrong with it. */
    public String problem() {
        return problem;
    }
}
