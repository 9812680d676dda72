package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal in a file. */
class SqliteJournalTest extends JournalContract {
    @Override
    Settings.Database database(Path folder) {
        return Samples.sqlite(folder);
    }

    @Test
    void fileShrinksWhenMuchOfItIsForgotten() throws Exception {
        String body = "x".repeat(20_000);
        List<CompletionStage<Acceptance>> stages = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            stages.add(journal.accept(Samples.message(null, body, Samples.NONE)));
        }
        stages.forEach(Samples::get);
        reopen();
        Path file = folder.resolve("tandem.db");
        long before = Files.size(file);
        assertThat(before).isGreaterThan(10 << 20);

        Samples.get(journal.expire(Samples.ONE, Duration.ZERO.minusSeconds(1)));
        Samples.get(journal.expire(Samples.TWO, Duration.ZERO.minusSeconds(1)));
        clock.advance(Duration.ofDays(31));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> journal.list(new MessageQuery(null, null, null, 1)).isEmpty());
        await().atMost(Duration.ofSeconds(60)).until(() -> pages(file) * 4096 < before / 2);
        journal.close();
        assertThat(Files.size(file)).isLessThan(before / 2);
    }

    private static long pages(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma page_count")) {
            return row.getLong(1);
        }
    }

    @Test
    void deliveryWaitsWhileItsBodyCanNotBeRead() throws Exception {
        NewMessage message = Samples.message(null, "x".repeat(100_000), Samples.NONE);
        accept(message);
        Path payloads = folder.resolve("tandem.db-payloads");
        Path file = payloads.resolve(message.id().substring(24)).resolve(message.id());
        // a folder has a name, but no content
        Path aside = Files.move(file, folder.resolve("aside"));
        Files.createDirectory(file);

        assertThat(taken(journal.takeDue(Samples.ONE, 1, false, false))).isEmpty();

        await().until(() -> !delivery(message.id(), Samples.ONE).taken());
        assertThat(delivery(message.id(), Samples.ONE).state()).isEqualTo(DeliveryState.PENDING);
        Files.delete(file);
        Files.move(aside, file);
        clock.advance(MINUTE);
        assertThat(Samples.get(journal.takeDue(Samples.ONE, 1, false, false))
                        .get(0)
                        .body())
                .hasSize(100_000);

        Files.delete(file);
        assertThat(taken(journal.takeDue(Samples.TWO, 1, false, false))).isEmpty();
        await().until(() -> delivery(message.id(), Samples.TWO).state() == DeliveryState.DEAD);
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
