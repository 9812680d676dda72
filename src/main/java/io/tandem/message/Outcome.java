package io.tandem.message;

/** How one delivery ended. The words are part of the contract: they appear in replies, logs and metrics. */
public enum Outcome {
    /** 2xx. */
    DELIVERED("delivered"),
    /** A reply that says no: 4xx other than a token or rate problem that was overcome. */
    REJECTED("rejected"),
    /** 5xx, a redirect, a reply that breaks off or can't be read. */
    FAILED("failed"),
    /** No connection, or no credentials: certainly not processed. */
    UNREACHABLE("unreachable"),
    /** Sent, no reply in time: unknown whether processed. */
    TIMED_OUT("timed-out"),
    /** Not sent: the breaker is open, or a condition excluded the target. */
    SKIPPED("skipped");

    private final String word;

    Outcome(String word) {
        this.word = word;
    }

    /** The outcome as users see it. */
    public String word() {
        return word;
    }
}
