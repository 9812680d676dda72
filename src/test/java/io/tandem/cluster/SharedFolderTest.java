package io.tandem.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.proof.Faults;
import io.tandem.proof.Ledger;
import io.tandem.proof.RecordingTarget;
import io.tandem.support.Postgres;
import io.tandem.support.RunningTandem;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several instances watch one folder: each file is one instance's, and one that ends leaves the rest to the others. */
class SharedFolderTest {
    private static final int FILES = 60;

    @TempDir
    private Path folder;

    @Test
    void eachFileIsTakenOnceWhenThreeWatchAndOneEnds() throws Exception {
        Vertx vertx = Vertx.vertx();
        Ledger ledger = new Ledger();
        List<RunningTandem> instances = new ArrayList<>();
        SharedFolder shared = new SharedFolder(folder, 5);
        try (RecordingTarget one = new RecordingTarget(vertx, "api-one", ledger, new Faults(1, 1000, 20, 0, 0, 0));
                RecordingTarget two = new RecordingTarget(vertx, "api-two", ledger, Faults.none())) {
            Map<String, String> settings = shared.settings(Postgres.shared().newDatabase(), one, two);
            for (int i = 0; i < 3; i++) {
                instances.add(RunningTandem.start(settings));
            }

            shared.drop(FILES / 2);
            await().atMost(Duration.ofSeconds(60)).until(() -> shared.done() >= 3);
            instances.remove(0).close();
            shared.drop(FILES / 2);
            await().atMost(Duration.ofSeconds(60)).until(() -> shared.done() == FILES);

            shared.assertEachFileOnce();
            assertThat(shared.assertEachRecordKnownByOneKey(ledger, List.of("api-one", "api-two")))
                    .as("sent again")
                    .isZero();
        } finally {
            instances.forEach(RunningTandem::close);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
