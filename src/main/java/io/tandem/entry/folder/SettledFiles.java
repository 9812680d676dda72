package io.tandem.entry.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets those files through that have stopped growing: from poll to poll, size and time of change are compared; no thread
 * waits for a file. In routes: {@code filter: "#settledFiles"}. Thread-safe.
 *
 * <p>This is what Camel's {@code readLock=changed} does by sleeping on the polling thread, one file at a time, and
 * without ever taking an empty file.
 */
final class SettledFiles implements GenericFileFilter<java.io.File> {
    private static final Logger LOG = LoggerFactory.getLogger(SettledFiles.class);
    private static final long FORGET_NANOS = Duration.ofMinutes(1).toNanos();

    /** How a file looked, and since when it has looked like that. */
    private static final class Seen {
        private long size;
        private long changed;
        private long since;
        private long last;
        private boolean complained;
    }

    private final long quietNanos;
    private final long emptyQuietNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Seen> known = new HashMap<>();
    private long swept;

    /**
     * @param quiet how long a file must not have changed
     * @param emptyQuiet the same for a file without content, which most likely is to get some
     */
    SettledFiles(Duration quiet, Duration emptyQuiet, LongSupplier nanoTime) {
        this.quietNanos = quiet.toNanos();
        this.emptyQuietNanos = emptyQuiet.toNanos();
        this.nanoTime = nanoTime;
        this.swept = nanoTime.getAsLong();
    }

    @Override
    public synchronized boolean accept(GenericFile<java.io.File> file) {
        if (file.isDirectory()) {
            return false;
        }
        long now = nanoTime.getAsLong();
        sweep(now);
        String name = file.getFileNameOnly();
        BasicFileAttributes attributes = attributes(file.getFile());
        long size = attributes == null ? -1 : attributes.size();
        long changed = attributes == null ? -1 : attributes.lastModifiedTime().toMillis();
        Seen seen = known.get(name);
        if (seen == null || seen.size != size || seen.changed != changed) {
            seen = new Seen();
            seen.size = size;
            seen.changed = changed;
            seen.since = now;
            known.put(name, seen);
        }
        seen.last = now;
        if (now - seen.since < (size <= 0 ? emptyQuietNanos : quietNanos)) {
            return false;
        }
        String reason = reasonToWait(file.getFile(), attributes);
        if (reason != null) {
            complain(seen, name, reason);
        }
        return reason == null;
    }

    /** A file that could not be taken: tried again later, without a word. */
    synchronized void refused(String name, String reason) {
        Seen seen = known.get(name);
        if (seen != null) {
            seen.since = nanoTime.getAsLong();
            complain(seen, name, reason);
        }
    }

    private static void complain(Seen seen, String name, String reason) {
        if (!seen.complained) {
            seen.complained = true;
            LOG.warn("{} stays in the inbox: {}", FileNames.printable(name), reason);
        }
    }

    /** What comes under that name from now on is another file. */
    synchronized void forget(String name) {
        known.remove(name);
    }

    private static @Nullable BasicFileAttributes attributes(java.io.File file) {
        try {
            return Files.readAttributes(file.toPath(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static @Nullable String reasonToWait(java.io.File file, @Nullable BasicFileAttributes attributes) {
        if (attributes == null) {
            return "its name can't be used in this locale; start Tandem with LC_ALL=C.UTF-8";
        }
        if (!attributes.isRegularFile()) {
            return "it is no regular file (links and pipes aren't taken)";
        }
        Path path = file.toPath();
        return Files.isReadable(path) ? null : "no permission to read it";
    }

    private void sweep(long now) {
        if (now - swept > FORGET_NANOS) {
            swept = now;
            known.values().removeIf(seen -> now - seen.last > FORGET_NANOS);
        }
    }
}
