package io.tandem.proof;

import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How long messages take from when they are due until a target has them. */
public final class Arrivals {
    private Arrivals() {}

    /** The 99th percentile in milliseconds of the messages from {@code from} to before {@code end}. */
    public static double p99(OpenLoad load, LoadTarget target, int from, int end) {
        return millis(latencies(load, target, from, end), 0.99);
    }

    /**
     * The 99th percentile in milliseconds as it was in the middle one of its parts of so many messages each: what keeps the
     * machine busy for a moment weighs in one part only, what is slower all the time in each.
     */
    public static double middleP99(OpenLoad load, LoadTarget target, int from, int end, int part) {
        double[] parts = IntStream.iterate(from, at -> at + part <= end, at -> at + part)
                .mapToDouble(at -> p99(load, target, at, at + part))
                .sorted()
                .toArray();
        return parts[parts.length / 2];
    }

    /** A line of a table. */
    public static String row(String name, OpenLoad load, LoadTarget target, int from, int end) {
        return row(name, latencies(load, target, from, end));
    }

    /** A line of a table on times in nanoseconds. */
    public static String row(String name, LongStream nanos) {
        long[] sorted = nanos.sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%-34s messages %7d  p50 %7.2f ms  p99 %7.2f ms  max %8.1f ms",
                name,
                sorted.length,
                millis(sorted, 0.5),
                millis(sorted, 0.99),
                millis(sorted, 1));
    }

    /** A percentile of times in nanoseconds, in milliseconds. */
    public static double millis(LongStream nanos, double part) {
        return millis(nanos.sorted().toArray(), part);
    }

    private static LongStream latencies(OpenLoad load, LoadTarget target, int from, int end) {
        return IntStream.range(from, end)
                .filter(number -> target.arrival(number) != 0)
                .mapToLong(number -> target.arrival(number) - load.due(number));
    }

    private static double millis(long[] sorted, double part) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1e6;
    }
}
