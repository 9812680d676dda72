package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that this process has taken. Each process claims into a folder of its own, {@code .claimed/<instance>/},
 * and holds the lock of {@code .claimed/<instance>.lock} as long as it lives: so a claim whose process has died is told
 * from one that is being worked on, by another process on the same inbox or by another set of routes in this one.
 * Thread-safe.
 */
final class Claims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final String LOCK = ".lock";

    private final InboxFolders folders;
    private final String instance = Ulid.fast().toString();
    private final Path home;
    private final Map<String, Claim> live = new HashMap<>();

    @Nullable
    private FileChannel lock;

    private boolean open;
    private long parts;

    Claims(InboxFolders folders) {
        this.folders = folders;
        this.home = folders.claimed().resolve(instance);
    }

    /** Prepares the folder of this process, and puts back what dead ones have left; does nothing the second time. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    synchronized void open() throws IOException {
        if (open) {
            return;
        }
        if (lock == null) {
            Path own = folders.claimed().resolve(instance + LOCK);
            FileChannel channel = FileChannel.open(own, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel;
            try {
                channel.lock();
            } catch (IOException e) {
                LOG.warn("{}: no file locks there: don't let two processes share this inbox", folders.inbox(), e);
            }
        }
        // only now: others may look at it as soon as it is there
        Files.createDirectories(home);
        recover();
        open = true;
    }

    /**
     * Takes a file.
     *
     * @return null when it is gone, or when a file of that name is still being worked on
     */
    synchronized @Nullable Claim claim(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Claim claim = new Claim(name, home.resolve(name));
        if (live.containsKey(name) || Files.exists(claim.path(), LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            Files.move(file, claim.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // it, or the folder that it should go to
            Files.createDirectories(home);
            return null;
        }
        live.put(name, claim);
        return claim;
    }

    synchronized boolean isLive(Claim claim) {
        return claim.equals(live.get(claim.name()));
    }

    synchronized int size() {
        return live.size();
    }

    /** Puts a file back, to be taken again from its start. */
    void release(Claim claim) throws IOException {
        settle(claim, folders.inbox(), claim.name());
    }

    /** Moves a file to where it ends. */
    void settle(Claim claim, Path folder, String name) throws IOException {
        try {
            DiskFiles.moveToFree(claim.path(), folder, name);
        } catch (NoSuchFileException e) {
            if (Files.exists(claim.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            LOG.warn(
                    "{} was taken away by someone else",
                    FileNames.printable(claim.path().toString()));
        }
        leave(claim);
    }

    /** Gives up on a file: it stays where it is, for the next process. */
    synchronized void leave(Claim claim) {
        live.remove(claim.name());
    }

    /** A hidden name for a file in the making, by which others know that it is garbage once this process is dead. */
    synchronized String partName() {
        return "." + instance + "-" + ++parts + ".part";
    }

    private void recover() throws IOException {
        List<Path> locks = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folders.claimed(), "*" + LOCK)) {
            found.forEach(locks::add);
        }
        for (Path other : locks) {
            String name = String.valueOf(other.getFileName());
            String dead = name.substring(0, name.length() - LOCK.length());
            if (!dead.equals(instance)) {
                try (FileChannel channel =
                        FileChannel.open(other, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    if (lock(channel)) {
                        putBack(dead);
                        Files.deleteIfExists(other);
                    }
                }
            }
        }
    }

    private void putBack(String dead) throws IOException {
        Path left = folders.claimed().resolve(dead);
        if (Files.isDirectory(left)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(left)) {
                for (Path file : files) {
                    Path target = DiskFiles.moveToFree(file, folders.inbox(), String.valueOf(file.getFileName()));
                    LOG.warn(
                            "{} was being worked on when Tandem ended: it is sent again from its start",
                            FileNames.printable(target.toString()));
                }
            }
            Files.delete(left);
        }
        for (Path folder : List.of(folders.replies(), folders.failed())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "." + dead + "-*.part")) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** False when someone else holds it; true as well where there are no locks, as nobody can hold one there. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null; // released with the channel
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("no file locks", e);
            return true;
        }
    }

    /** Lets the next process have what is still claimed. */
    @Override
    public synchronized void close() {
        FileChannel channel = lock;
        if (channel == null) {
            return;
        }
        try (channel) {
            if (live.isEmpty()) {
                Files.deleteIfExists(home);
                Files.deleteIfExists(folders.claimed().resolve(instance + LOCK));
            }
        } catch (IOException e) {
            // not empty: it is for the next process
            LOG.debug("claims are left", e);
        }
    }
}
