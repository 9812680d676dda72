package io.tandem.crash;

import io.tandem.support.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Fills a journal, that nobody uses meanwhile, with messages that are delivered: by SQL, in some minutes. */
final class Refill {
    /** Spread over a day, so that nothing of it is forgotten. */
    private static final String MESSAGES =
            """
            insert into message (id, entry, idem_key, body_hash, content_type, headers, traceparent, body, body_file,
              size, state, received_at, settled_at, answer_status, answer_type, answer_outcome, answer_timing,
              answer_body)
            select %1$s, 'http', 'http:refill-' || n, %2$s, 'application/json', '{}',
              '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', null, 0, 200, 1, %3$s, %3$s, 200,
              'application/json', 'complete', 'api-one;dur=3', %2$s
            from %4$s""";

    private static final String DELIVERIES =
            """
            insert into delivery (message_id, target, state, attempts, outcome, status, took_ns, tried, reply, reply_kind)
            select m.id, t.name, 1, 1, 'delivered', 200, 3000000, 1, m.body_hash, 'document'
            from message m cross join (select 'api-one' as name union all select 'api-two') t
            where m.idem_key like 'http:refill-%'
            order by m.id""";

    private Refill() {}

    static void sqlite(Path file, int messages) throws SQLException {
        long now = System.currentTimeMillis();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            execute(
                    connection,
                    "pragma journal_mode = wal",
                    "pragma synchronous = off",
                    "pragma cache_size = -400000",
                    MESSAGES.formatted(
                            "'01A' || printf('%023d', n)",
                            "cast('{\"filled\":' || printf('%021d', n) || '}' as blob)",
                            (now - 3_600_000) + " - n % 80000000",
                            "(with recursive c(n) as (select 1 union all select n + 1 from c where n < " + messages
                                    + ") select n from c)"),
                    DELIVERIES,
                    "pragma wal_checkpoint(truncate)");
        }
    }

    static void postgres(String url, int messages) throws SQLException {
        long now = System.currentTimeMillis();
        try (Connection connection = DriverManager.getConnection(url, Postgres.user(), "")) {
            execute(
                    connection,
                    "set synchronous_commit = off",
                    MESSAGES.formatted(
                            "'01A' || lpad(n::text, 23, '0')",
                            "convert_to('{\"filled\":' || lpad(n::text, 21, '0') || '}', 'UTF8')",
                            now - 3_600_000 + " - n % 80000000",
                            "generate_series(1, " + messages + ") as n"),
                    DELIVERIES,
                    "vacuum analyze",
                    "checkpoint");
        }
    }

    private static void execute(Connection connection, String... commands) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String command : commands) {
                boolean unused = statement.execute(command);
            }
        }
    }
}
