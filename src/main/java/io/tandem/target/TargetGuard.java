package io.tandem.target;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.tandem.config.Settings;
import io.tandem.message.ProblemType;
import io.tandem.target.ReplyReader.Result;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a sick target from being hammered, and from taking others with it: retry budget, circuit breaker, bulkhead, rate
 * limiter. Holds what is known of the target's health, so there is one per target, which outlives the routes; while
 * {@link #settings} stay the same, it can serve new ones. Nothing in it waits or blocks. Thread-safe.
 */
public final class TargetGuard {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    /** A caller who wants to wait longer than the longest deadline is none. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final Settings.Protection settings;
    private final RetryBudget budget;
    private final @Nullable CircuitBreaker breaker;
    private final @Nullable Bulkhead bulkhead;
    private final @Nullable RateLimiter limiter;
    private volatile long suspendedUntilNanos = System.nanoTime();
    private final LongAdder made = new LongAdder();
    private final LongAdder withheld = new LongAdder();
    private final LongAdder limited = new LongAdder();

    /** The breaker wants to see one; it costs nothing without its stack. */
    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        Failure() {
            super("the attempt failed", null, false, false);
        }
    }

    /** @param target its name */
    public TargetGuard(String target, Settings.Protection settings) {
        this.settings = settings;
        this.budget = new RetryBudget(settings.retryBudget(), System::nanoTime);
        this.breaker = settings.breaker() == null ? null : breaker(target, settings.breaker(), this);
        this.bulkhead = settings.bulkhead() == null ? null : new Bulkhead(settings.bulkhead());
        this.limiter = settings.rate() == null ? null : limiter(target, settings.rate());
    }

    private static CircuitBreaker breaker(String target, Settings.Breaker settings, TargetGuard guard) {
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
                .failureRateThreshold((float) (100 * settings.failureRate()))
                .slowCallRateThreshold((float) (100 * settings.slowRate()))
                .slidingWindow(
                        settings.window().size(),
                        settings.minCalls(),
                        settings.window().time() ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED)
                .waitDurationInOpenState(settings.open())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                .writableStackTraceEnabled(false);
        if (settings.slowCall() != null) {
            config.slowCallDurationThreshold(settings.slowCall());
        }
        CircuitBreaker breaker = CircuitBreaker.of(target, config.build());
        breaker.getEventPublisher().onStateTransition(event -> {
            CircuitBreaker.State state = event.getStateTransition().getToState();
            if (state == CircuitBreaker.State.OPEN) {
                guard.suspendedUntilNanos = System.nanoTime() + settings.open().toNanos();
            }
            LOG.warn("target {}: its circuit breaker is {}", target, word(state));
        });
        return breaker;
    }

    private static RateLimiter limiter(String target, Settings.Rate rate) {
        return RateLimiter.of(
                target,
                RateLimiterConfig.custom()
                        .limitForPeriod(rate.permits())
                        .limitRefreshPeriod(rate.per())
                        .timeoutDuration(LONGEST_WAIT)
                        .build());
    }

    /** What it was made for. */
    public Settings.Protection settings() {
        return settings;
    }

    /** Retries made so far. */
    public long retriesMade() {
        return made.sum();
    }

    /** Retries withheld so far, the budget being used up. */
    public long retriesWithheld() {
        return withheld.sum();
    }

    /** Deliveries that ended because bulkhead or rate limiter had no room for them in time. */
    public long limited() {
        return limited.sum();
    }

    /**
     * Whether the target is left alone now. No longer when it is time to see whether it is back: were that left to messages,
     * and were those kept away because of it, nobody would ever find out.
     */
    public boolean isSuspended() {
        return breaker != null
                && breaker.getState() == CircuitBreaker.State.OPEN
                && suspendedUntilNanos - System.nanoTime() > 0;
    }

    /** {@code closed}, {@code open} or {@code half-open}; null without a breaker. */
    public @Nullable String breakerState() {
        return breaker == null ? null : word(breaker.getState());
    }

    /** Attempts inside the bulkhead. */
    public int inFlight() {
        return bulkhead == null ? 0 : bulkhead.inside();
    }

    /** Messages that wait for a place in the bulkhead. */
    public int waiting() {
        return bulkhead == null ? 0 : bulkhead.waiting();
    }

    /** Attempts that have a turn ahead of time by the rate limit, and wait for it. */
    public int waitingForTurn() {
        return limiter == null ? 0 : Math.max(0, -limiter.getMetrics().getAvailablePermissions());
    }

    /** Whether an attempt needs to ask nobody. */
    boolean isOff() {
        return breaker == null && bulkhead == null && limiter == null;
    }

    /** Whether the breaker lets an attempt through; if so, {@link #ended} or {@link #notMade} must follow. */
    boolean tryPass() {
        return breaker == null || breaker.tryAcquirePermission();
    }

    @Nullable
    Bulkhead bulkhead() {
        return bulkhead;
    }

    /**
     * In how many nanoseconds the attempt may start, so that the rate is kept; negative when that is too late. A turn can't
     * be given back: one that nobody takes would be missed by those who come later, so it is not reserved.
     *
     * @param most how long the attempt can wait, in nanoseconds
     */
    long reserve(long most) {
        if (limiter == null) {
            return 0;
        }
        // below zero by what is reserved ahead
        long free = limiter.getMetrics().getAvailablePermissions();
        RateLimiterConfig config = limiter.getRateLimiterConfig();
        long periods = free > 0 ? 0 : 1 - free / config.getLimitForPeriod();
        return periods * config.getLimitRefreshPeriod().toNanos() > most ? -1 : limiter.reservePermission();
    }

    void countLimited() {
        limited.increment();
    }

    /** What was let through was not tried, or what came of it tells nothing of the target. */
    void notMade() {
        if (breaker != null) {
            breaker.releasePermission();
        }
    }

    /**
     * What was let through has ended.
     *
     * @param wholeTime whether it had as much time as the target is given; a caller in a hurry must not be able to open
     *     the breaker
     */
    void ended(Result result, long tookNanos, boolean wholeTime) {
        if (breaker == null) {
            return;
        }
        switch (result.outcome()) {
            case DELIVERED, REJECTED -> breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
            case FAILED, UNREACHABLE -> {
                if (saysNothingOfTheTarget(result)) {
                    breaker.releasePermission();
                } else {
                    breaker.onError(tookNanos, TimeUnit.NANOSECONDS, new Failure());
                }
            }
            case TIMED_OUT -> {
                if (wholeTime) {
                    breaker.onError(tookNanos, TimeUnit.NANOSECONDS, new Failure());
                } else {
                    breaker.releasePermission();
                }
            }
            case SKIPPED -> breaker.releasePermission();
        }
    }

    /** Our own fault, or our own limit. */
    private static boolean saysNothingOfTheTarget(Result result) {
        return result.problem() != null
                && (result.problem().type() == ProblemType.TARGET_ROUTE_FAILED
                        || result.problem().type() == ProblemType.TARGET_BUSY);
    }

    /** The first attempt of a delivery is about to be made. */
    void called() {
        budget.called();
    }

    /** Whether another attempt may be made after one that failed; true at most as often as the budget allows. */
    boolean tryRetry() {
        boolean allowed = budget.tryRetry();
        (allowed ? made : withheld).increment();
        return allowed;
    }

    private static String word(CircuitBreaker.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
