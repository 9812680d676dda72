package io.tandem.entry.folder;

import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.message.MessageObserver;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The watched folder, with all that outlives the routes: claims, window, folders. Does nothing until a route polls.
 * Thread-safe.
 */
public final class FolderEntry implements AutoCloseable {

    /**
     * How long things take; tests are less patient than people.
     *
     * @param patience between two tries to write a file
     * @param inFlight for a record that somebody else has hold of: longer than a dead one is taken for living
     */
    record Times(Duration quiet, Duration emptyQuiet, Duration patience, Duration inFlight) {
        static final Times DEFAULT =
                new Times(Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofMinutes(5));
    }

    private static final int MOST_COUNTED = 100_000;

    private final Claims claims;
    private final Intake intake;
    private final InboxFolders folders;
    private final Services services;
    private volatile boolean draining;

    /** What those routes share that run by different settings. */
    private record Services(
            SettledFiles settled,
            Window window,
            Turns lookups,
            Times times,
            MessageObserver observer,
            Executor executor,
            Set<FileRun> runs) {}

    /**
     * @param settings the folder, and how many records are in flight: both stay as they are
     * @param delivery knows whether records can be taken
     * @param executor runs what has to be done for a file: must allow blocking
     */
    public FolderEntry(
            Settings.Inbox settings, GuaranteedDelivery delivery, MessageObserver observer, Executor executor) {
        this(settings, delivery, observer, executor, Times.DEFAULT);
    }

    FolderEntry(
            Settings.Inbox settings,
            GuaranteedDelivery delivery,
            MessageObserver observer,
            Executor executor,
            Times times) {
        this.folders = InboxFolders.of(settings.dir());
        this.claims = new Claims(folders, work -> delivery.journal().endHold(work.toString()));
        this.intake = new Intake(folders.inbox(), delivery);
        this.services = new Services(
                new SettledFiles(times.quiet(), times.emptyQuiet(), System::nanoTime),
                new Window(settings.window()),
                new Turns(executor),
                times,
                observer,
                executor,
                ConcurrentHashMap.newKeySet());
    }

    /** Why no files are taken now, for those who run Tandem; or null. */
    public @Nullable String unavailable() {
        return intake.unavailable();
    }

    /** The files that are being worked on, by name. */
    public List<FileProgress> progress() {
        return services.runs().stream()
                .map(FileRun::progress)
                .sorted(Comparator.comparing(FileProgress::name))
                .toList();
    }

    /** Files that were taken and are not done. */
    public int taken() {
        return claims.size();
    }

    /** Files that wait to be taken. Counts no further than {@value #MOST_COUNTED}: it reads the folder. */
    public int waiting() {
        return folders.waiting(MOST_COUNTED);
    }

    /**
     * What routes refer to, by name.
     *
     * @param settings for records, such as their size
     * @param deadline time budget of each record
     * @param delivery takes the records
     */
    public Map<String, Object> beans(Settings.Inbox settings, Duration deadline, GuaranteedDelivery delivery) {
        EachRecord.Services ofRecords = new EachRecord.Services(
                folders,
                claims,
                services.window(),
                services.lookups(),
                settings,
                deadline,
                services.times(),
                delivery,
                intake,
                services.observer(),
                services.executor(),
                services.runs(),
                () -> draining);
        return Map.of(
                "settledFiles", services.settled(),
                "claimFile", new ClaimFile(folders, claims, services.settled()),
                "inboxPoll", new InboxPoll(folders, claims, intake, () -> draining),
                "eachRecord", new EachRecord(ofRecords));
    }

    /** Takes no more files and no more records; those in flight end, their files go back to the inbox. */
    public void drain() {
        draining = true;
    }

    /** Lets go of what is still claimed; after the routes have stopped. */
    @Override
    public void close() {
        claims.close();
    }
}
