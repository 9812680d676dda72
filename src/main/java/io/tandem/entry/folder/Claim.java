package io.tandem.entry.folder;

import java.nio.file.Path;

/**
 * A file that this process has taken out of the inbox.
 *
 * @param name its name in the inbox
 * @param path where it is now
 */
record Claim(String name, Path path) {
    /** The exchange property that holds it. */
    static final String PROPERTY = "TandemClaim";
}
