package io.tandem.app;

import io.micrometer.core.instrument.Counter;
import io.tandem.config.Fault;
import io.tandem.observe.Meters;
import io.tandem.observe.TandemMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came of the edits that were saved while Tandem ran. Thread-safe. */
public final class Reloads {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.reload");

    private static final int KEPT = 20;

    /**
     * One edit, or several that were saved together.
     *
     * @param files that were changed, added or deleted
     * @param took from the look that found it to the end
     * @param faults why it was refused; empty when it was applied
     */
    public record Attempt(Instant at, List<String> files, Duration took, List<Fault> faults) {
        public boolean applied() {
            return faults.isEmpty();
        }
    }

    private final Counter applied;
    private final Counter refused;
    private final Deque<Attempt> latest = new ArrayDeque<>();
    private Instant runningSince;
    private @Nullable Attempt refusal;
    private List<Fault> atNextStart = List.of();

    Reloads(Meters meters, Instant started) {
        this.applied = meters.counter(TandemMeter.RELOADS, "applied");
        this.refused = meters.counter(TandemMeter.RELOADS, "refused");
        this.runningSince = started;
        meters.gauge(TandemMeter.RELOAD_REFUSED, () -> refusal() == null ? 0 : 1);
    }

    /** Since when what runs now has been running. */
    public synchronized Instant runningSince() {
        return runningSince;
    }

    /** The last edit, when it was refused and nobody has mended it; else null. */
    public synchronized @Nullable Attempt refusal() {
        return refusal;
    }

    /** The latest attempts, newest first. */
    public synchronized List<Attempt> latest() {
        return List.copyOf(latest);
    }

    /** What was edited and can take effect at the next start only. */
    public synchronized List<Fault> atNextStart() {
        return atNextStart;
    }

    synchronized void waitForStart(List<Fault> waiting) {
        if (!waiting.equals(atNextStart)) {
            waiting.forEach(fault -> LOG.warn("{}", fault.line()));
            atNextStart = waiting;
        }
    }

    synchronized void add(Attempt attempt) {
        if (attempt.applied()) {
            applied.increment();
            runningSince = attempt.at().plus(attempt.took());
            refusal = null;
        } else {
            refused.increment();
            refusal = attempt;
        }
        latest.addFirst(attempt);
        if (latest.size() > KEPT) {
            latest.removeLast();
        }
    }

    /** The files are what runs, again. */
    synchronized void reverted() {
        refusal = null;
    }
}
