package io.tandem.app;

import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the branches of a scatter-gather side by side: on threads that may block, the first of them on the thread that brings
 * the message if it would only wait, or, for a message that has stayed on an event loop, one after the other right there, as
 * none of them waits. Belongs to the application. Thread-safe.
 */
final class Branches extends AbstractExecutorService {
    /** Set on a thread that has nothing to do but to bring a message, until it has a branch of it. */
    private static final ThreadLocal<Boolean> SPARE = new ThreadLocal<>();

    private final ExecutorService blocking;

    Branches(ExecutorService blocking) {
        this.blocking = blocking;
    }

    /**
     * The same threads, for tasks that bring a message to its scatter-gather: nothing in such a task may follow on that, as it
     * returns when one of the branches has ended, not when all have begun. Waking one thread less is what this is for.
     */
    static Executor spare(Executor blocking) {
        return task -> blocking.execute(() -> {
            SPARE.set(true);
            try {
                task.run();
            } finally {
                SPARE.remove();
            }
        });
    }

    @Override
    public void execute(Runnable branch) {
        if (Context.isOnEventLoopThread()) {
            branch.run();
        } else if (SPARE.get() != null) {
            // the next one is handed out before this one begins to wait: Camel's engine has queued its steps by then
            SPARE.remove();
            branch.run();
        } else {
            blocking.execute(branch);
        }
    }

    @Override
    public boolean isShutdown() {
        return blocking.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return blocking.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return blocking.awaitTermination(timeout, unit);
    }

    /** The threads are the application's, and serve other routes. */
    @Override
    public void shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException();
    }
}
