package io.tandem.oauth2;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the callers of a token exchange away from a server that is down: each caller has tokens, and so a back-off, of
 * its own, and a thousand of them would go on knocking. It opens only after several failures in a row that look like
 * the server's, so that one caller with a poisonous token can't shut out the others. Safe for use by any thread.
 */
final class ExchangeBreaker {
    private static final int THRESHOLD = 5;

    private final TokenPolicy.Backoff backoff;
    private final Duration probe;
    private final TimeSource time;

    // all guarded by this
    private int failures;
    private @Nullable TokenFailure last;
    private long closedUntil;

    /** {@code probe}: how long one call may take until the next is let through. */
    ExchangeBreaker(TokenPolicy.Backoff backoff, Duration probe, TimeSource time) {
        this.backoff = backoff;
        this.probe = probe;
        this.time = time;
    }

    /** Lets a call through, or fails as the last one did. */
    synchronized void enter() throws TokenCallException {
        if (last == null || failures < THRESHOLD) {
            return;
        }
        if (time.nanos() - closedUntil < 0) {
            throw new TokenCallException(last);
        }
        // this one is let through to see; the others wait for what it finds
        closedUntil = time.nanos() + probe.toNanos();
    }

    synchronized void succeeded() {
        failures = 0;
        last = null;
    }

    synchronized void failed(TokenFailure failure) {
        if (!everybodys(failure.kind())) {
            succeeded();
            return;
        }
        failures++;
        last = failure;
        if (failures >= THRESHOLD) {
            closedUntil = time.nanos()
                    + backoff.delay(
                                    failures - THRESHOLD + 1,
                                    ThreadLocalRandom.current().nextDouble())
                            .toNanos();
        }
    }

    private static boolean everybodys(TokenFailure.Kind kind) {
        return switch (kind) {
            case GRANT_REFUSED, SCOPE_REFUSED, AUDIENCE_REFUSED, REQUEST_REFUSED, LOGIN_NEEDED, LOGIN_REFUSED -> false;
            default -> true;
        };
    }
}
