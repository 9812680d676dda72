package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** How much may be under way. */
class AdmissionTest {
    private final Admission admission = new Admission(2, 1000);

    @Test
    void nothingMoreBeginsWhenEnoughIsInWork() {
        assertThat(admission.begin()).isTrue();
        assertThat(admission.isFull()).isFalse();
        assertThat(admission.begin()).isTrue();

        assertThat(admission.isFull()).isTrue();
        assertThat(admission.begin()).isFalse();
        assertThat(admission.inWork()).isEqualTo(2);

        admission.end();
        assertThat(admission.isFull()).isFalse();
        assertThat(admission.begin()).isTrue();
    }

    @Test
    void nothingMoreIsTakenWhileTooMuchMemoryIsHeld() {
        admission.hold(900);
        assertThat(admission.isFull()).isFalse();
        admission.hold(101);

        assertThat(admission.isHoldingTooMuch()).isTrue();
        assertThat(admission.isFull()).isTrue();

        admission.letGo(900);
        assertThat(admission.isFull()).isFalse();
    }

    @Test
    void drainingWaitsForWorkAndForAnswersThatAreRead() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            assertThat(admission.begin()).isTrue();
            assertThat(admission.drain(Duration.ofMillis(1))).isFalse();
            assertThat(admission.begin()).isFalse();

            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(this::drain, other);
            admission.writing();
            admission.end();
            assertThat(admission.drain(Duration.ofMillis(1))).isFalse();
            admission.written();

            assertThat(drained.join()).isTrue();
        } finally {
            other.shutdownNow();
        }
    }

    private boolean drain() {
        try {
            return admission.drain(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
