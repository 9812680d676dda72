package io.tandem.journal;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much is left to do: what the database said last, and what this process has written since. Thread-safe; what is
 * written while the database is asked may be missed until it is asked again.
 */
final class Counts {
    private final AtomicLong messages = new AtomicLong();
    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private volatile Map<String, Long> removed = Map.of();

    private static final class Target {
        private final AtomicLong pending = new AtomicLong();
        private final AtomicLong dead = new AtomicLong();
        private volatile @Nullable Instant oldest;
    }

    long messages() {
        return Math.max(0, messages.get());
    }

    Backlog backlog(String target) {
        Target counts = target(target);
        long pending = Math.max(0, counts.pending.get());
        return new Backlog(pending, Math.max(0, counts.dead.get()), pending == 0 ? null : counts.oldest);
    }

    Map<String, Long> removed() {
        return removed;
    }

    /** @param pending deliveries, by targets that are not configured */
    void setRemoved(Map<String, Long> pending) {
        removed = pending;
    }

    void setMessages(long pending) {
        messages.set(pending);
    }

    void set(String target, Backlog backlog) {
        Target counts = target(target);
        counts.pending.set(backlog.pending());
        counts.dead.set(backlog.dead());
        counts.oldest = backlog.oldest();
    }

    /** A message began to be pending (1), or ended (-1). */
    void addMessage(int change) {
        messages.addAndGet(change);
    }

    /** A new delivery is pending. */
    void added(String target, Instant received) {
        Target counts = target(target);
        if (counts.pending.getAndIncrement() <= 0) {
            counts.oldest = received;
        }
    }

    /** A delivery went from one state to another. */
    void moved(String target, DeliveryState from, DeliveryState to) {
        count(target, from, -1);
        count(target, to, 1);
    }

    /** A delivery is forgotten. */
    void removed(String target, DeliveryState state) {
        count(target, state, -1);
    }

    private void count(String target, DeliveryState state, int change) {
        if (state == DeliveryState.PENDING) {
            target(target).pending.addAndGet(change);
        } else if (state == DeliveryState.DEAD) {
            target(target).dead.addAndGet(change);
        }
    }

    private Target target(String name) {
        Target known = targets.get(name);
        return known != null ? known : targets.computeIfAbsent(name, n -> new Target());
    }
}
