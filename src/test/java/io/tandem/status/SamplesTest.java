package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tandem.observe.Meters;
import io.tandem.observe.TandemMeter;
import io.tandem.support.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);
    private final ManualClock clock = new ManualClock();
    private final Samples samples = new Samples(registry, clock, () -> 0);

    private void deliver(String outcome, int count, Duration took) {
        for (int i = 0; i < count; i++) {
            meters.timer(TandemMeter.DELIVERIES, "api-one", outcome).record(took);
        }
    }

    private void sample() {
        clock.advance(Samples.INTERVAL);
        samples.sample();
    }

    @Test
    void figuresAreThoseOfTheLastMinuteAlone() {
        samples.sample();
        deliver("delivered", 1000, Duration.ofSeconds(4));
        sample();
        for (int i = 0; i < 20; i++) {
            deliver("delivered", 9, Duration.ofMillis(30));
            deliver("failed", 3, Duration.ofMillis(30));
            deliver("skipped", 5, Duration.ZERO);
            sample();
        }

        Samples.Rates rates = samples.rates("api-one");

        assertThat(rates.delivered()).isEqualTo(180);
        assertThat(rates.undelivered()).isEqualTo(60);
        assertThat(rates.perSecond()).isEqualTo(4.0);
        assertThat(rates.p50()).as("in the bucket from 25 to 50 ms").isCloseTo(37.5, within(0.1));
        assertThat(rates.p99()).isBetween(49.0, 50.0);
    }

    @Test
    void historyHasAFigureForEachIntervalAndNoMore() {
        for (int i = 0; i < 500; i++) {
            deliver("delivered", i % 2, Duration.ofMillis(2));
            sample();
        }

        Samples.History history = samples.history();

        assertThat(history.at()).hasSize(300).isSorted();
        assertThat(history.targets().get("api-one")).isNotNull().satisfies(course -> {
            assertThat(course.delivered()).hasSize(300).endsWith(1L, 0L, 1L);
            assertThat(course.p99()).hasSize(300).element(298).isNull();
        });
    }

    @Test
    void targetThatComesAgainBeginsAnew() {
        deliver("delivered", 10, Duration.ofMillis(2));
        sample();
        meters.forget("target", "api-one");
        sample();
        deliver("delivered", 3, Duration.ofMillis(2));
        sample();

        assertThat(samples.history().targets().get("api-one"))
                .isNotNull()
                .satisfies(course -> assertThat(course.delivered()).containsExactly(0L, 3L));
        assertThat(samples.rates("api-one").delivered()).isEqualTo(3);
    }

    @Test
    void nothingIsClaimedOfATargetThatWasNotCalled() {
        sample();
        sample();

        assertThat(samples.rates("api-one")).isEqualTo(new Samples.Rates(0, 0, 0, null, null));
        assertThat(samples.traffic().perSecond()).isZero();
    }
}
