package io.tandem.journal;

import io.tandem.config.Settings;
import java.nio.file.Path;

/** The journal in a file. */
class SqliteJournalTest extends JournalContract {
    @Override
    Settings.Database database(Path folder) {
        return Samples.sqlite(folder);
    }

    @Override
    void reopenWhenTakenIsGivenUp() {
        reopen();
    }
}
