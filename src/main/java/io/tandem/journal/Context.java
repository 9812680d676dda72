package io.tandem.journal;

import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * What operations need beside a session.
 *
 * @param helpers for what may block
 */
record Context(Clock clock, Ownership ownership, Bodies bodies, Counts counts, Reader reader, Executor helpers) {
    long now() {
        return clock.millis();
    }
}
