package io.tandem.target;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkheadTest {
    private final Bulkhead bulkhead = new Bulkhead(new Settings.Bulkhead(2, Duration.ofSeconds(1)));

    @Test
    void othersWaitInTheirOrderWhenAllPlacesAreTaken() {
        List<String> admitted = new ArrayList<>();
        assertThat(bulkhead.tryEnter()).isTrue();
        assertThat(bulkhead.tryEnter()).isTrue();
        assertThat(bulkhead.tryEnter()).isFalse();
        bulkhead.enter(() -> admitted.add("first"));
        bulkhead.enter(() -> admitted.add("second"));
        assertThat(bulkhead.waiting()).isEqualTo(2);

        bulkhead.leave();
        assertThat(admitted).containsExactly("first");
        assertThat(bulkhead.tryEnter()).as("past those who wait").isFalse();
        bulkhead.leave();

        assertThat(admitted).containsExactly("first", "second");
        assertThat(bulkhead.inside()).isEqualTo(2);
        assertThat(bulkhead.waiting()).isZero();
    }

    @Test
    void placeGoesToTheNextWhenOneHasGivenUp() {
        List<String> admitted = new ArrayList<>();
        bulkhead.tryEnter();
        bulkhead.tryEnter();
        Bulkhead.Waiter impatient = bulkhead.enter(() -> admitted.add("impatient"));
        bulkhead.enter(() -> admitted.add("patient"));

        assertThat(impatient.giveUp()).isTrue();
        assertThat(impatient.giveUp()).isFalse();
        bulkhead.leave();

        assertThat(admitted).containsExactly("patient");
        assertThat(bulkhead.waiting()).isZero();
    }

    @Test
    void neverTooManyAreInsideAndNobodyIsForgottenWhenManyComeAtOnce() throws InterruptedException {
        int comers = 20_000;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(comers);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Runnable visit = () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                left.countDown();
                bulkhead.leave();
            };
            for (int i = 0; i < comers; i++) {
                threads.execute(() -> {
                    if (bulkhead.tryEnter()) {
                        visit.run();
                    } else {
                        bulkhead.enter(() -> threads.execute(visit));
                    }
                });
            }

            assertThat(left.await(30, SECONDS)).isTrue();
            assertThat(most.get()).isBetween(1, 2);
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(10, SECONDS)).isTrue();
        }
        assertThat(bulkhead.inside()).isZero();
        assertThat(bulkhead.waiting()).isZero();
    }
}
