package io.tandem.scaling;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Times by chance, the same ones each time. */
final class Chance {
    private static final long SEED = 20_261_126;

    private Chance() {}

    /** When messages come whose callers know nothing of each other, in seconds, ascending. */
    static double[] poisson(double perSecond, int messages) {
        Random random = new Random(SEED);
        double[] due = new double[messages];
        double at = 0;
        for (int i = 0; i < messages; i++) {
            at += exponential(random.nextDouble()) / perSecond;
            due[i] = at;
        }
        return due;
    }

    /** Exponentially distributed times of targets that know nothing of each other, by message, in seconds. */
    static IntFunction<double[]> exponential(double mean, int targets) {
        return message -> {
            SplittableRandom random = new SplittableRandom(SEED + message);
            double[] seconds = new double[targets];
            for (int i = 0; i < targets; i++) {
                seconds[i] = mean * exponential(random.nextDouble());
            }
            return seconds;
        };
    }

    private static double exponential(double uniform) {
        return -Math.log(1 - uniform);
    }

    /** Targets that all take the same time. */
    static IntFunction<double[]> steady(double seconds, int targets) {
        double[] all = new double[targets];
        Arrays.fill(all, seconds);
        return message -> all;
    }
}
