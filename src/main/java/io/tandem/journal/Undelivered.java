package io.tandem.journal;

/** What becomes of a delivery that a run did not bring about, and that might succeed later. */
public enum Undelivered {
    /** Its caller was told, and decides: it is dead until somebody asks for it again. */
    GIVE_UP,
    /** It is attempted again in the background. */
    REDELIVER
}
