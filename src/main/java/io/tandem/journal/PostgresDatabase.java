package io.tandem.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tandem.config.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A journal that several instances share. Thread-safe. */
final class PostgresDatabase implements Database {
    /** The writer, the heartbeat, and what is looked after once in a while. */
    private static final int WRITERS = 3;

    private static final int READERS = 4;
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int OLDEST_SERVER = 150_000;

    /** An index on millions of messages takes a while; so does the wait for another instance that makes one. */
    private static final Duration MIGRATION = Duration.ofMinutes(10);

    /** What waits for a table keeps all others waiting that come after it. */
    private static final Duration LOCK = Duration.ofSeconds(3);

    // "tndm": only others that open a journal hold it
    private static final long SCHEMA_LOCK = 0x746e646dL;

    /**
     * Durable whatever the server's default; and by index even when the statistics, which are gathered once a minute,
     * still say that the tables are empty: prepared plans would go through all of them.
     */
    private static final String SETUP = "select set_config('enable_seqscan', 'off', false),"
            + " set_config('jit', 'off', false),"
            + " set_config('synchronous_commit', case current_setting('synchronous_commit')"
            + " when 'off' then 'on' else current_setting('synchronous_commit') end, false)";

    private static final String TABLES = "select c.relname from pg_catalog.pg_class c"
            + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
            + " where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.relname";

    private final String place;
    private final HikariDataSource writers;
    private final HikariDataSource readers;

    private PostgresDatabase(Settings.Database.Postgres settings) {
        this.place = place(settings.url());
        this.writers = new HikariDataSource(pool(settings, WRITERS, false));
        this.readers = new HikariDataSource(pool(settings, READERS, true));
    }

    /**
     * Connects, and makes the tables when there are none.
     *
     * @throws JournalException when it is not to be used, and then nothing was changed
     */
    static PostgresDatabase open(Settings.Database.Postgres settings, Schema schema) {
        String place = place(settings.url());
        try (Connection connection = DriverManager.getConnection(settings.url(), properties(settings))) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, (int) MIGRATION.toMillis());
            prepare(place, new Session(connection, Dialect.POSTGRESQL), schema);
            connection.commit();
        } catch (SQLException e) {
            throw new JournalException(explain(place, e), e);
        }
        return new PostgresDatabase(settings);
    }

    private static void prepare(String place, Session session, Schema schema) throws SQLException {
        Integer server = session.first("select current_setting('server_version_num')::int", row -> row.getInt(1));
        if (server != null && server < OLDEST_SERVER) {
            throw new JournalException("the journal's database %s is PostgreSQL %d: Tandem needs 15 or newer"
                    .formatted(place, server / 10_000));
        }
        // several instances start at the same time
        session.query("select pg_advisory_xact_lock(?)", row -> 1, SCHEMA_LOCK);
        List<String> tables = session.query(TABLES, row -> row.getString(1));
        if (!tables.isEmpty() && !tables.contains("tandem_schema")) {
            throw new JournalException(("the journal's database %s has tables of another program (%s): give Tandem a"
                            + " database of its own, or a schema (?currentSchema=… in tandem.journal.url)")
                    .formatted(
                            place,
                            String.join(", ", tables.subList(0, Math.min(3, tables.size())))
                                    + (tables.size() > 3 ? ", …" : "")));
        }
        Integer version =
                tables.isEmpty() ? 0 : session.first("select version from tandem_schema", row -> row.getInt(1));
        int found = version == null ? 0 : version;
        if (found > schema.version()) {
            throw new JournalException(("the journal's database %s was written by a newer Tandem (schema %d, this one"
                            + " knows %d): run that one, or name another database in tandem.journal.url")
                    .formatted(place, found, schema.version()));
        }
        if (found < schema.version()) {
            session.query("select set_config('lock_timeout', ?, true)", row -> 1, LOCK.toMillis() + "ms");
            schema.migrate(session.connection(), found);
            session.update("update tandem_schema set version = ?", schema.version());
        }
    }

    private static HikariConfig pool(Settings.Database.Postgres settings, int size, boolean readOnly) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(readOnly ? "tandem-journal-readers" : "tandem-journal-writers");
        config.setJdbcUrl(settings.url());
        config.setDataSourceProperties(properties(settings));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(SETUP);
        // else that statement opens the transaction of whoever comes first, who then sees what was there long ago
        config.setIsolateInternalQueries(true);
        config.setAutoCommit(false);
        config.setReadOnly(readOnly);
        config.setTransactionIsolation(readOnly ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
        return config;
    }

    private static Properties properties(Settings.Database.Postgres settings) {
        Properties properties = new Properties();
        if (settings.user() != null) {
            properties.setProperty("user", settings.user());
        }
        if (settings.password() != null) {
            properties.setProperty("password", settings.password().value());
        }
        properties.setProperty("ApplicationName", "tandem");
        properties.setProperty("connectTimeout", String.valueOf(CONNECT.toSeconds()));
        // well below the lease: a commit that hangs must not outlive it
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }

    /** The URL without what is only for the driver. */
    private static String place(String url) {
        String rest = url.replaceFirst("^jdbc:postgresql://", "");
        int query = rest.indexOf('?');
        return "'" + (query < 0 ? rest : rest.substring(0, query)) + "'";
    }

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public Session begin() throws SQLException {
        return new Session(writers.getConnection(), Dialect.POSTGRESQL);
    }

    @Override
    public void end(Session session, boolean broken) {
        if (broken) {
            writers.evictConnection(session.connection());
        }
        closeQuietly(session);
    }

    @Override
    public <T extends @Nullable Object> T read(Query<T> query) {
        Session session = null;
        try {
            session = new Session(readers.getConnection(), Dialect.POSTGRESQL);
            T result = query.run(session);
            session.connection().commit();
            return result;
        } catch (SQLException e) {
            throw new JournalException(explain(e), e);
        } finally {
            if (session != null) {
                closeQuietly(session);
            }
        }
    }

    private static void closeQuietly(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            // the pool finds out
        }
    }

    @Override
    public boolean isOwnFault(SQLException e) {
        String state = state(e);
        return state.startsWith("22") || state.startsWith("23");
    }

    @Override
    public boolean isConflict(SQLException e) {
        return state(e).startsWith("40");
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    @Override
    public String explain(Throwable e) {
        return e instanceof SQLException sql
                ? explain(place, sql)
                : "the journal's database %s can't be used: %s".formatted(place, e);
    }

    private static String explain(String place, SQLException e) {
        String state = state(e);
        String reason = Reasons.firstLine(String.valueOf(e.getMessage()));
        if (e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException cause) {
            // the pool's own words say nothing
            return explain(place, cause);
        }
        if (state.startsWith("28")) {
            return "the journal's database %s refuses the login: check tandem.journal.user and tandem.journal.password"
                    .formatted(place);
        }
        if (state.equals("3D000")) {
            return "the journal's database %s does not exist: create it".formatted(place);
        }
        if (state.equals("42501")) {
            return "the journal's database %s refuses what Tandem does (%s): grant its user all on the schema"
                    .formatted(place, reason);
        }
        if (state.equals("53100")) {
            return "the disk of the journal's database %s is full: make room".formatted(place);
        }
        if (state.equals("55P03")) {
            return ("the journal's database %s can't be migrated while something else holds its tables (a backup, a"
                            + " transaction that was left open): start Tandem again when that has ended")
                    .formatted(place);
        }
        if (state.equals("25006")) {
            return "the journal's database %s is read-only: name the primary in tandem.journal.url".formatted(place);
        }
        if (state.startsWith("08") || state.startsWith("57P") || e instanceof SQLTransientConnectionException) {
            return "the journal's database %s can't be reached: check that it runs, and tandem.journal.url"
                    .formatted(place);
        }
        return "the journal's database %s can't be used: %s".formatted(place, reason);
    }

    @Override
    public @Nullable String health() {
        try {
            Session session = begin();
            boolean broken = true;
            try {
                String readOnly = session.first("show transaction_read_only", row -> row.getString(1));
                session.connection().commit();
                broken = false;
                return "on".equals(readOnly) ? explain(new SQLException("read-only", "25006")) : null;
            } finally {
                end(session, broken);
            }
        } catch (SQLException e) {
            return explain(e);
        }
    }

    /** The server looks after its files itself. */
    @Override
    public boolean tidy(Session session) {
        return false;
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
