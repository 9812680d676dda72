package io.tandem.target;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps retries a small part of the calls: each call pays in a fraction of a retry, each retry takes out a whole one.
 * A little is always allowed, so that a retry is possible where calls are few. Thread-safe and lock-free.
 */
final class RetryBudget {
    /** Of one retry. */
    private static final long PARTS = 1_000_000;

    /** What a healthy time saves up: enough for a target that restarts, and soon used up by one that is down. */
    private static final long MOST = 100 * PARTS;

    private static final long FLOOR_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FLOOR_BURST = 10;

    private final long partsPerCall;
    private final LongSupplier nanoClock;
    private final AtomicLong balance = new AtomicLong();

    /** When the floor is whole again (the theoretical arrival time of the generic cell rate algorithm, ITU-T I.371). */
    private final AtomicLong floorWhole;

    /**
     * @param retriesPerCall 0.2: one for every five calls
     * @param nanoClock as {@link System#nanoTime()}
     */
    RetryBudget(double retriesPerCall, LongSupplier nanoClock) {
        this.partsPerCall = Math.round(retriesPerCall * PARTS);
        this.nanoClock = nanoClock;
        this.floorWhole = new AtomicLong(nanoClock.getAsLong());
    }

    /** A call is made, retries aside. */
    void called() {
        long before = balance.get();
        // full as long as all is well: nothing is written then
        while (before < MOST && !balance.compareAndSet(before, Math.min(MOST, before + partsPerCall))) {
            before = balance.get();
        }
    }

    /** Takes out a retry; false when there is none. */
    boolean tryRetry() {
        long before = balance.get();
        while (before >= PARTS) {
            if (balance.compareAndSet(before, before - PARTS)) {
                return true;
            }
            before = balance.get();
        }
        return tryFloor();
    }

    private boolean tryFloor() {
        long now = nanoClock.getAsLong();
        while (true) {
            long whole = floorWhole.get();
            long next = (whole - now < 0 ? now : whole) + FLOOR_INTERVAL_NANOS;
            if (next - now > FLOOR_BURST * FLOOR_INTERVAL_NANOS) {
                return false;
            }
            if (floorWhole.compareAndSet(whole, next)) {
                return true;
            }
        }
    }
}
