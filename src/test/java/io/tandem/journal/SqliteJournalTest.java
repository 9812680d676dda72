package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void nobodyElseCanReadMessages(@TempDir Path folder) throws IOException {
        Path own = folder.resolve("data").resolve("journal");
        Journals.open(
                        new Settings.Journal(
                                new Settings.Database.Embedded(own.resolve("tandem.db")),
                                false,
                                false,
                                1,
                                1,
                                1,
                                Duration.ofDays(1),
                                Duration.ofDays(1)),
                        Map.of(),
                        Duration.ofSeconds(1),
                        Clock.systemUTC())
                .close();

        assertThat(Files.getPosixFilePermissions(own)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(own.resolve("tandem.db")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("data"))).contains(PosixFilePermission.OTHERS_EXECUTE);
    }
}
