package io.tandem.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What is on the disk of the journal, read without Tandem. */
interface JournalDisk {
    /** Tells which deliveries are down as delivered now. */
    void tell(Evidence evidence) throws IOException, SQLException;

    /** Deliveries that are not settled, messages that are not, and whatever the database finds wrong with itself. */
    List<String> faults() throws IOException, SQLException;

    /** The embedded journal, while nobody has it open: a copy of it is read, so that nothing is recovered in it. */
    static JournalDisk sqlite(Path file) {
        return new JournalDisk() {
            @Override
            public void tell(Evidence evidence) throws IOException, SQLException {
                if (!Files.exists(file)) {
                    return;
                }
                try (Connection connection = copy()) {
                    readDelivered(connection, "on disk", evidence);
                }
            }

            @Override
            public List<String> faults() throws IOException, SQLException {
                try (Connection connection = copy();
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("pragma integrity_check")) {
                    String found = rows.next() ? rows.getString(1) : "no answer";
                    return found.equals("ok") ? List.of() : List.of(file + ": " + found);
                }
            }

            private Connection copy() throws IOException, SQLException {
                Path folder = Files.createDirectories(file.resolveSibling("crash-copy"));
                Path copy = folder.resolve("copy.db");
                for (String suffix : List.of("", "-wal")) {
                    Path from = Path.of(file + suffix);
                    Path to = Path.of(copy + suffix);
                    Files.deleteIfExists(Path.of(copy + "-shm"));
                    Files.deleteIfExists(to);
                    if (Files.exists(from)) {
                        Files.copy(from, to);
                    }
                }
                return DriverManager.getConnection("jdbc:sqlite:" + copy);
            }
        };
    }

    /** A journal in PostgreSQL; it may be in use. */
    static JournalDisk postgres(String url) {
        return new JournalDisk() {
            @Override
            public void tell(Evidence evidence) throws SQLException {
                try (Connection connection = DriverManager.getConnection(url)) {
                    readDelivered(connection, "on disk", evidence);
                }
            }

            @Override
            public List<String> faults() {
                return List.of();
            }
        };
    }

    private static void readDelivered(Connection connection, String how, Evidence evidence) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("select message_id, target from delivery where state = 1")) {
                long now = System.nanoTime();
                while (rows.next()) {
                    evidence.delivered(rows.getString(2), rows.getString(1), now, how);
                }
            } catch (SQLException e) {
                if (!String.valueOf(e.getMessage()).contains("delivery")) {
                    throw e;
                }
                // killed before the tables were made
            }
        }
    }
}
