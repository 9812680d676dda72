package io.tandem.target;

import io.tandem.config.Settings;
import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import io.tandem.target.ReplyReader.Result;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which attempts may be repeated within the deadline, and after how long. */
final class Retries {
    private Retries() {}

    /**
     * How long to wait before the next attempt, or null when there shall be none. What certainly was not processed may
     * always be repeated; what may have been processed only at a target that is idempotent; a no is final, and a target
     * that took all its time would take it again.
     *
     * @param attempts made so far
     */
    static @Nullable Duration waitBeforeNext(
            Settings.Target target, int attempts, Result result, RandomGenerator random) {
        Settings.Retry retry = target.retry();
        if (attempts >= retry.attempts() || !mayRepeat(target, result)) {
            return null;
        }
        Duration backoff = backoff(retry, attempts, random);
        Duration asked = result.retryAfter();
        return asked != null && asked.compareTo(backoff) > 0 ? asked : backoff;
    }

    private static boolean mayRepeat(Settings.Target target, Result result) {
        if (result.outcome() == Outcome.UNREACHABLE) {
            return result.problem() == null
                    || (result.problem().type() != ProblemType.TOKEN_UNAVAILABLE
                            && result.problem().type() != ProblemType.TOKEN_OF_CALLER_NEEDED);
        }
        if (result.outcome() != Outcome.FAILED || !target.idempotent()) {
            return false;
        }
        return switch (result.status()) {
            // no status: the connection broke
            case 0 -> result.problem() != null && result.problem().type() == ProblemType.TARGET_REPLY_BROKEN;
            case 408, 425, 429, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /** Full jitter: evenly spread between nothing and the exponential bound, so that callers don't retry in step. */
    private static Duration backoff(Settings.Retry retry, int attempts, RandomGenerator random) {
        long bound = retry.minBackoff().toNanos() << Math.min(attempts - 1, 20);
        long capped =
                Math.min(bound < 0 ? Long.MAX_VALUE : bound, retry.maxBackoff().toNanos());
        return Duration.ofNanos(random.nextLong(Math.max(1, capped)) + 1);
    }
}
