package io.tandem.crash;

import io.tandem.proof.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost, and nothing is sent twice, though Tandem is killed again and again: a short run for each build. */
class CrashIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void nothingIsLostOrRepeatedWhenTandemIsKilled() throws Exception {
        CrashRun.Plan plan =
                new CrashRun.Plan(5, 200, 12, 25, 60, Duration.ofMillis(900), Duration.ofSeconds(60), Crashes.seed());

        CrashRun.Outcome outcome = CrashRun.run(plan, folder, 1, CrashRun.Journal.embedded(folder), List.of());

        Report.add("crash.txt", CrashRun.Outcome.HEADER, outcome.row("short"));
        outcome.check();
    }
}
