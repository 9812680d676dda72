package io.tandem.target;

import io.tandem.config.Settings;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * So many attempts at the same time; others wait in the order of their arrival, without a thread (that of resilience4j
 * holds one while it waits). Thread-safe and lock-free.
 */
final class Bulkhead {
    private final int places;
    private final long waitNanos;

    /** Those inside; never more than there are places. */
    private final AtomicInteger inside = new AtomicInteger();

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Waiter> queue = new ConcurrentLinkedQueue<>();

    Bulkhead(Settings.Bulkhead settings) {
        this.places = settings.maxInFlight();
        this.waitNanos = settings.longestWait().toNanos();
    }

    /** One who waits for a place. */
    final class Waiter {
        private final Runnable admitted;
        private final AtomicBoolean decided = new AtomicBoolean();

        private Waiter(Runnable admitted) {
            this.admitted = admitted;
        }

        /** Waits no longer; false when the place is there already, or was given up before. */
        boolean giveUp() {
            boolean first = decide();
            if (first) {
                queue.remove(this);
            }
            return first;
        }

        private boolean decide() {
            boolean first = decided.compareAndSet(false, true);
            if (first) {
                waiting.decrementAndGet();
            }
            return first;
        }
    }

    /** How long to wait at most. */
    long waitNanos() {
        return waitNanos;
    }

    int inside() {
        return inside.get();
    }

    int waiting() {
        return waiting.get();
    }

    /** Takes a place if one is free and nobody waits for it. */
    boolean tryEnter() {
        return queue.isEmpty() && tryTake();
    }

    /**
     * Waits for a place.
     *
     * @param admitted is run, at once or by whoever leaves, when there is one: must be quick
     */
    Waiter enter(Runnable admitted) {
        Waiter waiter = new Waiter(admitted);
        waiting.incrementAndGet();
        queue.add(waiter);
        // somebody may have left in between, and seen nobody waiting
        admitWaiting();
        return waiter;
    }

    /** Gives back a place. */
    void leave() {
        inside.decrementAndGet();
        admitWaiting();
    }

    private void admitWaiting() {
        while (!queue.isEmpty() && tryTake()) {
            Waiter next = queue.poll();
            while (next != null && !next.decide()) {
                next = queue.poll();
            }
            if (next == null) {
                // whoever is added now looks for a place after that, and finds this one
                inside.decrementAndGet();
            } else {
                next.admitted.run();
            }
        }
    }

    private boolean tryTake() {
        int before = inside.get();
        while (before < places) {
            if (inside.compareAndSet(before, before + 1)) {
                return true;
            }
            before = inside.get();
        }
        return false;
    }
}
