package io.tandem.oauth2;

import java.time.Duration;

/**
 * How the life of a token is used. Immutable.
 *
 * @param refreshAt the part of a token's life after which a new one is got in the background, 0.1 to 0.9. Jitter comes
 *     on top (up to half of what is left until 0.9), so that many instances don't ask in step and a short-lived token
 *     is never asked for more often than this says. Tokens that live a minute or more are renewed early enough to
 *     bridge an outage of the authorization server of 30 s, whenever it begins
 * @param defaultLifetime assumed when the server doesn't tell ({@code expires_in} is optional, RFC 6749 §5.1); a token
 *     that dies earlier is replaced on its first 401
 * @param maxSkew how long before its end a token is no longer handed out; never more than a tenth of its life, so that
 *     tokens of a few seconds work too
 * @param backoff how long a failed token call keeps the next one away
 */
public record TokenPolicy(double refreshAt, Duration defaultLifetime, Duration maxSkew, Backoff backoff) {
    /** Refresh at 0.75; 5 min when not told; at most 30 s of skew; back-off from 500 ms to 30 s. */
    public static final TokenPolicy DEFAULT = new TokenPolicy(
            0.75,
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30)));

    /** An outage that is bridged whenever it begins, by tokens that live at least twice as long. */
    private static final Duration BRIDGED = Duration.ofSeconds(30);
    /** To notice that the outage is over and to get a token, before the one at hand ends. */
    private static final Duration ROOM = Duration.ofSeconds(5);

    /** Checks the bounds. */
    public TokenPolicy {
        if (!(refreshAt >= 0.1 && refreshAt <= 0.9)) {
            throw new IllegalArgumentException("refreshAt must be between 0.1 and 0.9, not " + refreshAt);
        }
        if (defaultLifetime.compareTo(Duration.ofSeconds(1)) < 0 || maxSkew.isNegative()) {
            throw new IllegalArgumentException("a default life time is at least 1 s, a skew at least 0");
        }
    }

    /** The same with another refresh point. */
    public TokenPolicy withRefreshAt(double part) {
        return new TokenPolicy(part, defaultLifetime, maxSkew, backoff);
    }

    /** How old a token is when its successor is asked for. */
    Duration refreshAfter(Duration life, double random) {
        double at = refreshAt + random * (0.9 - refreshAt) / 2;
        Duration after = Duration.ofNanos((long) (life.toNanos() * at));
        if (life.compareTo(BRIDGED.multipliedBy(2)) < 0) {
            return after;
        }
        Duration latest = life.minus(BRIDGED).minus(ROOM);
        Duration jittered = Duration.ofNanos((long) (latest.toNanos() * (1 - random / 10)));
        return after.compareTo(jittered) < 0 ? after : jittered;
    }

    /**
     * Exponential back-off: {@code first}, then twice as long each time, up to {@code max}, each between half and all
     * of that at random.
     */
    public record Backoff(Duration first, Duration max) {
        /** Checks the bounds. */
        public Backoff {
            if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
                throw new IllegalArgumentException("a back-off starts above 0 and ends no lower than it starts");
            }
        }

        /** While a token is at hand: never so long that it ends without several attempts before. */
        Duration delay(int failures, double random, Duration left) {
            Duration often = left.dividedBy(4).compareTo(first) < 0 ? first : left.dividedBy(4);
            return often.compareTo(max) < 0
                    ? new Backoff(first, often).delay(failures, random)
                    : delay(failures, random);
        }

        Duration delay(int failures, double random) {
            long nanos = first.toNanos();
            for (int i = 1; i < failures && nanos < max.toNanos(); i++) {
                nanos *= 2;
            }
            nanos = Math.min(nanos, max.toNanos());
            return Duration.ofNanos((long) (nanos * (0.5 + random / 2)));
        }
    }
}
