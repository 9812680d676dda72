package io.tandem.support;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real PostgreSQL with its own folder and port, that can be killed and started again. It comes out of Maven Central.
 * PostgreSQL refuses root: that one becomes nobody by {@code unshare -U}; where that is not allowed, Debian's is taken,
 * if it is installed. Where none runs, tests are skipped, and say why.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path data;
    private final int port;
    private final List<String> somebodyElse;
    private final AutoCloseable rest;
    private List<String> command = List.of();

    /** @param rest closed in the end */
    private Postgres(Path data, int port, List<String> somebodyElse, AutoCloseable rest) {
        this.rest = rest;
        this.data = data;
        this.port = port;
        this.somebodyElse = ROOT ? somebodyElse : List.of();
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
        String reason;
        try {
            return fromMavenCentral();
        } catch (IOException | RuntimeException e) {
            reason = e.toString();
        }
        try {
            return debians();
        } catch (IOException | IllegalStateException | ConditionTimeoutException e) {
            return abort("No PostgreSQL runs here. That of Maven Central (as root it needs 'unshare -U'): " + reason
                    + "; that of the system: " + e);
        }
    }

    private static Postgres fromMavenCentral() throws IOException {
        Path data = Files.createTempDirectory("tandem-postgres");
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(data.toFile())
                // nobody else gets it while it is dead
                .setPort(Ports.free())
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "on")
                .setServerConfig("log_min_messages", "fatal")
                .start();
        return new Postgres(data, server.getPort(), List.of("unshare", "-U"), server);
    }

    private static Postgres debians() throws IOException {
        if (!Files.isDirectory(DEBIAN)) {
            throw new IOException(DEBIAN + " is not there");
        }
        Path programs;
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            programs = versions.max(Comparator.comparingInt(
                            version -> Integer.parseInt(version.getFileName().toString())))
                    .orElseThrow(() -> new IOException(DEBIAN + " is empty"))
                    .resolve("bin");
        }
        int port = Ports.free();
        Path folder = Files.createTempDirectory("tandem-postgres");
        Postgres postgres = new Postgres(
                folder.resolve("data"),
                port,
                List.of("runuser", "-u", "postgres", "--"),
                () -> run(List.of("rm", "-r", folder.toString())));
        if (ROOT) {
            run(List.of("chown", "postgres", folder.toString()));
        }
        run(postgres.asSomebodyElse(List.of(
                programs.resolve("initdb").toString(),
                "-D",
                postgres.data.toString(),
                "-U",
                user(),
                "-A",
                "trust",
                "-E",
                "UTF8")));
        postgres.command = List.of(
                programs.resolve("postgres").toString(),
                "-D",
                postgres.data.toString(),
                "-p",
                String.valueOf(port),
                "-k",
                folder.toString(),
                "-c",
                "max_connections=300");
        postgres.startAgain();
        return postgres;
    }

    /** Ends it as a crash does: nothing is written any more. */
    public void kill() throws IOException {
        end("KILL");
    }

    private void end(String signal) throws IOException {
        if (!Files.exists(pidFile())) {
            return;
        }
        ProcessHandle postmaster = postmaster();
        long pid = postmaster.pid();
        command = List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
        List<ProcessHandle> processes = new ArrayList<>(postmaster.descendants().toList());
        processes.add(postmaster);
        run(List.of("kill", "-" + signal, String.valueOf(pid)));
        // its children notice: before they have gone, the next one does not start
        for (ProcessHandle process : processes) {
            process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    private ProcessHandle postmaster() throws IOException {
        // the first line of this file is the server's process
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).get(0)))
                .orElseThrow();
    }

    /** Processor time that it has used, but for that of connections which are closed. */
    public Duration cpu() throws IOException {
        ProcessHandle postmaster = postmaster();
        return Stream.concat(Stream.of(postmaster), postmaster.descendants())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Starts it again after {@link #kill}, as it was. */
    public void startAgain() throws IOException {
        new ProcessBuilder(asSomebodyElse(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            execute(url("postgres"), "select 1");
            return true;
        });
    }

    private List<String> asSomebodyElse(List<String> line) {
        List<String> all = new ArrayList<>(somebodyElse);
        all.addAll(line);
        return all;
    }

    private static void run(List<String> line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(line + ": " + output.trim());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
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

    /** Runs one statement, on a connection of its own. */
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
            // at once: clients need not leave first
            end("INT");
            rest.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
