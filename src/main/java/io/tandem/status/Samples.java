package io.tandem.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.tandem.message.Outcome;
import io.tandem.observe.TandemMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the meters said over the last quarter of an hour, so that a page that is opened now shows what was before. Messages
 * pay nothing for it: it looks at the meters that there are. Thread-safe.
 */
public final class Samples {
    /** From one look to the next. */
    public static final Duration INTERVAL = Duration.ofSeconds(3);

    private static final Duration KEPT = Duration.ofMinutes(15);

    /** For figures that are to be steady and yet new. */
    private static final Duration LATELY = Duration.ofMinutes(1);

    private static final int MOST = (int) (KEPT.toMillis() / INTERVAL.toMillis()) + 1;
    private static final int MOST_LATELY = (int) (LATELY.toMillis() / INTERVAL.toMillis()) + 1;

    /** Stands beside the entries for where messages come from that are brought back. */
    private static final String JOURNAL = "journal";

    private final MeterRegistry meters;
    private final Clock clock;
    private final LongSupplier redelivered;
    private final Deque<Sample> samples = new ArrayDeque<>(MOST);

    /**
     * What was counted since the start.
     *
     * @param messages by outcome
     * @param entries messages by entry
     * @param refused what never became a message
     */
    private record Sample(
            Instant at,
            Map<String, Long> messages,
            Map<String, Long> entries,
            long refused,
            Map<String, OfTarget> targets) {}

    /**
     * Deliveries to a target.
     *
     * @param buckets how many took no longer than each of {@code bounds}, of those that were sent
     * @param bounds in milliseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record OfTarget(long delivered, long undelivered, long sent, long[] buckets, double[] bounds) {}

    /**
     * Deliveries to a target in a while.
     *
     * @param p50 in milliseconds; null when nothing was sent
     */
    public record Rates(
            double perSecond, long delivered, long undelivered, @Nullable Double p50, @Nullable Double p99) {}

    /**
     * Messages in a while.
     *
     * @param outcomes how many, by outcome
     * @param entriesPerSecond by entry, and {@code journal} for those that were brought back
     */
    public record Traffic(double perSecond, Map<String, Long> outcomes, Map<String, Double> entriesPerSecond) {}

    /**
     * The last quarter of an hour; each list has a figure for each interval, the earliest first.
     *
     * @param at the end of each interval, in seconds since 1970
     */
    public record History(
            double intervalSeconds, List<Double> at, Map<String, List<Long>> messages, Map<String, Course> targets) {}

    /** One target's part of it. */
    public record Course(
            List<Long> delivered, List<Long> undelivered, List<@Nullable Double> p50, List<@Nullable Double> p99) {}

    /**
     * @param meters of which timers have their buckets' counts since the start, as those for Prometheus have
     * @param redelivered how often the journal has brought back a message since the start, those of Kafka aside, which it
     *     has first
     */
    public Samples(MeterRegistry meters, Clock clock, LongSupplier redelivered) {
        this.meters = meters;
        this.clock = clock;
        this.redelivered = redelivered;
    }

    /** Looks at the meters; to be called every {@link #INTERVAL}. */
    public void sample() {
        Sample now = look();
        synchronized (samples) {
            if (samples.size() == MOST) {
                samples.removeFirst();
            }
            samples.addLast(now);
        }
    }

    private Sample look() {
        Map<String, Long> messages = new HashMap<>();
        Map<String, Long> entries = new HashMap<>();
        for (Timer timer : meters.find(TandemMeter.MESSAGES.meterName()).timers()) {
            messages.merge(tag(timer, "outcome"), timer.count(), Long::sum);
            entries.merge(tag(timer, "entry"), timer.count(), Long::sum);
        }
        entries.put(JOURNAL, redelivered.getAsLong());
        double refused = 0;
        for (Counter counter :
                meters.find(TandemMeter.MESSAGES_REFUSED.meterName()).counters()) {
            refused += counter.count();
        }
        Map<String, OfTarget> targets = new HashMap<>();
        for (Timer timer : meters.find(TandemMeter.DELIVERIES.meterName()).timers()) {
            targets.merge(tag(timer, "target"), ofTarget(timer), Samples::sum);
        }
        return new Sample(clock.instant(), messages, entries, (long) refused, targets);
    }

    private static OfTarget ofTarget(Timer timer) {
        String outcome = tag(timer, "outcome");
        long count = timer.count();
        boolean delivered = outcome.equals(Outcome.DELIVERED.word());
        // what a condition or the breaker kept from being sent took no time at all
        boolean sent = !outcome.equals(Outcome.SKIPPED.word());
        CountAtBucket[] counts = timer.takeSnapshot().histogramCounts();
        long[] buckets = new long[counts.length];
        double[] bounds = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            buckets[i] = sent ? (long) counts[i].count() : 0;
            bounds[i] = counts[i].bucket(TimeUnit.MILLISECONDS);
        }
        return new OfTarget(delivered ? count : 0, delivered || !sent ? 0 : count, sent ? count : 0, buckets, bounds);
    }

    private static OfTarget sum(OfTarget one, OfTarget other) {
        long[] buckets = one.buckets().clone();
        for (int i = 0; i < Math.min(buckets.length, other.buckets().length); i++) {
            buckets[i] += other.buckets()[i];
        }
        return new OfTarget(
                one.delivered() + other.delivered(),
                one.undelivered() + other.undelivered(),
                one.sent() + other.sent(),
                buckets,
                one.bounds());
    }

    private static String tag(Timer timer, String name) {
        return Objects.requireNonNullElse(timer.getId().getTag(name), "");
    }

    /** Messages in the last minute. */
    public Traffic traffic() {
        List<Sample> lately = last(MOST_LATELY);
        if (lately.size() < 2) {
            return new Traffic(0, Map.of(), Map.of());
        }
        Sample from = lately.get(0);
        Sample to = lately.get(lately.size() - 1);
        Map<String, Long> outcomes = differences(from.messages(), to.messages());
        long all = outcomes.values().stream().mapToLong(Long::longValue).sum();
        outcomes.put("refused", Math.max(0, to.refused() - from.refused()));
        Map<String, Double> entries = new HashMap<>();
        differences(from.entries(), to.entries()).forEach((entry, count) -> entries.put(entry, per(count, from, to)));
        return new Traffic(per(all, from, to), outcomes, entries);
    }

    /** Deliveries to a target in the last minute. */
    public Rates rates(String target) {
        List<Sample> lately = last(MOST_LATELY);
        OfTarget to = lately.isEmpty()
                ? null
                : lately.get(lately.size() - 1).targets().get(target);
        if (to == null || lately.size() < 2) {
            return new Rates(0, 0, 0, null, null);
        }
        Sample first = lately.get(0);
        OfTarget in = difference(first.targets().get(target), to);
        return new Rates(
                per(in.sent(), first, lately.get(lately.size() - 1)),
                in.delivered(),
                in.undelivered(),
                quantile(in, 0.5),
                quantile(in, 0.99));
    }

    /** The last quarter of an hour. */
    public History history() {
        List<Sample> all = last(MOST);
        List<Double> at = new ArrayList<>();
        Map<String, List<Long>> messages = new HashMap<>();
        Map<String, Course> targets = new HashMap<>();
        if (all.size() > 1) {
            Sample last = all.get(all.size() - 1);
            for (String outcome : last.messages().keySet()) {
                messages.put(outcome, new ArrayList<>());
            }
            for (String target : last.targets().keySet()) {
                targets.put(
                        target, new Course(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            }
        }
        for (int i = 1; i < all.size(); i++) {
            Sample from = all.get(i - 1);
            Sample to = all.get(i);
            at.add(to.at().toEpochMilli() / 1000.0);
            Map<String, Long> counted = differences(from.messages(), to.messages());
            messages.forEach((outcome, course) -> course.add(counted.getOrDefault(outcome, 0L)));
            targets.forEach((target, course) -> {
                OfTarget now = to.targets().get(target);
                OfTarget in = now == null ? null : difference(from.targets().get(target), now);
                course.delivered().add(in == null ? 0 : in.delivered());
                course.undelivered().add(in == null ? 0 : in.undelivered());
                course.p50().add(in == null ? null : quantile(in, 0.5));
                course.p99().add(in == null ? null : quantile(in, 0.99));
            });
        }
        return new History(INTERVAL.toMillis() / 1000.0, at, messages, targets);
    }

    private List<Sample> last(int most) {
        synchronized (samples) {
            return samples.stream().skip(Math.max(0, samples.size() - most)).toList();
        }
    }

    private static double per(long count, Sample from, Sample to) {
        long millis = Duration.between(from.at(), to.at()).toMillis();
        return millis <= 0 ? 0 : rounded(1000.0 * count / millis);
    }

    private static Map<String, Long> differences(Map<String, Long> from, Map<String, Long> to) {
        Map<String, Long> differences = new HashMap<>();
        to.forEach((key, count) -> differences.put(key, Math.max(0, count - from.getOrDefault(key, 0L))));
        return differences;
    }

    /** A target that was removed and comes again begins anew. */
    private static OfTarget difference(@Nullable OfTarget from, OfTarget to) {
        if (from == null || from.sent() > to.sent()) {
            return to;
        }
        long[] buckets = to.buckets().clone();
        for (int i = 0; i < Math.min(buckets.length, from.buckets().length); i++) {
            buckets[i] -= from.buckets()[i];
        }
        return new OfTarget(
                to.delivered() - from.delivered(),
                to.undelivered() - from.undelivered(),
                to.sent() - from.sent(),
                buckets,
                to.bounds());
    }

    /** Within its bucket as if all were spread evenly, as Prometheus does it; null when there are none. */
    private static @Nullable Double quantile(OfTarget in, double q) {
        if (in.sent() <= 0 || in.bounds().length == 0) {
            return null;
        }
        double rank = q * in.sent();
        long below = 0;
        double lower = 0;
        for (int i = 0; i < in.bounds().length; i++) {
            double upper = in.bounds()[i];
            if (in.buckets()[i] >= rank) {
                long inside = Math.max(1, in.buckets()[i] - below);
                return rounded(lower + (upper - lower) * Math.max(0, rank - below) / inside);
            }
            below = in.buckets()[i];
            lower = upper;
        }
        return lower;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
