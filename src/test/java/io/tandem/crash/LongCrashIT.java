package io.tandem.crash;

import io.tandem.proof.Report;
import io.tandem.support.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The long runs: {@code mvn verify -Pcrash -Dcrash.kills=100 -Dcrash.messages=50000 -Dcrash.seed=…}. */
@Tag("crash")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LongCrashIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private static CrashRun.Plan plan(int kills, int messages) {
        return new CrashRun.Plan(
                kills, messages, 24, 50, 60, Duration.ofSeconds(5), Duration.ofMinutes(3), Crashes.seed());
    }

    private static void judge(String name, CrashRun.Outcome outcome) throws IOException {
        Report.add("crash.txt", CrashRun.Outcome.HEADER, outcome.row(name));
        outcome.check();
    }

    @Test
    @Order(1)
    void nothingIsLostOrRepeatedWithTheEmbeddedJournal() throws Exception {
        judge(
                "embedded",
                CrashRun.run(
                        plan(Crashes.kills(), Crashes.messages()),
                        folder,
                        1,
                        CrashRun.Journal.embedded(folder),
                        List.of()));
    }

    @Test
    @Order(2)
    void nothingIsLostOrRepeatedWithThreeInstancesOnPostgres() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            judge(
                    "PostgreSQL, 3 instances",
                    CrashRun.run(
                            plan(Crashes.kills(), Crashes.messages()),
                            folder,
                            3,
                            CrashRun.Journal.postgres(postgres.newDatabase()),
                            List.of()));
        }
    }

    @Test
    @Order(3)
    void nothingIsLostOrRepeatedWhenPostgresItselfIsKilled() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            judge(
                    "PostgreSQL and its instance",
                    CrashRun.run(
                            plan(Crashes.kills() / 2, Crashes.messages() / 5),
                            folder,
                            1,
                            CrashRun.Journal.postgres(postgres.newDatabase()).thatDies(),
                            List.of(new DatabaseVictim(postgres))));
        }
    }
}
