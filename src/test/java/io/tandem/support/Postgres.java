package io.tandem.support;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL out of Maven Central, with its own folder and port. It can be killed and started again. Where it
 * can't run (it refuses root, and needs {@code unshare} to be somebody else), tests are skipped, and say why.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final EmbeddedPostgres server;
    private List<String> command = List.of();

    private Postgres(Path folder, EmbeddedPostgres server) {
        this.folder = folder;
        this.server = server;
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
            Path folder = Files.createTempDirectory("tandem-postgres");
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(folder.toFile())
                    // nobody else gets it while it is dead
                    .setPort(Ports.free())
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("log_min_messages", "fatal")
                    .start();
            return new Postgres(folder, server);
        } catch (IOException | RuntimeException e) {
            return abort("PostgreSQL does not run here (it refuses root, and 'unshare -U' may not be allowed): " + e);
        }
    }

    /** Ends it as a crash does: nothing is written any more. */
    public void kill() throws IOException, InterruptedException {
        long pid = pid();
        String commandLine = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        command = List.of(commandLine.split("\0"));
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> children = server.descendants().toList();
        new ProcessBuilder("kill", "-KILL", String.valueOf(pid)).start().waitFor();
        // its children notice: before they have gone, it does not start again
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !server.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Starts it again after {@link #kill}, as it was. */
    public void startAgain() throws IOException {
        List<String> line = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            line.addAll(List.of("unshare", "-U"));
        }
        line.addAll(command);
        new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            execute(url("postgres"), "select 1");
            return true;
        });
    }

    /** The first line of this file is the server's process. */
    private long pid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).get(0));
    }

    /** The URL of a new, empty database. */
    public String newDatabase() {
        String name = "t" + DATABASES.incrementAndGet() + "_"
                + ProcessHandle.current().pid();
        execute(url("postgres"), "create database " + name);
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/" + database;
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
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
