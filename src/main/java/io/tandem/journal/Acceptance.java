package io.tandem.journal;

/** What the journal says to a message that is handed in. */
public sealed interface Acceptance {

    /** It is on disk; whoever handed it in now attempts what it has taken. */
    record Fresh() implements Acceptance {}

    /**
     * A message with that key is known already; nothing was written.
     *
     * @param sameBody whether it is the same message again, byte for byte and with the same content type
     */
    record Known(StoredMessage message, boolean sameBody) implements Acceptance {}
}
