package io.tandem.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost, and nothing is sent twice, though Tandem is killed again and again: a short run for each build. */
class CrashIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void nothingIsLostOrRepeatedWhenTandemIsKilled() throws Exception {
        CrashRun.Plan plan = new CrashRun.Plan(
                5,
                300,
                6,
                25,
                Integer.getInteger("crash.files", 60),
                Duration.ofMillis(900),
                Duration.ofSeconds(30),
                Crashes.seed());

        CrashRun.Outcome outcome = CrashRun.run(
                plan,
                folder,
                1,
                new CrashRun.Journal(Map.of(), JournalDisk.sqlite(folder.resolve("tandem-1/data/journal/tandem.db"))),
                List.of());

        Report.add(CrashRun.Outcome.HEADER, outcome.row("short"));
        outcome.check();
    }
}
