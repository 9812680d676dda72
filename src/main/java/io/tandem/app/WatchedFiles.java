package io.tandem.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Some files, watched by looking at them: a watch service of the operating system would miss what a symbolic link leads
 * to, and network file systems. A look costs the attributes of each file; contents are read when those have changed and
 * are at rest, so that a file that is half written, or one of several that are saved together, is waited for. For one
 * thread.
 */
public final class WatchedFiles {
    /** Lists the files to be watched; what it lists may change. */
    public interface Listing {
        /** All of them, be they there or not. */
        List<Path> files() throws IOException;
    }

    /** What differs when a file was written or replaced, be its time of change earlier or later. */
    private record Stamp(long modified, long size, @Nullable Object fileKey) {}

    private static final Stamp GONE = new Stamp(0, -1, null);

    /** Who empties a file most likely is about to write to it. */
    private static final long EMPTY_QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Listing listing;
    private final long quietNanos;
    private final LongSupplier nanoTime;
    private Map<Path, Stamp> stamps;
    private Map<Path, Stamp> atRest;
    private boolean restless;
    private long since;

    /**
     * Takes what the files are now as known.
     *
     * @param quiet how long they must not have changed
     * @param nanoTime as {@link System#nanoTime}
     */
    public WatchedFiles(Listing listing, Duration quiet, LongSupplier nanoTime) {
        this.listing = listing;
        this.quietNanos = quiet.toNanos();
        this.nanoTime = nanoTime;
        this.stamps = stamps();
        this.atRest = stamps;
    }

    /** Takes a look. Returns by which contents the files are known, once they are at rest after a change; else null. */
    public @Nullable Map<Path, String> settled() {
        long now = nanoTime.getAsLong();
        Map<Path, Stamp> current = stamps();
        if (!current.equals(stamps)) {
            stamps = current;
            restless = true;
            since = now;
        }
        if (!restless || now - since < (isEmptied() ? EMPTY_QUIET_NANOS : quietNanos)) {
            return null;
        }
        Map<Path, String> contents = contents();
        if (isChanging()) {
            // written to while it was read: the next look notices
            return null;
        }
        restless = false;
        atRest = current;
        return contents;
    }

    private boolean isEmptied() {
        return stamps.entrySet().stream()
                .anyMatch(
                        file -> file.getValue().size() == 0 && !file.getValue().equals(atRest.get(file.getKey())));
    }

    /** Whether anything has changed since the last look. */
    boolean isChanging() {
        return !stamps().equals(stamps);
    }

    /** By which contents the files are known, be they at rest or not. */
    public Map<Path, String> contents() {
        Map<Path, String> read = new TreeMap<>();
        for (Path file : stamps.keySet()) {
            try {
                read.put(file, hash(Files.readAllBytes(file)));
            } catch (IOException e) {
                read.put(file, e.toString());
            }
        }
        return read;
    }

    /** The files that are not the same in both. */
    static SortedSet<Path> difference(Map<Path, String> before, Map<Path, String> after) {
        SortedSet<Path> differing = new TreeSet<>(before.keySet());
        differing.addAll(after.keySet());
        differing.removeIf(file -> Objects.equals(before.get(file), after.get(file)));
        return differing;
    }

    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> now = new TreeMap<>();
        try {
            for (Path file : listing.files()) {
                now.put(file, stamp(file));
            }
        } catch (IOException e) {
            // the folder itself is gone, or can't be read: as good as empty
            now.clear();
        }
        return now;
    }

    private static Stamp stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return GONE;
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
