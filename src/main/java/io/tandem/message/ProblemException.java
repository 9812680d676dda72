package io.tandem.message;

/** Ends the processing of a message with a problem that the caller is told. */
public class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        // no stack trace: it tells a caller's fault, not ours, and hostile callers must not make it expensive
        super(problem.detail() == null ? problem.type().title() : problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** What the caller is told. */
    public Problem problem() {
        return problem;
    }
}
