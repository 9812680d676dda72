package io.tandem.proof;

/** What a recording target does with one request. */
public enum Reply {
    /** 200 at once. */
    OK,
    /** 200 after a while. */
    LATE,
    /** 503, not processed. */
    BUSY,
    /** The connection is reset, nothing was processed. */
    CUT,
    /** Processed, and the connection is reset instead of an answer: the caller can't know. */
    LOST;

    /** Whether the target has the message now, be it told or not. */
    public boolean processed() {
        return this == OK || this == LATE || this == LOST;
    }
}
