package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import io.tandem.journal.Journal;
import io.tandem.journal.JournalException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Has the journal remember whatever the work on one file needs to know until that has ended, however long Tandem may be
 * down in between. Thread-safe.
 */
final class RetentionHold {
    private final Supplier<Journal> journal;
    private final Ulid work;
    private final Map<String, CompletionStage<Void>> held = new ConcurrentHashMap<>();

    RetentionHold(Supplier<Journal> journal, Ulid work) {
        this.journal = journal;
        this.work = work;
    }

    /**
     * Returns when it is on disk, the first time after a moment, then at once.
     *
     * @param keyPrefix what the keys of the messages begin with
     * @throws JournalException when it can't be written down now
     */
    void on(String keyPrefix) {
        try {
            held.computeIfAbsent(keyPrefix, prefix -> journal.get().hold(work.toString(), prefix))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            held.remove(keyPrefix);
            throw e.getCause() instanceof JournalException known
                    ? known
                    : new JournalException("the journal can't be written", e);
        }
    }
}
