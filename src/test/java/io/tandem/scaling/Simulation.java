package io.tandem.scaling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Messages on their way through a {@link Deployment}: a balancer gives each to the next instance; there it is refused or
 * takes a place, needs its processor, is written down, goes to all targets in parallel, waits for the last of them, is
 * written down again, and answered. One run of discrete events; the same input gives the same result.
 */
final class Simulation {
    private final Deployment deployment;
    private final IntFunction<double[]> targets;
    private final Timeline timeline = new Timeline();
    private final List<Instance> instances = new ArrayList<>();
    private final double[] begun;
    private final double[] took;
    private double busy;

    private Simulation(Deployment deployment, int messages, IntFunction<double[]> targets) {
        this.deployment = deployment;
        this.targets = targets;
        this.begun = new double[messages];
        this.took = new double[messages];
        for (int i = 0; i < deployment.instances(); i++) {
            instances.add(new Instance(targets.apply(0).length));
        }
    }

    /**
     * What came of it.
     *
     * @param begun by message: when it came, in seconds
     * @param took by message: until it was answered, in seconds; NaN: it was refused
     * @param meanInFlight messages in work at the same time, of all instances, over the whole time
     * @param end when the last one was answered
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Result(double[] begun, double[] took, double meanInFlight, double end) {
        /** Those that were not refused, sorted. */
        double[] times() {
            return Arrays.stream(took)
                    .filter(seconds -> !Double.isNaN(seconds))
                    .sorted()
                    .toArray();
        }

        int accepted() {
            return times().length;
        }

        double refusedShare() {
            return 1 - accepted() / (double) took.length;
        }

        double perSecond() {
            return accepted() / end;
        }

        double mean() {
            return Arrays.stream(times()).average().orElse(Double.NaN);
        }
    }

    /**
     * Messages that come when they come.
     *
     * @param due by message: when it comes, in seconds; ascending
     * @param targets by message: how long each target takes, in seconds
     */
    static Result open(Deployment deployment, double[] due, IntFunction<double[]> targets) {
        Simulation simulation = new Simulation(deployment, due.length, targets);
        for (int i = 0; i < due.length; i++) {
            int message = i;
            simulation.timeline.at(due[i], () -> simulation.arrive(message, () -> {}));
        }
        return simulation.run();
    }

    /**
     * Callers each of whom sends the next message when the last one is answered.
     *
     * @param targets by message: how long each target takes, in seconds
     */
    static Result closed(Deployment deployment, int callers, int messages, IntFunction<double[]> targets) {
        Simulation simulation = new Simulation(deployment, messages, targets);
        for (int i = 0; i < Math.min(callers, messages); i++) {
            int first = i;
            simulation.timeline.at(0, () -> simulation.call(first, callers));
        }
        return simulation.run();
    }

    private void call(int message, int callers) {
        int next = message + callers;
        arrive(message, () -> {
            if (next < begun.length) {
                call(next, callers);
            }
        });
    }

    private Result run() {
        timeline.run();
        return new Result(begun, took, busy / timeline.now(), timeline.now());
    }

    private void arrive(int message, Runnable answered) {
        begun[message] = timeline.now();
        instances.get(message % instances.size()).take(message, answered);
    }

    private final class Instance {
        private final Timeline.Station processors = timeline.station(deployment.processors());
        private final Timeline.Writer journal = timeline.writer(deployment.journal());
        private final List<Timeline.Station> places = new ArrayList<>();
        private int inFlight;

        Instance(int targets) {
            for (int i = 0; i < targets; i++) {
                places.add(timeline.station(deployment.places()));
            }
        }

        void take(int message, Runnable answered) {
            if (inFlight == deployment.maxInFlight()) {
                took[message] = Double.NaN;
                answered.run();
                return;
            }
            inFlight++;
            int before = (deployment.journal().writes() + 1) / 2;
            compute(() -> write(before, () -> scatter(message, () -> gathered(message, answered))));
        }

        private void gathered(int message, Runnable answered) {
            write(
                    deployment.journal().writes() / 2,
                    () -> compute(() -> {
                        inFlight--;
                        took[message] = timeline.now() - begun[message];
                        busy += took[message];
                        answered.run();
                    }));
        }

        private void compute(Runnable then) {
            processors.serve(deployment.cpu() / 2, then);
        }

        private void write(int times, Runnable then) {
            if (times == 0) {
                then.run();
            } else {
                journal.write(() -> write(times - 1, then));
            }
        }

        private void scatter(int message, Runnable then) {
            double[] seconds = targets.apply(message);
            int[] open = {seconds.length};
            for (int i = 0; i < seconds.length; i++) {
                places.get(i).serve(seconds[i] + deployment.overhead(), () -> {
                    open[0]--;
                    if (open[0] == 0) {
                        then.run();
                    }
                });
            }
        }
    }
}
