package io.tandem.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A journal in a file of this process alone. Commits reach the disk (write-ahead log, {@code synchronous=FULL}); readers
 * are not held up by the writer.
 */
final class SqliteDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");
    private static final int READERS = 4;
    private static final int PAGE_SIZE = 4096;
    private static final int CACHE_KIB = 64 << 10;
    private static final int READERS_CACHE_KIB = 8 << 10;
    // 16 MiB: the writer waits for what goes into the file then; less costs throughput, more makes the pause longer
    private static final int CHECKPOINT_PAGES = 4_000;
    // none would mean never
    private static final int FEWEST_PAGES = 16;
    private static final int MIN_FREE_PAGES = 1000;
    private static final int VACUUM_PAGES = 500;
    private static final long MIB = 1 << 20;
    private static final long LOG_LIMIT = 64 * MIB;
    // more than others write between two looks
    private static final long SCARCE = 256 * MIB;
    // what is in the log then finds room in the reserve, and so does the transaction that came last
    private static final int SHARE_OF_RESERVE = 4;

    private final Path file;
    private final long minFree;
    private final FileChannel lock;
    private final SqliteReserve reserve;
    private final Queue<Session> idle = new ConcurrentLinkedQueue<>();
    private final Semaphore readers = new Semaphore(READERS);
    private @Nullable Session writer;
    private int checkpointPages;
    private volatile boolean scarce;
    private volatile boolean closed;

    private SqliteDatabase(Path file, long minFree, FileChannel lock) {
        this.file = file;
        this.minFree = minFree;
        this.lock = lock;
        this.reserve = new SqliteReserve(Path.of(file + "-reserve"));
    }

    /**
     * Opens a journal, or makes one.
     *
     * @param minFree bytes on the disk below which it is not healthy
     * @throws JournalException when it is not to be used, and then nothing was changed
     */
    static SqliteDatabase open(Path path, long minFree, Schema schema) {
        Path file = path.toAbsolutePath().normalize();
        boolean exists = SqliteFile.check(file, schema.version());
        FileChannel lock = lock(file);
        SqliteDatabase database = new SqliteDatabase(file, minFree, lock);
        database.reserve.giveIfFull();
        SqliteLibrary.load(Path.of(file + "-native"));
        try {
            database.prepare(exists, schema);
            return database;
        } catch (SQLException e) {
            database.close();
            throw new JournalException(database.explain(e), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Beside the database, as closing a channel of a file gives up all locks on it, and SQLite's among them. */
    private static FileChannel lock(Path file) {
        Path lockFile = Path.of(file + ".lock");
        FileChannel channel = null;
        try {
            Path folder = file.getParent();
            if (folder != null) {
                OwnersAlone.folder(folder);
            }
            channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = channel.tryLock();
            if (held != null) {
                // the log and the rest get its permissions
                OwnersAlone.file(file);
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // this very process has it
        } catch (IOException e) {
            throw new JournalException("the journal '%s' can't be written: %s".formatted(file, Reasons.of(e)), e);
        }
        closeQuietly(channel);
        throw new JournalException(
                ("the journal '%s' is in use by another Tandem: stop that one, or name another file in"
                                + " tandem.journal.url (several at once need PostgreSQL)")
                        .formatted(file));
    }

    private void prepare(boolean exists, Schema schema) throws SQLException {
        if (!exists) {
            create(schema);
        }
        Session session = openWriter();
        writer = session;
        Connection connection = session.connection();
        int found = pragma(connection, "user_version");
        if (found > schema.version()) {
            throw SqliteFile.newer(file, found, schema.version());
        }
        if (found < schema.version()) {
            schema.migrate(connection, found);
            execute(connection, "pragma user_version = " + schema.version());
            connection.commit();
            checkpoint(connection);
        }
    }

    /** Without a log: the file's header must tell from the first moment whose it is. */
    private void create(Schema schema) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.DELETE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setPageSize(PAGE_SIZE);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            execute(connection, "pragma auto_vacuum = incremental");
            connection.setAutoCommit(false);
            execute(connection, "pragma application_id = " + SqliteFile.APPLICATION_ID);
            execute(connection, "pragma user_version = " + schema.version());
            schema.migrate(connection, 0);
            connection.commit();
        }
    }

    private Session openWriter() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(10_000);
        config.setCacheSize(-CACHE_KIB);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try {
            checkpointEvery(connection, CHECKPOINT_PAGES);
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return new Session(connection, Dialect.SQLITE);
    }

    private Session openReader() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(10_000);
        config.setCacheSize(-READERS_CACHE_KIB);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        connection.setAutoCommit(false);
        return new Session(connection, Dialect.SQLITE);
    }

    @Override
    public Dialect dialect() {
        return Dialect.SQLITE;
    }

    @Override
    public Session begin() throws SQLException {
        Session current = writer;
        if (current == null) {
            current = openWriter();
            writer = current;
        }
        makeRoom(current.connection());
        return current;
    }

    /** While room is scarce, the log is kept small: it would take what the database needs to take it in. */
    private void makeRoom(Connection connection) throws SQLException {
        boolean full = reserve.isGiven();
        long small = Math.max(FEWEST_PAGES, reserve.size() / SHARE_OF_RESERVE / PAGE_SIZE);
        int pages = scarce || full ? (int) Math.min(CHECKPOINT_PAGES, small) : CHECKPOINT_PAGES;
        if (pages != checkpointPages) {
            checkpointEvery(connection, pages);
        }
        if (full) {
            try {
                checkpoint(connection);
            } catch (SQLException e) {
                LOG.debug("the log can't be folded into the database", e);
            }
        }
    }

    private void checkpointEvery(Connection connection, int pages) throws SQLException {
        execute(connection, "pragma wal_autocheckpoint = " + pages);
        long limit = pages == CHECKPOINT_PAGES ? LOG_LIMIT : (long) pages * PAGE_SIZE;
        execute(connection, "pragma journal_size_limit = " + limit);
        checkpointPages = pages;
    }

    @Override
    public void failed(Throwable reason) {
        if (reason instanceof SQLException sql && isFull(sql)) {
            reserve.give();
        } else if (writer != null) {
            // one that was opened while the file could not be written can never write it
            closeQuietly(writer);
            writer = null;
        }
    }

    @Override
    public @Nullable String refusal() {
        return reserve.isGiven() ? diskFull() : null;
    }

    private String diskFull() {
        return "the disk of the journal '%s' is full: make room".formatted(file);
    }

    @Override
    public void end(Session session, boolean broken) {
        if (broken) {
            writer = null;
            closeQuietly(session);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(Query<T> query) {
        readers.acquireUninterruptibly();
        try {
            if (closed) {
                throw new JournalException("the journal is closed");
            }
            Session session = idle.poll();
            boolean done = false;
            try {
                if (session == null) {
                    session = openReader();
                }
                T result = query.run(session);
                session.connection().commit();
                done = true;
                return result;
            } catch (SQLException e) {
                throw new JournalException(explain(e), e);
            } finally {
                if (done && session != null) {
                    idle.add(session);
                } else if (session != null) {
                    closeQuietly(session);
                }
            }
        } finally {
            readers.release();
        }
    }

    @Override
    public boolean isOwnFault(SQLException e) {
        return switch (code(e)) {
            case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE -> true;
            default -> false;
        };
    }

    /** There is one writer. */
    @Override
    public boolean isConflict(SQLException e) {
        return false;
    }

    @Override
    public String explain(Throwable e) {
        if (!(e instanceof SQLException sql)) {
            return "the journal '%s' can't be written: %s".formatted(file, e);
        }
        if (e.getCause() instanceof NativeLibraryNotFoundException) {
            return ("the journal '%s' can't be opened: SQLite's library can be executed neither from its folder nor from the"
                            + " temporary one; name one where it can with -Dorg.sqlite.tmpdir")
                    .formatted(file);
        }
        if (isFull(sql)) {
            return diskFull();
        }
        return switch (code(sql)) {
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN ->
                "the journal '%s' can't be written: check the permissions of the file and its folder, and whether the disk is mounted read-only"
                        .formatted(file);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                String.valueOf(SqliteFile.damaged(file, null).getMessage());
            case SQLITE_IOERR -> "the disk of the journal '%s' fails: check it (%s)".formatted(file, text(sql));
            default -> "the journal '%s' can't be used: %s".formatted(file, text(sql));
        };
    }

    /** Also when it is the log's index that can't grow. */
    private static boolean isFull(SQLException e) {
        return code(e) == SQLiteErrorCode.SQLITE_FULL
                || (e instanceof SQLiteException sqlite
                        && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);
    }

    private static String text(SQLException e) {
        return Reasons.firstLine(String.valueOf(e.getMessage()));
    }

    /** The primary code: the extended ones have it in their lowest byte. */
    private static SQLiteErrorCode code(SQLException e) {
        int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
        return SQLiteErrorCode.getErrorCode(code & 0xff);
    }

    @Override
    public @Nullable String health() {
        try {
            FileStore disk = Files.getFileStore(file);
            scarce = disk.getUsableSpace() < Math.max(SCARCE, 2 * minFree);
            keepReserve();
            long free = disk.getUsableSpace();
            return free >= minFree
                    ? null
                    : "the disk of the journal '%s' is nearly full (%d MiB left, tandem.journal.min-free is %d MiB): make room"
                            .formatted(file, free / MIB, minFree / MIB);
        } catch (IOException e) {
            return "the journal '%s' is gone: %s".formatted(file, Reasons.of(e));
        }
    }

    private void keepReserve() {
        boolean full = reserve.isGiven();
        try {
            reserve.keep(scarce);
        } catch (IOException e) {
            LOG.debug("there is no reserve", e);
        }
        if (full && !reserve.isGiven()) {
            LOG.info("the disk of the journal has room again");
        }
    }

    /**
     * Pages that are free are used again: only when they are a good part of the file is it worth the while, or on a disk
     * that is full.
     */
    @Override
    public boolean tidy(Session session) throws SQLException {
        Connection connection = session.connection();
        long free = pragma(connection, "freelist_count");
        boolean worthwhile = free >= MIN_FREE_PAGES && free >= pragma(connection, "page_count") / 4;
        if (free == 0 || !(worthwhile || reserve.isGiven())) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            // not execute(), which takes one step only, and gives back one page
            statement.executeUpdate("pragma incremental_vacuum(" + Math.min(VACUUM_PAGES, checkpointPages) + ")");
        }
        return true;
    }

    private static void checkpoint(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try {
            execute(connection, "pragma wal_checkpoint(truncate)");
        } finally {
            connection.setAutoCommit(false);
        }
    }

    private static int pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma " + name)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        closed = true;
        readers.acquireUninterruptibly(READERS);
        try {
            Session next = idle.poll();
            while (next != null) {
                closeQuietly(next);
                next = idle.poll();
            }
            if (writer != null) {
                closeQuietly(writer);
                writer = null;
            }
        } finally {
            readers.release(READERS);
            closeQuietly(lock);
        }
    }

    private static void closeQuietly(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            // what was committed is on disk
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the system gives the lock back with the process
        }
    }
}
