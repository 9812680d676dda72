package io.tandem.journal;

import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.support.Postgres;
import java.nio.file.Path;
import java.time.Duration;

/** The journal in a PostgreSQL. */
class PostgresJournalTest extends JournalContract {
    @Override
    Settings.Database database(Path folder) {
        return new Settings.Database.Postgres(Postgres.shared().newDatabase(), Postgres.user(), null);
    }

    @Override
    void reopenWhenTakenIsGivenUp() {
        reopen();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> journal.list(new MessageQuery(null, null, null, 100)).stream()
                        .noneMatch(StoredMessage::inFlight));
    }
}
