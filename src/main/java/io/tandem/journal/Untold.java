package io.tandem.journal;

import java.util.Map;

/**
 * A message of which nothing is left to do, and whose sender has not been told yet.
 *
 * @param body not to be changed
 * @param replyTo by what the entry finds whom to tell
 * @param lease names this turn of telling it, for {@link Journal#told} and {@link Journal#tellLater}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would cost
public record Untold(StoredMessage message, byte[] body, Map<String, String> replyTo, long lease) {}
