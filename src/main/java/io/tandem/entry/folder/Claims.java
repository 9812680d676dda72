package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that this process has taken. Each process claims into a folder of its own, {@code .claimed/<instance>/},
 * and holds the lock of {@code .claimed/<instance>.lock} as long as it lives: so a claim whose process has died is told
 * from one that is being worked on, by another process on the same inbox or by another set of routes in this one.
 *
 * <p>What is to be known of a file when somebody has to go on with it is in a {@link ClaimNote}: in {@code
 * .claimed/<instance>.notes/} while it is claimed, in {@code .claimed/returned/} while it is in the inbox again, under
 * the name that it has there.
 *
 * <p>Thread-safe.
 */
final class Claims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final String LOCK = ".lock";
    private static final String NOTES = ".notes";
    private static final String UNREADABLE = "unreadable";

    /** How often the claims of others are looked at, who may have died. */
    private static final long RECOVERY_NANOS = Duration.ofSeconds(10).toNanos();

    /** A file that failed and has not been dropped again for so long has other worries than its name. */
    private static final Duration KEEP_NOTES = Duration.ofDays(90);

    private final InboxFolders folders;
    private final OutputNames names;
    private final Consumer<Ulid> ended;
    private final String instance = Ulid.fast().toString();
    private final Path home;
    private final Path notes;
    private final Path returned;
    private final Map<String, Claim> live = new HashMap<>();

    @Nullable
    private FileChannel lock;

    private boolean open;
    private long recovered;
    private long parts;

    /** @param ended is told of each work on a file that has ended, perhaps more than once */
    Claims(InboxFolders folders, Consumer<Ulid> ended) {
        this.folders = folders;
        this.names = new OutputNames(folders);
        this.ended = ended;
        this.home = folders.claimed().resolve(instance);
        this.notes = folders.claimed().resolve(instance + NOTES);
        this.returned = folders.claimed().resolve("returned");
    }

    /**
     * Prepares the folder of this process, and puts back what dead ones have left; after the first time, looks for them
     * only now and then.
     */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    synchronized void open() throws IOException {
        long now = System.nanoTime();
        if (open && now - recovered < RECOVERY_NANOS) {
            return;
        }
        while (lock == null) {
            Path own = folders.claimed().resolve(instance + LOCK);
            FileChannel channel = FileChannel.open(own, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                channel.lock();
            } catch (IOException e) {
                LOG.warn("{}: no file locks there: don't let two processes share this inbox", folders.inbox(), e);
            }
            if (Files.exists(own)) {
                lock = channel;
            } else {
                // another process came before the lock, took this one for dead and removed it
                channel.close();
            }
        }
        // only now: others may look at it as soon as it is there
        Files.createDirectories(home);
        Files.createDirectories(notes);
        Files.createDirectories(returned);
        recover();
        if (!open) {
            forgetOldNotes();
        }
        recovered = now;
        open = true;
    }

    private void forgetOldNotes() throws IOException {
        Instant oldest = Instant.now().minus(KEEP_NOTES);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(returned)) {
            for (Path note : files) {
                boolean old = Files.getLastModifiedTime(note).toInstant().isBefore(oldest);
                // however long it took until somebody goes on with it
                boolean needed = Files.exists(folders.inbox().resolve(String.valueOf(note.getFileName())));
                if (old && !needed) {
                    forget(note);
                }
            }
        }
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
        carry(returned.resolve(name), notes.resolve(name));
        return claim;
    }

    /**
     * What is to be done with a file.
     *
     * @param output under which name it ends, and by which its reply and its retry file are named; what is there under
     *     these names when the work is resumed is of that work
     */
    record Work(FileIdentity identity, String output) {}

    /**
     * Begins the work on a claimed file, or goes on with it; and sees to it that the next one who takes it knows the
     * same: before its first record is sent.
     *
     * @param content null when it can't be read
     * @param recognise whether it is the same file when it is dropped again
     */
    Work begin(Claim claim, @Nullable ContentHash content, boolean recognise) throws IOException {
        Path file = notes.resolve(claim.name());
        ClaimNote known = ClaimNote.read(file);
        if (known != null && (content == null || !known.belongsTo(content))) {
            // of another file that had this name
            end(known);
            known = null;
        }
        Ulid work = known == null ? null : known.work();
        if (known == null || work == null) {
            String name = known == null ? claim.name() : known.name();
            String nonce = recognise ? "" : Ulid.fast().toString();
            String hash = content == null ? UNREADABLE : content.identity(name, nonce);
            ClaimNote note = new ClaimNote(hash, Ulid.fast(), claim.name(), nonce, name);
            return work(file, note, false);
        }
        return names.takeAgain(known.output(), work)
                ? new Work(new FileIdentity(known.hash(), work, true), known.output())
                : work(file, known, true);
    }

    private Work work(Path file, ClaimNote note, boolean resumed) throws IOException {
        Ulid work = Objects.requireNonNull(note.work());
        String output = names.take(note.output(), work, name -> note.named(name).write(file));
        return new Work(new FileIdentity(note.hash(), work, resumed), output);
    }

    private void end(ClaimNote note) throws IOException {
        Ulid work = note.work();
        if (work != null) {
            names.free(note.output(), work);
            ended.accept(work);
        }
    }

    /** The work that a note is of has ended. */
    private void forget(Path file) throws IOException {
        ClaimNote note = ClaimNote.read(file);
        if (note != null) {
            end(note);
        }
        Files.deleteIfExists(file);
    }

    private static void carry(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            if (Files.exists(from)) {
                // another process has ended and tidied up
                createAndCarry(from, to);
            }
            // most files have none
        } catch (IOException e) {
            LOG.debug("{} could not be kept", from, e);
        }
    }

    private static void createAndCarry(Path from, Path to) {
        try {
            Path folder = to.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("{} could not be kept", from, e);
        }
    }

    synchronized boolean isLive(Claim claim) {
        return claim.equals(live.get(claim.name()));
    }

    synchronized int size() {
        return live.size();
    }

    /** Puts a file back: whoever takes it goes on with it. */
    void release(Claim claim) throws IOException {
        move(claim, folders.inbox(), claim.name(), returning(notes.resolve(claim.name())));
        leave(claim);
    }

    /** Moves a file to where it ends. */
    void settle(Claim claim, Path folder, String name) throws IOException {
        Path target = move(claim, folder, name, ignored -> {});
        Path file = notes.resolve(claim.name());
        try {
            if (target != null && folder.equals(folders.failed())) {
                rememberName(file, String.valueOf(target.getFileName()));
            }
            forget(file);
        } catch (IOException e) {
            LOG.debug("{} is left", file, e);
        }
        // only now: the next file of that name has a note of its own
        leave(claim);
    }

    /** Under whatever name a failed file ends, it is the same file when somebody drops it again. */
    private void rememberName(Path file, String name) throws IOException {
        ClaimNote note = ClaimNote.read(file);
        if (note != null && !note.name().equals(name)) {
            note.ended().write(returned.resolve(name));
        }
    }

    private static @Nullable Path move(Claim claim, Path folder, String name, DiskFiles.Before before)
            throws IOException {
        try {
            return DiskFiles.moveToFree(claim.path(), folder, name, before);
        } catch (NoSuchFileException e) {
            if (Files.exists(claim.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            LOG.warn(
                    "{} was taken away by someone else",
                    FileNames.printable(claim.path().toString()));
            return null;
        }
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
                    putBack(file, folders.claimed().resolve(dead + NOTES));
                }
            }
            Files.delete(left);
        }
        Path notesOfDead = folders.claimed().resolve(dead + NOTES);
        if (Files.isDirectory(notesOfDead)) {
            // of files that had ended, and those that somebody has taken away
            try (DirectoryStream<Path> files = Files.newDirectoryStream(notesOfDead)) {
                for (Path note : files) {
                    forget(note);
                }
            }
            Files.delete(notesOfDead);
        }
        for (Path folder : List.of(folders.replies(), folders.failed())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "." + dead + "-*.part")) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void putBack(Path file, Path notesOfDead) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (DiskFiles.hasOtherName(file, this::places)) {
            // it died in the middle of the move to where the file is now
            Files.deleteIfExists(file);
            return;
        }
        Path note = notesOfDead.resolve(name);
        // it may have died between the claim of the file and that of the note
        Path known = Files.exists(note) ? note : returned.resolve(name);
        Path target = DiskFiles.moveToFree(file, folders.inbox(), name, returning(known));
        LOG.warn(
                "{} was being worked on when Tandem ended: it goes on with the first record that has no result",
                FileNames.printable(target.toString()));
    }

    /** Where a file may be. */
    private List<Path> places() throws IOException {
        List<Path> places = new ArrayList<>(List.of(folders.inbox(), folders.done(), folders.failed()));
        try (DirectoryStream<Path> claimed = Files.newDirectoryStream(folders.claimed(), Files::isDirectory)) {
            claimed.forEach(places::add);
        }
        return places;
    }

    /** Has a note come along with a file that goes back to the inbox. */
    private DiskFiles.Before returning(Path note) {
        AtomicReference<Path> from = new AtomicReference<>(note);
        return target -> {
            Path to = returned.resolve(String.valueOf(target.getFileName()));
            carry(from.getAndSet(to), to);
        };
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{} is needed", folder, e);
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.delete(folder);
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
                deleteFolder(notes);
                Files.deleteIfExists(folders.claimed().resolve(instance + LOCK));
                deleteIfEmpty(names.marks());
                deleteIfEmpty(returned);
            }
        } catch (IOException e) {
            // not empty: it is for the next process
            LOG.debug("claims are left", e);
        }
    }
}
