package io.tandem.app;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Sets of routes whose place was taken by others: they finish what they took, and are closed. Thread-safe. */
final class RetiredRoutes {
    /** For what was under way by itself, such as the records of a file. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Set<RouteSet> closing = ConcurrentHashMap.newKeySet();

    /**
     * Closes a set in the background, as soon as all that was sent through it is done.
     *
     * @param patience after which it is closed all the same
     * @param afterwards what else is to be done then
     */
    void close(RouteSet set, Duration patience, Runnable afterwards) {
        closing.add(set);
        CompletableFuture<?> unused = set.retire()
                .toCompletableFuture()
                .copy()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (done, late) -> {
                            closeNow(set, GRACE);
                            afterwards.run();
                        },
                        RetiredRoutes::onThread);
    }

    /** Closes what is left, within {@code grace} each. */
    void closeAll(Duration grace) {
        List.copyOf(closing).forEach(set -> closeNow(set, grace));
    }

    private void closeNow(RouteSet set, Duration grace) {
        set.close(grace);
        closing.remove(set);
    }

    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "tandem-retired");
        thread.setDaemon(true);
        thread.start();
    }
}
