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
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts, times and logs messages and deliveries. Thread-safe, without locks on the way of a message. */
public final class MessageWatch implements MessageObserver {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Where messages come in, whatever the settings say. */
    private static final List<String> ENTRIES = List.of("http", "folder");

    /** What becomes of them, for their callers. */
    private static final List<String> OUTCOMES =
            List.of("complete", "partial", "failed", "accepted", "repeated", "error");

    private final Meters meters;
    private final Tracing tracing;
    private final AccessLog accessLog;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<String, OfTarget> targets = new ConcurrentHashMap<>();
    private final Map<Refused, Counter> refused = new ConcurrentHashMap<>();
    private final AtomicLong toldSaturated = new AtomicLong(System.nanoTime() - QUIET_NANOS);

    private record Refused(String entry, ProblemType type) {}

    private record OfTarget(Map<Outcome, Timer> deliveries, Counter attempts) {}

    public MessageWatch(Settings.AccessLog accessLog, Meters meters, Tracing tracing) {
        this.meters = meters;
        this.tracing = tracing;
        this.accessLog = new AccessLog(accessLog);
        meters.gauge(TandemMeter.MESSAGES_IN_FLIGHT, inFlight::get);
        ENTRIES.forEach(this::expect);
    }

    /** Messages may come in there: its meters are there from the start, so that no rate lacks the first of them. */
    public void expect(String entry) {
        OUTCOMES.forEach(outcome -> meters.timer(TandemMeter.MESSAGES, entry, outcome));
        meters.counter(TandemMeter.MESSAGES_MISSED, entry);
        meters.timer(TandemMeter.MESSAGES_WAITED, entry);
    }

    /** Counts deliveries to a target, too. */
    public void watch(String target) {
        targets.computeIfAbsent(target, name -> {
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
    public Span begin(String entry, @Nullable String traceparent, long sinceNanos) {
        meters.timer(TandemMeter.MESSAGES_WAITED, entry).record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
        Span span = tracing.message(entry, traceparent, sinceNanos);
        span.past("wait for a thread", sinceNanos);
        return span;
    }

    @Override
    public Span sending(String destination, TraceContext cause) {
        return tracing.sending(destination, cause);
    }

    @Override
    public void accepted(Message message) {
        message.span().tag("tandem.message.id", message.id());
        inFlight.incrementAndGet();
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        OfTarget target = targets.get(delivery.target());
        if (target != null) {
            Timer timer = target.deliveries().get(delivery.outcome());
            if (timer != null) {
                record(message, timer, delivery.took());
            }
            target.attempts().increment(delivery.attempts());
        }
    }

    @Override
    public void replied(Message message, MergedReply reply, Duration took) {
        inFlight.decrementAndGet();
        record(message, meters.timer(TandemMeter.MESSAGES, message.entry(), reply.outcome()), took);
        if (!reply.policyMet()) {
            meters.counter(TandemMeter.MESSAGES_MISSED, message.entry()).increment();
        }
        accessLog.replied(message.entry(), message, reply, took);
        end(message.span(), reply.outcome());
    }

    @Override
    public void answered(Message message, String id, String outcome, Duration took) {
        inFlight.decrementAndGet();
        record(message, meters.timer(TandemMeter.MESSAGES, message.entry(), outcome), took);
        accessLog.answered(message, id, outcome, took);
        end(message.span(), outcome);
    }

    @Override
    public void failed(Message message, Problem problem, Duration took) {
        inFlight.decrementAndGet();
        record(message, meters.timer(TandemMeter.MESSAGES, message.entry(), "error"), took);
        meters.counter(TandemMeter.MESSAGES_MISSED, message.entry()).increment();
        accessLog.failed(message, problem, took);
        message.span().fail(problem.type().type());
        end(message.span(), "error");
    }

    /** Shows a message that is traced as an example of those that took as long. */
    private void record(Message message, Timer timer, Duration took) {
        if (message.span().isRecorded()) {
            tracing.current().during(message.trace(), () -> timer.record(took));
        } else {
            timer.record(took);
        }
    }

    private static void end(Span span, String outcome) {
        span.tag("tandem.outcome", outcome);
        span.end();
    }

    /** The same message, which goes on in the background, traced as it was before. */
    public Message resumed(Message message) {
        Span span = message.span().isRecorded() ? null : tracing.resumed(message.trace());
        return span == null ? message : message.withSpan(span);
    }

    /**
     * What went on in the background has come as far as it can for now.
     *
     * @param resumed what {@link #resumed} gave for {@code message}
     * @param reply null when a route failed, which is logged where it is noticed
     */
    public void wentOn(Message message, Message resumed, @Nullable MergedReply reply) {
        if (reply != null && reply.deliveries().stream().anyMatch(delivery -> delivery.problem() != null)) {
            accessLog.replied("journal", resumed, reply, took(resumed));
        }
        if (!resumed.span().equals(message.span())) {
            end(resumed.span(), reply == null ? "error" : reply.outcome());
        }
    }

    private static Duration took(Message message) {
        return Duration.ofNanos(System.nanoTime() - message.startNanos());
    }

    @Override
    public void refused(String entry, String reference, Problem problem) {
        refused.computeIfAbsent(
                        new Refused(entry, problem.type()),
                        kind -> meters.counter(
                                TandemMeter.MESSAGES_REFUSED,
                                kind.entry(),
                                kind.type().word()))
                .increment();
        if (problem.type() != ProblemType.SATURATED || isTimeToTell()) {
            accessLog.refused(reference, entry, problem);
        }
    }

    /** Under overload a line for each refusal would cost more than the refusal. */
    private boolean isTimeToTell() {
        long last = toldSaturated.get();
        long now = System.nanoTime();
        return now - last > QUIET_NANOS && toldSaturated.compareAndSet(last, now);
    }
}
