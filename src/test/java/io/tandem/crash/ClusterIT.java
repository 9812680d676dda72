package io.tandem.crash;

import io.tandem.proof.Report;
import io.tandem.support.Kafka;
import io.tandem.support.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances, a database, a broker, and one folder, all real; each is killed in turn: {@code mvn verify -Pcluster
 * -Dcluster.seconds=1800 -Dcluster.rate=300 -Dcrash.seed=…}.
 */
@Tag("cluster")
class ClusterIT {
    private static final int CALLERS = 9;
    private static final int PER_CALLER = 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void nothingIsLostOrRepeatedWhenInstancesBrokerAndDatabaseAreKilledInTurn() throws Exception {
        Duration atLeast = Duration.ofSeconds(Integer.getInteger("cluster.seconds", 1800));
        int rate = Integer.getInteger("cluster.rate", 300);
        CrashRun.Plan plan = new CrashRun.Plan(
                5, 0, CALLERS, PER_CALLER, 30, Duration.ofSeconds(10), Duration.ofMinutes(10), Crashes.seed());
        try (Postgres postgres = Postgres.start();
                Kafka kafka = Kafka.start(Map.of(), List.of())) {
            RecordFeed feed = new RecordFeed(kafka, Math.max(1, rate - CALLERS * PER_CALLER), atLeast);

            CrashRun.Outcome outcome = CrashRun.run(
                    plan,
                    folder,
                    3,
                    CrashRun.Journal.postgres(postgres.newDatabase()).thatDies(),
                    List.of(new DatabaseVictim(postgres), feed),
                    feed);

            Report.add(
                    "cluster.txt",
                    CrashRun.Outcome.HEADER,
                    outcome.row("3 instances, PostgreSQL, Kafka"),
                    feed.figures());
            outcome.check();
        }
    }
}
