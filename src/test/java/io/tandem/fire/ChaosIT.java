package io.tandem.fire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network to the targets goes wrong in every way for a moment; {@link LongChaosIT} looks at times as well. */
class ChaosIT {
    @TempDir
    private Path folder;

    @BeforeEach
    void proxy() {
        ChaosProxy.assumeAvailable();
    }

    @Test
    void everyAnswerIsRightWhenTheNetworkGoesWrong() throws Exception {
        ChaosRun.Outcome outcome =
                new ChaosRun(60, Duration.ofSeconds(10), Duration.ZERO, System.nanoTime()).run(folder);

        assertThat(outcome.faults()).as(String.join("\n", outcome.rows())).isEmpty();
    }
}
