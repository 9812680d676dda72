package io.tandem.support;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL out of Maven Central, with its own folder and port. It can be killed and started again. Where it
 * can't run (it refuses root, and needs {@code unshare} to be somebody else), tests are skipped, and say why.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private int port;
    private @Nullable EmbeddedPostgres server;

    private Postgres(Path folder) {
        this.folder = folder;
    }

    /** The one that tests share, each with a database of its own; it ends with the JVM. */
    public static Postgres shared() {
        return Shared.POSTGRES;
    }

    private static final class Shared {
        private static final Postgres POSTGRES = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(POSTGRES::close));
        }
    }

    /** One of its own. */
    public static Postgres start() {
        try {
            Postgres postgres = new Postgres(Files.createTempDirectory("tandem-postgres"));
            postgres.startAgain();
            return postgres;
        } catch (IOException e) {
            return abort("PostgreSQL does not run here (it refuses root, and 'unshare -U' may not be allowed): " + e);
        }
    }

    public void startAgain() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.toFile())
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "on")
                .setServerConfig("log_min_messages", "fatal");
        if (port != 0) {
            builder.setPort(port);
        }
        server = builder.start();
        port = server.getPort();
    }

    /** Ends it as a crash does: nothing is written any more. */
    public void kill() throws IOException, InterruptedException {
        // the first line of this file is the process's id
        String pid = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
        new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
        while (ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false)) {
            Thread.onSpinWait();
        }
    }

    /** The URL of a new, empty database. */
    public String newDatabase() {
        String name = "t" + DATABASES.incrementAndGet() + "_"
                + ProcessHandle.current().pid();
        execute(url("postgres"), "create database " + name);
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database;
    }

    /** The superuser, who needs no password. */
    public static String user() {
        return "postgres";
    }

    public static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url, user(), "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
