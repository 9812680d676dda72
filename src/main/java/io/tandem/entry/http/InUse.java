package io.tandem.entry.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what is under way in a set of routes, so that it is closed behind the last message and not before. Thread-safe,
 * and without locks.
 */
public final class InUse {
    private final AtomicInteger users = new AtomicInteger();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean retired;

    /** Begins to use it; false once it is retired, and {@link #leave} must not be called then. */
    public boolean enter() {
        users.incrementAndGet();
        if (retired) {
            leave();
            return false;
        }
        return true;
    }

    /** Ends what {@link #enter} began. */
    public void leave() {
        if (users.decrementAndGet() == 0 && retired) {
            idle.complete(null);
        }
    }

    /** Lets nobody in any more. Completes when the last one has left. */
    public CompletionStage<Void> retire() {
        retired = true;
        if (users.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }
}
