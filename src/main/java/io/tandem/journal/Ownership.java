package io.tandem.journal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** In whose name this process takes deliveries. Thread-safe. */
interface Ownership {
    /** The number of this instance. */
    long id();

    /**
     * Whether deliveries may be taken: not when others may believe this instance dead.
     *
     * @return null, or why not
     */
    @Nullable
    String refusal();

    /** Whether others may see, and tell of, what this instance has written before it knows of that itself. */
    boolean isShared();

    /** From now on an attempt may go on for that long after its delivery was taken. May block. */
    void allow(Duration attempt);
}
