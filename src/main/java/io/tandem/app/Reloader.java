package io.tandem.app;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.config.Fault;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files that Tandem runs by, and has an edit take effect as soon as it is saved; one that is wrong is
 * refused, and told. All of it happens on one thread of its own.
 */
final class Reloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.reload");

    /** A look costs little, and an edit is live well within two seconds. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Editors write a file, rename another one to it, and save the next: all of it is one edit. */
    static final Duration QUIET = Duration.ofMillis(250);

    /** For a reload under way, when Tandem stops. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Has what the files say take effect. */
    interface Target {
        /**
         * @param changed the files that are not those of what runs
         * @param stale whether the files have changed once more, so that what was made of them is not to be used
         * @return whether it took effect; false when it was stale
         * @throws FaultsException why it does not; all goes on as before
         */
        boolean reload(SortedSet<Path> changed, BooleanSupplier stale) throws FaultsException;
    }

    private final WatchedFiles files;
    private final Target target;
    private final Reloads reloads;
    private final Clock clock;
    private final ScheduledExecutorService thread;

    /** By which contents the files of what runs are known. */
    private Map<Path, String> running;

    /** And the last ones that were tried. */
    private Map<Path, String> handled;

    Reloader(WatchedFiles files, Target target, Reloads reloads, Clock clock) {
        this.files = files;
        this.target = target;
        this.reloads = reloads;
        this.clock = clock;
        this.running = files.contents();
        this.handled = running;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "tandem-reload");
            created.setDaemon(true);
            return created;
        });
    }

    /** Begins to look. */
    void start() {
        Future<?> unused =
                thread.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("IllegalCatch") // else it would never look again
    private void look() {
        try {
            Map<Path, String> settled = files.settled();
            if (settled != null && !settled.equals(handled)) {
                handle(settled);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("what was edited could not be loaded; what ran before goes on", e);
        }
    }

    private void handle(Map<Path, String> settled) {
        SortedSet<Path> changed = WatchedFiles.difference(running, settled);
        if (changed.isEmpty()) {
            handled = settled;
            reloads.reverted();
            LOG.info("the files are again what has been running since {}", reloads.runningSince());
            return;
        }
        List<String> names = changed.stream().map(RouteFiles::shown).toList();
        Instant at = clock.instant();
        long start = System.nanoTime();
        try {
            if (!target.reload(changed, files::isChanging)) {
                return;
            }
            running = settled;
            handled = settled;
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            reloads.add(new Reloads.Attempt(at, names, took, List.of()));
            LOG.info("reloaded in {} ms: {}", took.toMillis(), String.join(", ", names));
        } catch (FaultsException e) {
            if (files.isChanging()) {
                // what is wrong may be that only a part of an edit was there
                return;
            }
            handled = settled;
            Instant since = reloads.runningSince();
            reloads.add(new Reloads.Attempt(at, names, Duration.ofNanos(System.nanoTime() - start), e.faults()));
            for (Fault fault : e.faults()) {
                LOG.warn("not reloaded: {}; what has been running since {} goes on", fault.line(), since);
            }
            LOG.debug("not reloaded", e);
        }
    }

    /** Looks no more; a reload under way ends first. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a reload did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
