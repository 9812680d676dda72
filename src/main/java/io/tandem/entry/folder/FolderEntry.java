package io.tandem.entry.folder;

import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.message.MessageObserver;
import java.time.Duration;
import java.util.Map;
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

    private final Claims claims;
    private final Intake intake;
    private final Map<String, Object> beans;
    private volatile boolean draining;

    /**
     * @param deadline time budget of each record
     * @param delivery takes the records
     * @param executor runs what has to be done for a file: must allow blocking
     */
    public FolderEntry(
            Settings.Inbox settings,
            Duration deadline,
            GuaranteedDelivery delivery,
            MessageObserver observer,
            Executor executor) {
        this(settings, deadline, delivery, observer, executor, Times.DEFAULT);
    }

    FolderEntry(
            Settings.Inbox settings,
            Duration deadline,
            GuaranteedDelivery delivery,
            MessageObserver observer,
            Executor executor,
            Times times) {
        InboxFolders folders = InboxFolders.of(settings.dir());
        SettledFiles settled = new SettledFiles(times.quiet(), times.emptyQuiet(), System::nanoTime);
        this.claims = new Claims(folders);
        this.intake = new Intake(folders.inbox(), delivery);
        EachRecord.Services services = new EachRecord.Services(
                folders,
                claims,
                new OutputNames(folders),
                new Window(settings.window()),
                settings,
                deadline,
                times,
                delivery,
                intake,
                observer,
                executor,
                () -> draining);
        this.beans = Map.of(
                "settledFiles", settled,
                "claimFile", new ClaimFile(folders, claims, settled),
                "inboxPoll", new InboxPoll(folders, claims, intake, () -> draining),
                "eachRecord", new EachRecord(services));
    }

    /** Why no files are taken now, for those who run Tandem; or null. */
    public @Nullable String unavailable() {
        return intake.unavailable();
    }

    /** What routes refer to, by name. */
    public Map<String, Object> beans() {
        return beans;
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
