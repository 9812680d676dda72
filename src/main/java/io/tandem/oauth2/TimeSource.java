package io.tandem.oauth2;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as this package sees it; tests put their own in. Life times are counted on the monotonic clock, so that a step
 * of the wall clock neither kills nor revives a token. Safe for use by any thread.
 */
interface TimeSource {
    /** Monotonic, only good for differences. */
    long nanos();

    /** Wall clock: for people and for signed assertions. */
    Instant now();

    /** Runs {@code task} once after {@code delay} on a shared thread; the task must not block. */
    Scheduled schedule(Duration delay, Runnable task);

    /** A task that waits for its time. */
    interface Scheduled {
        /** Forgets the task; no effect once it ran. */
        void cancel();
    }
}
