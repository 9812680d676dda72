package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * By what a file and its records are known in the journal. Immutable.
 *
 * @param hash over name, size and content
 * @param work names the work on it, from its first record to its end, whoever does it; its time is when it began
 * @param isResumed whether somebody has broken off that work, and it goes on now
 */
record FileIdentity(String hash, Ulid work, boolean isResumed) {

    /** When the work on it began that somebody broke off; null when it begins now. */
    @Nullable
    Instant resumed() {
        return isResumed ? work.getInstant() : null;
    }

    /** What the keys of all its records begin with. */
    String prefix() {
        return "file:" + hash + ":";
    }

    /** @param number of the record, 1 for the first */
    String key(long number) {
        return prefix() + number;
    }

    /** What a record's key has before its number. */
    static String prefixOf(String key) {
        return key.substring(0, key.lastIndexOf(':') + 1);
    }
}
