package io.tandem.entry.kafka;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why something does not go on, for those who run Tandem: said once in the log, and once when it is over. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.kafka");

    /** What comes and goes, as a full backlog does, is not told again before. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String what;
    private volatile @Nullable String reason;
    private long toldAt = System.nanoTime() - QUIET_NANOS;
    private boolean endIsNews;

    /** @param what does not go on, such as "no records are taken" */
    Trouble(String what) {
        this.what = what;
    }

    /** Null when there is none. */
    @Nullable
    String reason() {
        return reason;
    }

    synchronized void is(String now) {
        long time = System.nanoTime();
        if (reason == null && time - toldAt >= QUIET_NANOS) {
            toldAt = time;
            endIsNews = true;
            LOG.warn("{}: {}; it goes on by itself as soon as that is over", what, now);
        }
        reason = now;
    }

    void over() {
        if (reason != null) {
            end();
        }
    }

    private synchronized void end() {
        if (endIsNews) {
            endIsNews = false;
            LOG.info("over: {}", what);
        }
        reason = null;
    }
}
