package io.tandem.oauth2;

import java.time.Duration;

/** Makes one token call; blocks. Safe for use by any thread, but called by one at a time per source. */
interface TokenFetcher {
    TokenReply fetch() throws TokenCallException;

    /** A digest of the credentials as they are now: another value means that a new attempt may fare better. */
    String fingerprint();

    /** After this time a call can be given up for lost. */
    Duration limit();

    /** Whether the token is to be renewed even while nobody asks for it. */
    default boolean keepAlive() {
        return false;
    }

    /** Whether a failure is one caller's affair, which is not worth a line in the log. */
    default boolean forOneCaller() {
        return false;
    }
}
