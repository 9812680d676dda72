package io.tandem.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.tandem.scaling.Deployment.Journal;
import io.tandem.scaling.Simulation.Result;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation gives what queueing theory says, wherever that has a formula. */
class SimulationTest {
    private static final int MANY = 60_000;
    private static final double TARGET = 0.05;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void littlesLawHolds(int instances) {
        Deployment deployment = Deployment.bounded(instances, 20)
                .withPlaces(10)
                .withProcessors(1, 0.001)
                .withOverhead(0.002)
                .withJournal(new Journal(2, 0.001, 0.0001, 100));

        Result result =
                Simulation.open(deployment, Chance.poisson(180 * instances, MANY), Chance.exponential(TARGET, 2));

        assertThat(result.refusedShare()).isBetween(0.01, 0.5);
        assertThat(result.meanInFlight())
                .isBetween(5.0 * instances, 20.0 * instances)
                .isCloseTo(result.perSecond() * result.mean(), withPercentage(0.001));
    }

    /** M/M/c: Erlang's C. */
    @ParameterizedTest
    @CsvSource({"1, 0.5", "4, 0.8", "16, 0.85"})
    void messagesWaitAsLongAsErlangSays(int places, double utilisation) {
        double load = places * utilisation;
        Deployment deployment = Deployment.bounded(1, Deployment.UNBOUNDED).withPlaces(places);

        Result result = Simulation.open(deployment, Chance.poisson(load / TARGET, MANY), Chance.exponential(TARGET, 1));

        double blocked = erlangB(places, load);
        double waits = blocked / (1 - utilisation * (1 - blocked));
        assertThat(result.mean()).isCloseTo(TARGET + waits * TARGET / (places - load), withPercentage(3));
        assertThat(result.refusedShare()).isZero();
    }

    /** M/G/c/c: Erlang's B, whatever the times are distributed like. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asManyAreRefusedAsErlangSays(boolean steady) {
        double load = 15;

        Result result = Simulation.open(
                Deployment.bounded(1, 16),
                Chance.poisson(load / TARGET, MANY),
                steady ? Chance.steady(TARGET, 1) : Chance.exponential(TARGET, 1));

        assertThat(result.refusedShare()).isCloseTo(erlangB(16, load), within(0.005));
    }

    private static double erlangB(int servers, double load) {
        double inverse = 1;
        for (int i = 1; i <= servers; i++) {
            inverse = 1 + inverse * i / load;
        }
        return 1 / inverse;
    }

    /** D/D/c, with callers who wait. */
    @ParameterizedTest
    @CsvSource({"1, 16", "2, 16", "3, 5"})
    void instancesTakeAsManyAsFitIntoTheTimeOfATarget(int instances, int places) {
        Result result = Simulation.closed(
                Deployment.bounded(instances, Deployment.UNBOUNDED).withPlaces(places),
                2 * instances * places,
                100 * instances * places,
                Chance.steady(TARGET, 2));

        assertThat(result.perSecond()).isCloseTo(instances * places / TARGET, withPercentage(0.001));
        // but for the first of them, each waits for one that came before it
        assertThat(result.times()[result.accepted() / 2]).isCloseTo(2 * TARGET, within(1e-9));
    }

    /** D/D/c/c: twenty messages come while a target answers, and sixteen find a place. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatDoesNotFitIsRefused(int instances) {
        double gap = TARGET / (19.5 * instances);
        double[] due = IntStream.range(0, MANY).mapToDouble(i -> i * gap).toArray();

        Result result = Simulation.open(Deployment.bounded(instances, 16), due, Chance.steady(TARGET, 2));

        assertThat(result.refusedShare()).isCloseTo(4 / 20.0, within(0.001));
        assertThat(result.perSecond()).isCloseTo(0.8 / gap, withPercentage(0.1));
    }

    /** The maximum of two exponentially distributed times is one and a half of their mean. */
    @Test
    void messageTakesAsLongAsItsSlowestTarget() {
        Result result = Simulation.open(
                Deployment.bounded(1, Deployment.UNBOUNDED), Chance.poisson(100, MANY), Chance.exponential(TARGET, 2));

        assertThat(result.mean()).isCloseTo(1.5 * TARGET, withPercentage(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void processorsSetTheRateWhenTargetsAreQuick(int instances) {
        Deployment deployment =
                Deployment.bounded(instances, Deployment.UNBOUNDED).withProcessors(2, 0.0005);

        Result result = Simulation.closed(deployment, 64, MANY, Chance.steady(0, 2));

        assertThat(result.perSecond()).isCloseTo(instances * 2 / 0.0005, withPercentage(0.1));
    }

    /** While one group is written, the other callers wait for the next: two syncs for all of them. */
    @ParameterizedTest
    @CsvSource({"2, 512", "64, 512", "1000, 512"})
    void callersShareTheSyncsOfTheJournal(int callers, int most) {
        double sync = 0.001;
        double perWrite = 0.00002;

        Result result = Simulation.closed(
                Deployment.bounded(1, Deployment.UNBOUNDED).withJournal(new Journal(1, sync, perWrite, most)),
                callers,
                MANY,
                Chance.steady(0, 2));

        double syncs = Math.max(2, callers / (double) most);
        assertThat(result.perSecond()).isCloseTo(callers / (syncs * sync + callers * perWrite), withPercentage(2));
    }

    @Test
    void callerAloneWaitsForASyncEachTime() {
        Result result = Simulation.closed(
                Deployment.bounded(1, Deployment.UNBOUNDED).withJournal(new Journal(2, 0.001, 0.0001, 512)),
                1,
                1000,
                Chance.steady(TARGET, 2));

        assertThat(result.mean()).isCloseTo(TARGET + 2 * 0.0011, within(1e-9));
    }

    /** The balancer makes what one instance gets more even than what all get. */
    @Test
    void lessIsRefusedByMoreInstancesAtTheSameLoadOfEach() {
        double[] shares = IntStream.rangeClosed(1, 3)
                .mapToDouble(instances -> Simulation.open(
                                Deployment.bounded(instances, 16),
                                Chance.poisson(200 * instances, MANY),
                                Chance.exponential(TARGET, 2))
                        .refusedShare())
                .toArray();

        assertThat(shares[1]).isLessThan(shares[0]);
        assertThat(shares[2]).isLessThan(shares[1]).isPositive();
    }
}
