package io.tandem.journal;

/**
 * A delivery that this instance has taken to attempt it now.
 *
 * @param attempts made in earlier rounds
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DueDelivery(StoredMessage message, String target, int attempts, byte[] body) {}
