package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.support.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The journal in a PostgreSQL. */
class PostgresJournalTest extends JournalContract {
    @Override
    Settings.Database database(Path folder) {
        return new Settings.Database.Postgres(Postgres.shared().newDatabase(), Postgres.user(), null);
    }

    @Test
    void messageIsSeenWhenAConnectionIsUsedForTheFirstTime() {
        Settings.Database.Postgres shared = (Settings.Database.Postgres) settings.database();
        long before = connections();
        PostgresDatabase database = PostgresDatabase.open(shared, Schema.postgresql());
        try {
            // one that reads and one that writes are opened at once
            await().until(() -> connections() >= before + 2);
            String id = acceptWith(Samples.NONE);

            assertThat(database.<String>read(session ->
                            session.first("select id from message where id = ?", row -> row.getString(1), id)))
                    .isEqualTo(id);
        } finally {
            database.close();
        }
    }

    /** Those that are set up, and idle. */
    private long connections() {
        Settings.Database.Postgres shared = (Settings.Database.Postgres) settings.database();
        try (Connection connection = DriverManager.getConnection(shared.url(), Postgres.user(), "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and application_name = 'tandem'"
                        + " and state <> 'active' and query not like 'SET %'")) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    void reopenWhenTakenIsGivenUp() {
        reopen();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> journal.list(new MessageQuery(null, null, null, 100)).stream()
                        .noneMatch(StoredMessage::inFlight));
    }
}
