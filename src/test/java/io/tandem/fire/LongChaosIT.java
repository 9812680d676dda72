package io.tandem.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.proof.Busy;
import io.tandem.proof.Instance;
import io.tandem.proof.Report;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Minutes of chaos between Tandem and its targets: {@code mvn verify -Pfire -Dit.test=LongChaosIT -Dfire.chaos=300
 * -Dfire.seed=…}.
 */
@Tag("fire")
class LongChaosIT {
    private static final int RATE = 300;
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("fire.chaos", 300));
    private static final long SEED = Long.getLong("fire.seed", System.nanoTime());

    /** Idle threads and connections are given up within a minute. */
    private static final Duration CALM = Duration.ofSeconds(75);

    /** What a caller may have to wait beyond the deadline. */
    private static final double GRACE_MS = 100;

    @TempDir
    private Path folder;

    @BeforeEach
    void proxy() {
        ChaosProxy.assumeAvailable();
    }

    @Test
    void everyCallerGetsTheRightAnswerInTimeAndNothingStaysBehind() throws Exception {
        double loadAtStart = Busy.load();
        ChaosRun.Outcome outcome = new ChaosRun(RATE, SPAN, CALM, SEED).run(folder);
        Report.add(
                "fire.txt",
                "chaos, Java %s: %d s, %d messages/s, seed %d, load average at start %.1f"
                        .formatted(Instance.javaVersion(), SPAN.toSeconds(), RATE, SEED, loadAtStart),
                outcome.rows().toArray(String[]::new));

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.after().sockets())
                .as("sockets")
                .isLessThanOrEqualTo(outcome.before().sockets() + 10);
        assertThat(outcome.after().threads())
                .as("threads")
                .isLessThanOrEqualTo(outcome.before().threads() + 10);
        assertThat(outcome.after().heapMib())
                .as("MiB of heap")
                .isLessThanOrEqualTo(outcome.before().heapMib() + 16);
        assumeTrue(!Busy.is(loadAtStart), "the machine was busy: times tell nothing");
        assertThat(outcome.slowestMs()).isLessThan(ChaosRun.DEADLINE.toMillis() + GRACE_MS);
    }
}
