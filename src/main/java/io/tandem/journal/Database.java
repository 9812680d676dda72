package io.tandem.journal;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One of the two kinds of database. Thread-safe, but for its writing sessions. */
interface Database extends AutoCloseable {
    /** A query, which may consist of several: they all see the same moment. */
    interface Query<T extends @Nullable Object> {
        T run(Session session) throws SQLException;
    }

    Dialect dialect();

    /** A session to write with, its auto-commit off; to be given back. */
    Session begin() throws SQLException;

    /**
     * Takes a session back.
     *
     * @param broken whether it must not be used again
     */
    void end(Session session, boolean broken);

    /** @throws JournalException when it can't be read now */
    <T extends @Nullable Object> T read(Query<T> query);

    /** Whether what went wrong lies in what was to be written: it will go wrong again, and alone. */
    boolean isOwnFault(SQLException e);

    /** Whether two transactions were in each other's way: the next try may succeed. */
    boolean isConflict(SQLException e);

    /** What is wrong and what to do, in one line for people. */
    String explain(Throwable e);

    /** Is told why a transaction of its own failed: it may be able to do something about it before the next one. */
    default void failed(Throwable reason) {}

    /** Why no new message may be written though what has happened already can, in one line; or null. Does not block. */
    default @Nullable String refusal() {
        return null;
    }

    /** Why nothing new should be taken though it can be written, in one line for people; or null. May block. */
    @Nullable
    String health();

    /**
     * Gives some room back to the disk, if there is a good deal of it.
     *
     * @return whether there may be more
     */
    boolean tidy(Session session) throws SQLException;

    @Override
    void close();
}
