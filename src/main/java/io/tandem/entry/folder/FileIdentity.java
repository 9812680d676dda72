package io.tandem.entry.folder;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * By what a file and its records are known in the journal. Immutable.
 *
 * @param hash over name, size and content
 * @param resumed when the work on it began that somebody broke off; null when it begins now
 */
record FileIdentity(String hash, @Nullable Instant resumed) {

    /** What the keys of all its records begin with. */
    String prefix() {
        return "file:" + hash + ":";
    }

    /** @param number of the record, 1 for the first */
    String key(long number) {
        return prefix() + number;
    }
}
