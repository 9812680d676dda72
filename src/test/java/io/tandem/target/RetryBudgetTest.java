package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private final AtomicLong now = new AtomicLong(1);

    private final RetryBudget budget = new RetryBudget(0.2, now::get);

    private long allowed(int asked) {
        return IntStream.range(0, asked).filter(i -> budget.tryRetry()).count();
    }

    @Test
    void oneRetryForFiveCallsWhenTheFloorIsUsedUp() {
        assertThat(allowed(100)).as("the floor").isEqualTo(10);

        IntStream.range(0, 50).forEach(i -> budget.called());

        assertThat(allowed(100)).isEqualTo(10);
    }

    @Test
    void oneRetryASecondWhenNobodyCalls() {
        allowed(100);

        now.addAndGet(TimeUnit.SECONDS.toNanos(3));

        assertThat(allowed(100)).isEqualTo(3);
    }

    @Test
    void savingsAreLimitedWhenAllWasWellForLong() {
        IntStream.range(0, 100_000).forEach(i -> budget.called());

        assertThat(allowed(1000)).isEqualTo(110);
    }

    @Test
    void onlyTheFloorIsAllowedWhenTheBudgetIsZero() {
        RetryBudget none = new RetryBudget(0, now::get);
        IntStream.range(0, 1000).forEach(i -> none.called());

        assertThat(IntStream.range(0, 100).filter(i -> none.tryRetry()).count()).isEqualTo(10);
    }
}
