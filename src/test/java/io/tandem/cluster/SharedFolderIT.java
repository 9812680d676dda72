package io.tandem.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.proof.Busy;
import io.tandem.proof.Faults;
import io.tandem.proof.Instance;
import io.tandem.proof.Ledger;
import io.tandem.proof.RecordingTarget;
import io.tandem.proof.Report;
import io.tandem.support.Postgres;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One folder and three processes, which are killed in turn in the middle of files: {@code mvn verify -Pcluster
 * -Dit.test=SharedFolderIT}. Each file ends once; what a target gets again, it gets under the same key.
 */
@Tag("cluster")
class SharedFolderIT {
    private static final int KILLS = 6;
    private static final int FILES_PER_KILL = 40;
    private static final int RECORDS = 20;

    @TempDir
    private Path folder;

    @Test
    void eachFileEndsOnceWhenInstancesAreKilled() throws Exception {
        double loadAtStart = Busy.load();
        long start = System.nanoTime();
        Vertx vertx = Vertx.vertx();
        Ledger ledger = new Ledger();
        List<Instance> instances = new ArrayList<>();
        SharedFolder shared = new SharedFolder(folder.resolve("data"), RECORDS);
        try (Postgres postgres = Postgres.start();
                RecordingTarget one = new RecordingTarget(vertx, "api-one", ledger, new Faults(1, 1000, 20, 0, 0, 0));
                RecordingTarget two = new RecordingTarget(vertx, "api-two", ledger, Faults.none())) {
            Map<String, String> settings = shared.settings(postgres.newDatabase(), one, two);
            for (int i = 0; i < 3; i++) {
                instances.add(new Instance(folder.resolve("tandem-" + i), Instance.SHORT_LIVED, settings));
                instances.get(i).start();
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int seen = ledger.size();
                shared.drop(FILES_PER_KILL);
                // in the middle of them
                await().atMost(Duration.ofMinutes(3)).until(() -> ledger.size() > seen + FILES_PER_KILL);
                Instance killed = instances.get(kill % instances.size());
                killed.kill();
                killed.start();
            }
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> shared.done() == KILLS * FILES_PER_KILL);

            shared.assertEachFileOnce();
            long repeats = shared.assertEachRecordKnownByOneKey(ledger, List.of("api-one", "api-two"));
            Report.add(
                    "cluster.txt",
                    "one folder, 3 instances, %d kills, load average at start %.1f".formatted(KILLS, loadAtStart),
                    String.format(
                            Locale.ROOT,
                            "%d files of %d records, each once; %d of %d deliveries were made again, under the same key; %.0f s",
                            KILLS * FILES_PER_KILL,
                            RECORDS,
                            repeats,
                            2 * KILLS * FILES_PER_KILL * RECORDS,
                            (System.nanoTime() - start) / 1e9));
            assertThat(repeats).as("only what was under way").isLessThan(2L * KILLS * FILES_PER_KILL);
        } finally {
            instances.forEach(Instance::close);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
