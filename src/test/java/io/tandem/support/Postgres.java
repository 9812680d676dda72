package io.tandem.support;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL out of Maven Central, with its own folder and port. It can be killed and started again. Where it
 * can't run (it refuses root, and needs {@code unshare} to be somebody else), tests are skipped, and say why.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    private Postgres(Path folder) throws IOException {
        this.folder = folder;
        // nobody else gets it while it is dead
        this.port = Ports.free();
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
        } catch (IOException | RuntimeException e) {
            return abort("PostgreSQL does not run here (it refuses root, and 'unshare -U' may not be allowed): " + e);
        }
    }

    public void startAgain() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.toFile())
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "on")
                .setServerConfig("log_min_messages", "fatal");
        server = builder.start();
    }

    /** Ends it as a crash does: nothing is written any more. */
    public void kill() throws IOException {
        // the first line of this file is the process's id
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).get(0).trim());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> processes = new ArrayList<>(postmaster.descendants().toList());
        processes.add(postmaster);
        postmaster.destroyForcibly();
        // its children notice: before they have gone, the next one does not start
        for (ProcessHandle process : processes) {
            process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
        stop();
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

    private void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Override
    public void close() {
        try {
            stop();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
