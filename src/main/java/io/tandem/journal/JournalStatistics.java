package io.tandem.journal;

import java.time.Duration;

/**
 * What the journal has written since it was opened, for meters.
 *
 * @param commits transactions that reached the disk, each with one sync
 * @param operations what was written in them: divided by {@code commits}, how many shared a sync
 * @param took the time for all of them, syncs included
 * @param queued operations that wait to be written now
 */
public record JournalStatistics(long commits, long operations, Duration took, int queued) {}
