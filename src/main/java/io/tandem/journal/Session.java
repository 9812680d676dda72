package io.tandem.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection with its statements. For one thread at a time. */
final class Session {
    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** What becomes of a row of a result. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    Dialect dialect() {
        return dialect;
    }

    /** A statement, which is kept for the next time. */
    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    /** Rows changed. */
    int update(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = statement(sql);
        bind(statement, 1, values);
        return statement.executeUpdate();
    }

    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = statement(sql);
        bind(statement, 1, values);
        List<T> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(reader.read(rows));
            }
        }
        return found;
    }

    /** The first row, or null. */
    <T> @Nullable T first(String sql, RowReader<T> reader, @Nullable Object... values) throws SQLException {
        List<T> found = query(sql, reader, values);
        return found.isEmpty() ? null : found.get(0);
    }

    /** Binds values from an index on; returns the index behind them. */
    static int bind(PreparedStatement statement, int from, @Nullable Object... values) throws SQLException {
        int index = from;
        for (Object value : values) {
            if (value instanceof String text) {
                statement.setString(index, text);
            } else if (value instanceof Long number) {
                statement.setLong(index, number);
            } else if (value instanceof Integer number) {
                statement.setInt(index, number);
            } else if (value instanceof byte[] bytes) {
                statement.setBytes(index, bytes);
            } else if (value == null) {
                // both drivers take the column's type then
                statement.setObject(index, null);
            } else {
                throw new IllegalArgumentException("no column holds a " + value.getClass());
            }
            index++;
        }
        return index;
    }

    /** Question marks for so many values. */
    static String marks(int count) {
        return "?" + ",?".repeat(count - 1);
    }

    void close() throws SQLException {
        statements.clear();
        connection.close();
    }
}
