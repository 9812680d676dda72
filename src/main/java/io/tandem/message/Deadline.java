package io.tandem.message;

import java.time.Duration;

/**
 * The moment by which a message must be answered, on the clock of {@link System#nanoTime()}, so that changes of the
 * wall clock don't matter.
 */
public record Deadline(long nanoTime) {

    /** A deadline that far from now. */
    public static Deadline in(Duration budget) {
        return new Deadline(System.nanoTime() + budget.toNanos());
    }

    /** What is left; zero or negative when it is over. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    /** Whether it is over. */
    public boolean isOver() {
        return remainingNanos() <= 0;
    }
}
