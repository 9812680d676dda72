package io.tandem.entry.folder;

import io.tandem.journal.GuaranteedDelivery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows why nothing is taken in, and says so in the log: once, however often it is tried, and once more when it goes on.
 * Thread-safe.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** What comes and goes, as a full backlog does, is not told again before. */
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private static final String JOURNAL = "journal";

    private final Path inbox;
    private final GuaranteedDelivery delivery;

    /** By what two faults are the same, though their words may differ. */
    private @Nullable String fault;

    private volatile @Nullable String folderFault;
    private @Nullable String told;
    private long toldAt;
    private boolean endIsNews;
    private long waitsToldAt = System.nanoTime() - QUIET_NANOS;

    Intake(Path inbox, GuaranteedDelivery delivery) {
        this.inbox = inbox;
        this.delivery = delivery;
    }

    /** Why no files are taken now, for those who run Tandem; or null. */
    @Nullable
    String unavailable() {
        String folders = folderFault;
        return folders == null ? delivery.unavailable() : folders;
    }

    /** Whether records can be written down now. */
    boolean journalTakes() {
        String reason = delivery.unavailable();
        if (reason == null) {
            return true;
        }
        if (isNews(JOURNAL)) {
            LOG.error(
                    "no files are taken from {}, and those that were taken wait: {}; as soon as that is over, it goes on"
                            + " by itself",
                    inbox,
                    reason);
        }
        return false;
    }

    /** The folders can't be used. */
    void stopped(IOException e) {
        String reason = e.toString();
        folderFault = reason;
        if (isNews(reason)) {
            LOG.error(
                    "no files are taken from {}: {}; make it a folder that Tandem may read and write, and those beside it",
                    inbox,
                    reason);
        }
    }

    /** A record that was refused by a journal that takes records is tried again. */
    synchronized void waits(Throwable failure) {
        long now = System.nanoTime();
        if (delivery.unavailable() == null && now - waitsToldAt >= QUIET_NANOS) {
            waitsToldAt = now;
            LOG.warn("records from {} wait, as the journal could not write them down: {}", inbox, failure.toString());
        }
    }

    /** Files are taken. */
    synchronized void goesOn() {
        folderFault = null;
        if (endIsNews) {
            endIsNews = false;
            LOG.info("files are taken from {} again", inbox);
        }
        fault = null;
    }

    private synchronized boolean isNews(String reason) {
        if (reason.equals(fault)) {
            return false;
        }
        fault = reason;
        long now = System.nanoTime();
        if (reason.equals(told) && now - toldAt < QUIET_NANOS) {
            return false;
        }
        told = reason;
        toldAt = now;
        endIsNews = true;
        return true;
    }
}
