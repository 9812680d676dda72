package io.tandem.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The scripts that lead from nothing to the tables as this version knows them. A script that was released never
 * changes: what comes next is a script of its own.
 *
 * @param scripts the first makes version 1 from nothing, the second version 2 of that, …
 */
record Schema(List<String> scripts) {
    static Schema sqlite() {
        return new Schema(List.of(resource("sqlite/1.sql"), resource("sqlite/2.sql"), resource("sqlite/3.sql")));
    }

    static Schema postgresql() {
        return new Schema(
                List.of(resource("postgresql/1.sql"), resource("postgresql/2.sql"), resource("postgresql/3.sql")));
    }

    int version() {
        return scripts.size();
    }

    /** Brings tables of an older version (0: there are none) to this one, within the caller's transaction. */
    void migrate(Connection connection, int from) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String script : scripts.subList(from, scripts.size())) {
                for (String command : script.split(";\\s*\\n")) {
                    if (!command.isBlank()) {
                        statement.executeUpdate(command);
                    }
                }
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
