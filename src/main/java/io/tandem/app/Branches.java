package io.tandem.app;

import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the branches of a scatter-gather side by side: on threads that may block, or, for a message that has stayed on an
 * event loop, one after the other right there, as none of them waits. Belongs to the application. Thread-safe.
 */
final class Branches extends AbstractExecutorService {
    private final ExecutorService blocking;

    Branches(ExecutorService blocking) {
        this.blocking = blocking;
    }

    @Override
    public void execute(Runnable branch) {
        if (Context.isOnEventLoopThread()) {
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
