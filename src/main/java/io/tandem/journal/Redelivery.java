package io.tandem.journal;

import io.tandem.config.Settings;
import io.tandem.message.Deadline;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the deliveries that are due, each target in a {@link Lane} of its own, so that one which is down holds up no
 * other. Asks the journal only when something can be due: never in a hot loop. Thread-safe.
 */
final class Redelivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    /** What other instances leave behind is noticed within that time. */
    private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** When what seemed due could not be had: somebody else is at it. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long EXPIRE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What is due later than any back-off plus that was written down before the clock was set back. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /** How long it is waited for a target that is not configured: the default of those that are. */
    static final Duration REMOVED_MAX_AGE = Duration.ofDays(3);

    private final Journal journal;
    private final Executor executor;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, CompletableFuture<Delivery>> awaited = new ConcurrentHashMap<>();
    private final Set<String> setBack = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread dispatcher;
    private volatile Map<String, Settings.Target> targets = Map.of();
    private volatile RedeliverySchedule schedule;
    private volatile Consumer<DueDelivery> attempt;
    private boolean stopped;
    private long nextExpiry = System.nanoTime();

    Redelivery(
            Journal journal,
            Map<String, Settings.Target> targets,
            RedeliverySchedule schedule,
            Consumer<DueDelivery> attempt,
            Executor executor) {
        this.journal = journal;
        this.executor = executor;
        this.schedule = schedule;
        this.attempt = attempt;
        follow(targets, schedule, attempt);
        this.dispatcher = new Thread(this::dispatch, "tandem-redelivery");
        dispatcher.setDaemon(true);
    }

    /** From now on these targets are delivered to; those that were there before go on as they are. */
    void follow(
            Map<String, Settings.Target> newTargets, RedeliverySchedule newSchedule, Consumer<DueDelivery> newAttempt) {
        lock.lock();
        try {
            targets = newTargets;
            schedule = newSchedule;
            attempt = newAttempt;
            newTargets.forEach((name, target) -> {
                int places = target.ordered() ? 1 : target.redelivery().concurrency();
                Lane known = lanes.get(name);
                if (known == null) {
                    lanes.put(name, new Lane(places, failures -> pause(name, failures)));
                } else {
                    known.resize(places);
                }
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long pause(String target, int failures) {
        Settings.Target settings = targets.get(target);
        return settings == null
                ? POLL_NANOS
                : schedule.backoff(settings.redelivery(), failures, null).toNanos();
    }

    void start() {
        Map<String, Long> removed = journal.removedTargets();
        if (!removed.isEmpty()) {
            LOG.warn(
                    "{} deliveries wait for targets that are not configured ({}): they go on when these are configured"
                            + " again, and are given up {} days after their arrival",
                    removed.values().stream().mapToLong(Long::longValue).sum(),
                    removed.entrySet().stream()
                            .map(target -> target.getKey() + ": " + target.getValue())
                            .collect(Collectors.joining(", ")),
                    REMOVED_MAX_AGE.toDays());
        }
        dispatcher.start();
    }

    /** Something is due at a target, now. */
    void wake(String target) {
        wake(target, System.nanoTime());
    }

    private void wake(String target, long nanoTime) {
        inLane(target, lane -> lane.look(nanoTime));
    }

    /** Takes a place among the deliveries to a target; false when it has none free, or what waits comes first. */
    boolean tryBegin(String target) {
        lock.lock();
        try {
            Lane lane = lanes.get(target);
            return !stopped && lane != null && targets.containsKey(target) && lane.tryBegin(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Gives back a place that was not used. */
    void end(String target) {
        inLane(target, Lane::end);
    }

    /**
     * What is written down of a delivery.
     *
     * @param inLane whether it had a place
     */
    void recorded(String messageId, DeliveryRecord record, boolean inLane, Undelivered undelivered) {
        Delivery delivery = record.delivery();
        String target = delivery.target();
        Instant next = record.nextAttempt();
        long now = System.nanoTime();
        inLane(target, lane -> {
            if (answered(delivery)) {
                lane.succeeded(now);
            } else if (inLane
                    // an open breaker is a failure like others: the lane waits, and does not go round
                    && record.state() != DeliveryState.SKIPPED
                    && !RedeliverySchedule.lacksCallersToken(delivery)) {
                Duration asked = delivery.retryAfter();
                lane.failed(now, asked == null ? 0 : asked.toNanos());
            }
            if (inLane) {
                lane.end();
            }
            if (next != null) {
                lane.look(now
                        + Math.max(
                                0,
                                Duration.between(Clock.systemUTC().instant(), next)
                                        .toNanos()));
            }
        });
        if (record.state() != DeliveryState.PENDING) {
            CompletableFuture<Delivery> waiting = awaited.remove(messageId + " " + target);
            if (waiting != null) {
                waiting.complete(delivery);
            }
        }
        if (record.state() == DeliveryState.DEAD && undelivered == Undelivered.REDELIVER) {
            Problem problem = delivery.problem();
            LOG.warn(
                    "message {} target {}: given up: {}; see GET /messages/{}, and replay it when the reason is mended",
                    messageId,
                    target,
                    problem == null ? delivery.outcome().word() : problem.type().title(),
                    messageId);
        }
    }

    private static boolean answered(Delivery delivery) {
        return delivery.outcome() == Outcome.DELIVERED || delivery.outcome() == Outcome.REJECTED;
    }

    /** A delivery that is made here in its turn; when the deadline is over before, one that waits. */
    CompletionStage<Delivery> await(String messageId, String target, Deadline deadline) {
        String key = messageId + " " + target;
        CompletableFuture<Delivery> settled = new CompletableFuture<>();
        awaited.put(key, settled);
        return settled.completeOnTimeout(
                        RunLedger.waiting(target), Math.max(1, deadline.remainingNanos()), TimeUnit.NANOSECONDS)
                .whenComplete((delivery, failure) -> awaited.remove(key));
    }

    void drain(Duration grace) throws InterruptedException {
        long left = grace.toNanos();
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
            while (lanes.values().stream().anyMatch(Lane::isBusy) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void inLane(String target, Consumer<Lane> action) {
        lock.lock();
        try {
            Lane lane = lanes.get(target);
            if (lane != null) {
                action.accept(lane);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        lock.lock();
        try {
            while (!stopped) {
                long now = System.nanoTime();
                long wait = POLL_NANOS;
                for (Map.Entry<String, Lane> entry : lanes.entrySet()) {
                    if (!targets.containsKey(entry.getKey())) {
                        // it was taken away; what is under way to it ends
                        continue;
                    }
                    Lane lane = entry.getValue();
                    int free = lane.free(now);
                    if (free > 0) {
                        take(entry.getKey(), lane, free);
                    }
                    wait = Math.min(wait, lane.waitNanos(now));
                }
                if (now - nextExpiry >= 0) {
                    nextExpiry = now + EXPIRE_NANOS;
                    expire();
                }
                if (wait > 0) {
                    changed.awaitNanos(wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void expire() {
        targets.forEach(
                (name, target) -> journal.expire(name, target.redelivery().maxAge()));
        journal.removedTargets().keySet().stream()
                // it may have come back since they were counted
                .filter(name -> !targets.containsKey(name))
                .forEach(name -> journal.expire(name, REMOVED_MAX_AGE));
    }

    private void take(String target, Lane lane, int free) {
        lane.taking();
        boolean inOrder = isOrdered(target);
        long looks = lane.looks();
        boolean early = setBack.remove(target) || (lane.isRecovering() && !inOrder);
        CompletionStage<?> unused = journal.takeDue(target, free, early, inOrder)
                .whenCompleteAsync((due, failure) -> taken(target, lane, free, looks, due, failure), executor);
    }

    private void taken(
            String target,
            Lane lane,
            int free,
            long looks,
            @Nullable List<DueDelivery> due,
            @Nullable Throwable failure) {
        long nextLook = System.nanoTime() + LOOK_AGAIN_NANOS;
        boolean tooLate = false;
        if (due == null) {
            LOG.debug("target {}: what is due could not be taken", target, failure);
            nextLook = System.nanoTime() + POLL_NANOS;
        } else if (due.size() == free) {
            nextLook = System.nanoTime();
        } else {
            Duration wait = untilNextDue(target);
            tooLate = isTooLate(target, wait);
            nextLook = Math.max(nextLook, System.nanoTime() + Math.min(POLL_NANOS, wait.toNanos()));
        }
        lock.lock();
        try {
            if (tooLate) {
                setBack.add(target);
            }
            lane.taken(due == null ? 0 : due.size(), looks, nextLook);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (due != null) {
            due.forEach(this::begin);
        }
    }

    private void begin(DueDelivery due) {
        try {
            executor.execute(() -> attempt.accept(due));
        } catch (RejectedExecutionException e) {
            // shutting down: the next start finds it
            LOG.debug("message {} target {} is left", due.message().id(), due.target(), e);
        }
    }

    private Duration untilNextDue(String target) {
        try {
            Instant next = journal.nextDue(target);
            if (next != null) {
                return Duration.between(Clock.systemUTC().instant(), next);
            }
        } catch (JournalException e) {
            LOG.debug("target {}: what is due could not be read", target, e);
        }
        return Duration.ofNanos(POLL_NANOS);
    }

    private boolean isTooLate(String target, Duration wait) {
        Settings.Target settings = targets.get(target);
        return settings != null
                && wait.compareTo(settings.redelivery().maxBackoff().plus(CLOCK_SKEW)) > 0;
    }

    private boolean isOrdered(String target) {
        Settings.Target settings = targets.get(target);
        return settings != null && settings.ordered();
    }
}
