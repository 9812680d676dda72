package io.tandem.entry.folder;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/**
 * Lets those that are after the same thing go one after the other, and keeps no thread waiting. Those that are after
 * different things don't meet. Thread-safe.
 */
final class Turns {
    private final ConcurrentMap<Object, CompletableFuture<Void>> last = new ConcurrentHashMap<>();
    private final Executor executor;

    Turns(Executor executor) {
        this.executor = executor;
    }

    /**
     * Has an action run when all that came before it for the same thing have ended their turns.
     *
     * @param action runs on the executor; must end its turn, whatever happens
     */
    void next(Object thing, Action action) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> before = last.put(thing, mine);
        Runnable turn = () -> action.run(() -> {
            last.remove(thing, mine);
            mine.complete(null);
        });
        if (before == null) {
            executor.execute(turn);
        } else {
            CompletableFuture<Void> unused = before.thenRunAsync(turn, executor);
        }
    }

    /** Has its turn. */
    interface Action {
        /** @param end to be run once or more often, on any thread */
        void run(Runnable end);
    }
}
