package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pool that carries messages where the JDK has no virtual threads. */
@Timeout(60)
class TandemThreadsTest {
    private static final int SIZE = 4;

    private final ExecutorService pool = TandemThreads.pool("test", SIZE);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void tasksThatWaitForEachOtherRunAtTheSameTimeUpToItsSize() throws Exception {
        CountDownLatch all = new CountDownLatch(SIZE);
        List<Future<Boolean>> met = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            met.add(pool.submit(() -> {
                all.countDown();
                return all.await(30, TimeUnit.SECONDS);
            }));
        }
        for (Future<Boolean> each : met) {
            assertThat(each.get()).isTrue();
        }
    }

    @Test
    void moreTasksThanThreadsWaitForTheirTurn() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(SIZE);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Future<Integer>> done = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            done.add(pool.submit(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                begun.countDown();
                goOn.await();
                return running.decrementAndGet();
            }));
        }
        begun.await();
        goOn.countDown();
        for (Future<Integer> each : done) {
            each.get();
        }
        assertThat(most).hasValue(SIZE);
    }

    /** The second task comes just when the only thread has looked for one, and is about to wait. */
    @Test
    void noTaskIsForgottenBetweenAThreadThatIsBusyAndOneThatWaits() throws Exception {
        ExecutorService one = TandemThreads.pool("one", 1);
        try {
            for (int round = 0; round < 100_000; round++) {
                AtomicInteger first = new AtomicInteger();
                CountDownLatch second = new CountDownLatch(1);
                one.execute(first::incrementAndGet);
                for (int spin = round % 64; first.get() == 0 || spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                one.execute(second::countDown);
                assertThat(second.await(10, TimeUnit.SECONDS))
                        .as("round %s", round)
                        .isTrue();
            }
        } finally {
            one.shutdownNow();
        }
    }
}
