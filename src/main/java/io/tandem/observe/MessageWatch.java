package io.tandem.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts, times and logs messages and deliveries. Thread-safe, without locks on the way of a message. */
public final class MessageWatch implements MessageObserver {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Meters meters;
    private final AccessLog accessLog;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<String, OfTarget> targets = new ConcurrentHashMap<>();
    private final Map<Refused, Counter> refused = new ConcurrentHashMap<>();
    private final AtomicLong toldSaturated = new AtomicLong(System.nanoTime() - QUIET_NANOS);

    private record Refused(String entry, ProblemType type) {}

    private record OfTarget(Map<Outcome, Timer> deliveries, Counter attempts) {}

    public MessageWatch(Settings.AccessLog accessLog, Meters meters) {
        this.meters = meters;
        this.accessLog = new AccessLog(accessLog);
        meters.gauge(TandemMeter.MESSAGES_IN_FLIGHT, inFlight::get);
    }

    /** Counts deliveries to a target, too. */
    public void watch(String target) {
        targets.computeIfAbsent(target, name -> {
            // all there from the start, so that a rate over them is never empty
            Map<Outcome, Timer> timers = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                timers.put(outcome, meters.timer(TandemMeter.DELIVERIES, name, outcome.word()));
            }
            return new OfTarget(timers, meters.counter(TandemMeter.ATTEMPTS, name));
        });
    }

    /** Counts no more deliveries to a target. */
    public void forget(String target) {
        targets.remove(target);
    }

    /** Messages that were taken and not yet answered. */
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public void accepted(Message message) {
        inFlight.incrementAndGet();
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        OfTarget target = targets.get(delivery.target());
        if (target != null) {
            Timer timer = target.deliveries().get(delivery.outcome());
            if (timer != null) {
                timer.record(delivery.took());
            }
            target.attempts().increment(delivery.attempts());
        }
    }

    @Override
    public void replied(Message message, MergedReply reply, Duration took) {
        inFlight.decrementAndGet();
        meters.timer(TandemMeter.MESSAGES, message.entry(), reply.outcome()).record(took);
        accessLog.replied(message, reply, took);
    }

    @Override
    public void answered(Message message, String id, String outcome, Duration took) {
        inFlight.decrementAndGet();
        meters.timer(TandemMeter.MESSAGES, message.entry(), outcome).record(took);
        accessLog.answered(id, message.entry(), outcome, took);
    }

    @Override
    public void failed(Message message, Problem problem, Duration took) {
        inFlight.decrementAndGet();
        meters.timer(TandemMeter.MESSAGES, message.entry(), "error").record(took);
        accessLog.failed(message.id(), message.entry(), "error", problem, took);
    }

    @Override
    public void refused(String entry, String reference, Problem problem) {
        refused.computeIfAbsent(
                        new Refused(entry, problem.type()),
                        kind -> meters.counter(
                                TandemMeter.MESSAGES_REFUSED,
                                kind.entry(),
                                kind.type().name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .increment();
        if (problem.type() != ProblemType.SATURATED || isTimeToTell()) {
            accessLog.failed(reference, entry, "refused", problem, Duration.ZERO);
        }
    }

    /** Under overload a line for each refusal would cost more than the refusal. */
    private boolean isTimeToTell() {
        long last = toldSaturated.get();
        long now = System.nanoTime();
        return now - last > QUIET_NANOS && toldSaturated.compareAndSet(last, now);
    }
}
