package io.tandem.journal;

import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/**
 * The deliveries to one target that redelivery makes: how many at a time, and when. While the target is down, one
 * delivery in growing intervals finds out whether it is back; then their number doubles until all places are used, so
 * that it is not run over. Guarded by the lock of {@link Redelivery}.
 */
final class Lane {
    /** One delivery in that time burdens nobody, and the return of the target is noticed soon. */
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final IntToLongFunction pause;

    private int places;
    private int limit;
    private int running;
    private int failures;
    private boolean recovering;
    private boolean taking;
    private long pausedUntil = System.nanoTime();
    private long nextLook = System.nanoTime();
    private long looks;

    /**
     * @param places deliveries at the same time
     * @param pause how long the target is left alone after so many failures in a row, in nanoseconds
     */
    Lane(int places, IntToLongFunction pause) {
        this.places = places;
        this.pause = pause;
        this.limit = places;
    }

    /** The target gets another number of deliveries at the same time. */
    void resize(int newPlaces) {
        limit = limit == places ? newPlaces : Math.min(limit, newPlaces);
        places = newPlaces;
    }

    /** How many deliveries may be taken now. */
    int free(long now) {
        return taking || now - pausedUntil < 0 || now - nextLook < 0 ? 0 : Math.max(0, limit - running);
    }

    /** How long until {@link #free} may say something else by itself. */
    long waitNanos(long now) {
        if (taking || running >= limit) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, Math.max(pausedUntil - now, nextLook - now));
    }

    /** Something may be due at that time. */
    void look(long nanoTime) {
        looks++;
        if (nanoTime - nextLook < 0) {
            nextLook = nanoTime;
        }
    }

    long looks() {
        return looks;
    }

    boolean isRecovering() {
        return recovering;
    }

    void taking() {
        taking = true;
    }

    /**
     * @param looksBefore {@link #looks} when they were asked for: what was announced since may have been missed
     * @param next when something else may be due
     */
    void taken(int deliveries, long looksBefore, long next) {
        taking = false;
        running += deliveries;
        if (deliveries == 0 && failures == 0) {
            recovering = false;
        }
        if (looks == looksBefore) {
            nextLook = next;
        }
    }

    /** Takes a place for what need not be looked for; false when what waits comes first. */
    boolean tryBegin(long now) {
        if (recovering || running >= limit || now - pausedUntil < 0 || now - nextLook >= 0) {
            return false;
        }
        running++;
        return true;
    }

    /** A delivery has ended. */
    void end() {
        running--;
    }

    boolean isBusy() {
        return running > 0 || taking;
    }

    void succeeded(long now) {
        if (failures > 0) {
            failures = 0;
            pausedUntil = now;
            nextLook = now;
        }
        // one more for each success: doubled with each round
        limit = Math.min(places, limit + 1);
    }

    /** @param atLeast how long the target asked to be left alone, in nanoseconds */
    void failed(long now, long atLeast) {
        if (limit > 1) {
            limit /= 2;
        } else if (now - pausedUntil >= 0) {
            // what was under way when the pause began tells nothing new
            failures++;
            recovering = true;
            pausedUntil = now + Math.min(LONGEST_PAUSE, Math.max(pause.applyAsLong(failures), atLeast));
        }
    }
}
