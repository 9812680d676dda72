package io.tandem.entry.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much is under way, and whether more may be: so many requests in work, and so much memory for what callers send and
 * have not yet read. Thread-safe, without locks.
 */
final class Admission {
    private final int mostInWork;
    private final long mostHeld;
    private final AtomicInteger inWork = new AtomicInteger();

    /** Answers on their way to callers who may read slowly; they are no work, but the end waits for them. */
    private final AtomicInteger unwritten = new AtomicInteger();

    /** Bytes of bodies and answers: callers who send many large ones, or read none, must not take all memory. */
    private final AtomicLong held = new AtomicLong();

    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean draining;

    /**
     * @param mostInWork requests
     * @param mostHeld bytes of bodies and answers
     */
    Admission(int mostInWork, long mostHeld) {
        this.mostInWork = mostInWork;
        this.mostHeld = mostHeld;
    }

    /** Whether a request that comes now had better be refused. */
    boolean isFull() {
        return inWork.get() >= mostInWork || isHoldingTooMuch();
    }

    boolean isHoldingTooMuch() {
        return held.get() > mostHeld;
    }

    boolean isDraining() {
        return draining;
    }

    int inWork() {
        return inWork.get();
    }

    /** Work on a request begins: {@link #end} must follow, unless this returns false. */
    boolean begin() {
        int now = inWork.incrementAndGet();
        // between a look at the flag and the count, the wait for those in work may have ended
        if (draining || now > mostInWork) {
            end();
            return false;
        }
        return true;
    }

    /** Work on a request has ended. */
    void end() {
        inWork.decrementAndGet();
        checkDrained();
    }

    /** An answer is about to be written: {@link #written} must follow. */
    void writing() {
        unwritten.incrementAndGet();
    }

    void written() {
        unwritten.decrementAndGet();
        checkDrained();
    }

    /** Bytes are kept from now on: {@link #letGo} must follow. */
    void hold(int bytes) {
        held.addAndGet(bytes);
    }

    void letGo(int bytes) {
        held.addAndGet(-bytes);
    }

    /**
     * Lets no more begin, and waits for the end of what has.
     *
     * @return whether all has ended within {@code grace}
     */
    boolean drain(Duration grace) throws InterruptedException {
        draining = true;
        return isIdle() || drained.await(grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void checkDrained() {
        if (draining && isIdle()) {
            drained.countDown();
        }
    }

    private boolean isIdle() {
        return inWork.get() == 0 && unwritten.get() == 0;
    }
}
