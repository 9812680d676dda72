package io.tandem.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be written, and the stage of whoever asked for it. For the writer's thread, which may run it more than
 * once: what a group that failed has left in it must not matter.
 */
abstract class Operation<T extends @Nullable Object> {
    private final CompletableFuture<T> done = new CompletableFuture<>();

    final CompletionStage<T> stage() {
        return done;
    }

    final void complete(T value) {
        done.complete(value);
    }

    final void fail(JournalException reason) {
        done.completeExceptionally(reason);
    }

    /** Writes, within a transaction. */
    abstract void run(Session session) throws SQLException;

    /** It is on disk. Must not block. */
    abstract void committed();

    /** Whether it must be written however long that takes: it tells what has happened already. */
    boolean isLasting() {
        return false;
    }

    /** What puts things right when a commit broke, which may have reached the disk all the same; null: nothing. */
    @Nullable
    Operation<?> undo() {
        return null;
    }

    /** Memory that it holds. */
    int bytes() {
        return 0;
    }

    /** The messages whose state it may change, known beforehand. */
    List<String> messages() {
        return List.of();
    }
}
