package io.tandem.oauth2;

import io.tandem.oauth2.TokenFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of one key: client, token endpoint, scope and so on. Safe for use by any thread.
 *
 * <p>Per message, {@link #current()} costs one volatile read. A token is got by one call for all who wait, on a thread
 * of this package's own, and renewed ahead of its end while it is in use. While the authorization server is down a
 * token that is still valid goes on being used; without one, callers get a {@link TokenUnavailableException} at once
 * while attempts go on in the background, ever less often.
 */
public final class TokenSource {
    private static final Logger LOG = LoggerFactory.getLogger(TokenSource.class);

    /** How often changed credentials are looked for while the old ones are refused. */
    private static final Duration WATCH = Duration.ofSeconds(1);
    /** How long after its own deadline a token call is given up, should its thread hang (in DNS, say). */
    private static final Duration GUARD = Duration.ofSeconds(1);

    private final String label;
    private volatile TokenFetcher fetcher;
    private final Parts parts;
    private final ReentrantLock lock = new ReentrantLock();

    // written under the lock only
    private volatile @Nullable Lease lease;
    private volatile @Nullable Outage outage;

    // guarded by the lock
    private @Nullable Flight flight;
    private TimeSource.@Nullable Scheduled refresh;
    private long generation;
    private final RejectBudget rejects = new RejectBudget();

    /** What all sources share. */
    record Parts(TokenPolicy policy, TokenEvents events, TimeSource time, Executor workers) {}

    /** One token call under way. */
    private static final class Flight {
        final CompletableFuture<Token> result = new CompletableFuture<>();
        /** Somebody waits for it. Guarded by the lock. */
        boolean awaited;

        TokenEvents.Call call = TokenEvents.Call.UNSEEN;

        TimeSource.@Nullable Scheduled guard;
    }

    /** From a failed token call until the next success. */
    private static final class Outage {
        final TokenFailure failure;
        final int failures;
        final Instant at;
        final TokenUnavailableException exception;
        final CompletionStage<Token> stage;
        /** While set, attempts happen in the background and callers fail at once. */
        volatile boolean hot = true;
        /** Somebody asked since the last attempt. */
        volatile boolean demanded;

        Outage(TokenFailure failure, int failures, Instant at, TokenUnavailableException exception) {
            this.failure = failure;
            this.failures = failures;
            this.at = at;
            this.exception = exception;
            this.stage = CompletableFuture.failedStage(exception);
        }
    }

    TokenSource(String label, TokenFetcher fetcher, Parts parts) {
        this.label = label;
        this.fetcher = fetcher;
        this.parts = parts;
    }

    /** The label under which this source was made. */
    public String label() {
        return label;
    }

    /** The next token is got by this one. */
    void fetchBy(TokenFetcher other) {
        fetcher = other;
    }

    /** The token at hand, or null when there is none: then {@link #token()} gets one. Never blocks. */
    public @Nullable Token current() {
        Lease now = usable();
        return now == null ? null : now.token;
    }

    /**
     * A token: at once when one is at hand, else when the one call that all wait for is done. Fails with a
     * {@link TokenUnavailableException}, at once if the last attempt failed a short time ago. Never blocks. What hangs
     * on the stage runs on a thread of this package, so what blocks should use the {@code Async} variants; completing
     * or cancelling the stage affects nobody else.
     */
    public CompletionStage<Token> token() {
        Lease now = usable();
        if (now != null) {
            return now.stage;
        }
        Outage down = outage;
        if (down != null && down.hot) {
            down.demanded = true;
            return down.stage;
        }
        Flight joined;
        boolean start;
        lock.lock();
        try {
            now = usableLease();
            if (now != null) {
                now.use();
                return now.stage;
            }
            down = outage;
            if (down != null && down.hot) {
                down.demanded = true;
                return down.stage;
            }
            start = flight == null;
            joined = flight == null ? newFlight() : flight;
            joined.awaited = true;
        } finally {
            lock.unlock();
        }
        parts.events.waiting(label);
        if (start) {
            launch(joined);
        }
        return joined.result.minimalCompletionStage();
    }

    /**
     * An API answered 401 to this token. Drops it, and only it: a token that came since stays. Any number of callers
     * may report the same token; together they cause one token call.
     *
     * @return whether to ask {@link #token()} and try once more. False when so many tokens in a row were refused that
     *     another would fare no better (the token is then kept, and the 401 is the API's answer)
     */
    public boolean reject(Token token) {
        lock.lock();
        try {
            Lease now = lease;
            if (now == null || now.token != token) {
                return true;
            }
            if (!rejects.take(parts.time.nanos())) {
                return false;
            }
            lease = null;
            cancelRefresh();
        } finally {
            lock.unlock();
        }
        parts.events.rejected(label);
        return true;
    }

    /** How things are now. */
    public TokenStatus status() {
        lock.lock();
        try {
            Lease now = usableLease();
            long nanos = parts.time.nanos();
            Outage down = outage;
            return new TokenStatus(
                    label,
                    now != null,
                    flight != null,
                    generation,
                    now == null ? null : Duration.ofNanos(nanos - now.fetchedAt),
                    now == null ? null : Duration.ofNanos(now.expiresAt - nanos),
                    down == null ? 0 : down.failures,
                    down == null ? null : down.failure,
                    down == null ? null : down.at,
                    down == null ? null : down.exception.nextAttempt());
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Lease usableLease() {
        Lease now = lease;
        return now != null && now.usableAt(parts.time.nanos()) ? now : null;
    }

    private @Nullable Lease usable() {
        Lease now = usableLease();
        if (now != null && !now.used() && now.use()) {
            refreshInBackground(now);
        }
        return now;
    }

    private void refreshInBackground(Lease of) {
        Flight started;
        lock.lock();
        try {
            Lease now = lease;
            Outage down = outage;
            if (flight != null || now == null || now.token != of.token || (down != null && down.hot)) {
                return;
            }
            started = newFlight();
        } finally {
            lock.unlock();
        }
        launch(started);
    }

    // Under the lock. While a successor is being fetched the old token is used to its very end, or close to it: if the
    // server is down, a token that may expire on its way is better than none, and a 401 is mended anyway.
    private Flight newFlight() {
        Flight started = new Flight();
        flight = started;
        Lease now = lease;
        if (now != null) {
            long life = now.expiresAt - now.fetchedAt;
            long end = now.expiresAt - Math.min(Duration.ofSeconds(1).toNanos(), life / 50);
            if (end - now.usableUntil > 0) {
                lease = now.until(end);
            }
        }
        return started;
    }

    private void launch(Flight started) {
        started.call = parts.events.calling(label);
        started.guard = parts.time.schedule(
                fetcher.limit().plus(GUARD),
                () -> failed(
                        started,
                        new TokenFailure(Kind.TIMEOUT, "the token call hung, in resolving a name perhaps"),
                        "",
                        fetcher.limit()));
        try {
            parts.workers.execute(() -> run(started));
        } catch (RejectedExecutionException e) {
            failed(started, new TokenFailure(Kind.INTERNAL, "no thread is free for a token call"), "", Duration.ZERO);
        }
    }

    private void run(Flight started) {
        long begin = parts.time.nanos();
        String fingerprint = "";
        try {
            fingerprint = fetcher.fingerprint();
            TokenReply reply = fetcher.fetch();
            succeeded(started, reply, begin);
        } catch (TokenCallException e) {
            failed(started, e.failure(), fingerprint, Duration.ofNanos(parts.time.nanos() - begin));
        } catch (RuntimeException | Error e) {
            // neither message nor cause: they may quote what was being sent
            String diagnosis =
                    "the token call failed unexpectedly: " + e.getClass().getName();
            failed(
                    started,
                    new TokenFailure(Kind.INTERNAL, diagnosis),
                    fingerprint,
                    Duration.ofNanos(parts.time.nanos() - begin));
            if (e instanceof Error error) {
                throw error;
            }
        }
    }

    private void succeeded(Flight done, TokenReply reply, long begin) {
        Lease fresh;
        Outage over;
        long end = parts.time.nanos();
        lock.lock();
        try {
            if (flight == done) {
                flight = null;
            } else if (lease != null) {
                // given up for lost, and another call has brought a token since
                return;
            }
            fresh = newLease(reply, begin, end, done.awaited || fetcher.keepAlive());
            over = outage;
            outage = null;
            lease = fresh;
            scheduleRefresh(fresh, end);
        } finally {
            lock.unlock();
        }
        if (done.guard != null) {
            done.guard.cancel();
        }
        done.call.ended(null);
        done.result.complete(fresh.token);
        parts.events.fetched(label, Duration.ofNanos(end - begin));
        if (over != null && !fetcher.forOneCaller()) {
            LOG.info("Token for '{}' is available again", label);
        }
    }

    // Under the lock.
    private Lease newLease(TokenReply reply, long begin, long end, boolean used) {
        long life = (reply.lifetime() == null ? parts.policy.defaultLifetime() : reply.lifetime()).toNanos();
        // The server started the clock somewhere between request and reply. The earlier is the safer, but a slow server
        // must not eat up the life of a short-lived token, which would then be fetched again with each message.
        long fetchedAt = end - Math.min(end - begin, life / 4);
        long expiresAt = fetchedAt + life;
        long skew = Math.min(parts.policy.maxSkew().toNanos(), life / 10);
        generation++;
        Token token = new Token(reply.accessToken(), parts.time.now().plusNanos(expiresAt - end), generation);
        return Lease.of(token, expiresAt - skew, expiresAt, fetchedAt, used);
    }

    // Under the lock.
    private void scheduleRefresh(Lease of, long now) {
        cancelRefresh();
        Duration after = parts.policy.refreshAfter(
                Duration.ofNanos(of.expiresAt - of.fetchedAt),
                ThreadLocalRandom.current().nextDouble());
        long delay = of.fetchedAt + after.toNanos() - now;
        refresh = parts.time.schedule(Duration.ofNanos(Math.max(0, delay)), () -> {
            if (of.refreshDue()) {
                refreshInBackground(of);
            }
        });
    }

    // Under the lock.
    private void cancelRefresh() {
        if (refresh != null) {
            refresh.cancel();
            refresh = null;
        }
    }

    private void failed(Flight done, TokenFailure failure, String fingerprint, Duration took) {
        Outage before;
        Outage down;
        Lease still;
        Duration wait;
        lock.lock();
        try {
            if (flight != done) {
                return;
            }
            flight = null;
            still = usableLease();
            before = outage;
            int failures = before == null ? 1 : before.failures + 1;
            double random = ThreadLocalRandom.current().nextDouble();
            wait = still == null
                    ? parts.policy.backoff().delay(failures, random)
                    : parts.policy
                            .backoff()
                            .delay(failures, random, Duration.ofNanos(still.usableUntil - parts.time.nanos()));
            if (failure.retryAfter() != null && failure.retryAfter().compareTo(wait) > 0) {
                wait = failure.retryAfter();
            }
            Instant now = parts.time.now();
            down = new Outage(failure, failures, now, new TokenUnavailableException(label, failure, now.plus(wait)));
            // who waited in vain will ask again
            down.demanded = done.awaited;
            outage = down;
        } finally {
            lock.unlock();
        }
        if (done.guard != null) {
            done.guard.cancel();
        }
        done.call.ended(failure);
        parts.time.schedule(wait, () -> attemptAgain(down));
        if (failure.kind().mendedByOtherCredentials() && wait.compareTo(WATCH) > 0) {
            parts.time.schedule(WATCH, () -> watchCredentials(down, fingerprint));
        }
        if (still == null) {
            done.result.completeExceptionally(down.exception);
        } else {
            // near its end, but better than none
            done.result.complete(still.token);
        }
        parts.events.failed(label, failure, took);
        if (before == null && !fetcher.forOneCaller()) {
            LOG.warn("No token for '{}': {}; trying again in the background", label, failure.diagnosis());
        } else {
            LOG.debug("Still no token for '{}' after {} attempts: {}", label, down.failures, failure.diagnosis());
        }
    }

    /** The back-off is over: the next attempt is made in the background if anybody asked meanwhile. */
    private void attemptAgain(Outage after) {
        Flight started;
        lock.lock();
        try {
            if (outage != after || flight != null) {
                return;
            }
            Lease now = usableLease();
            boolean inUse = now != null && now.used();
            if (!after.demanded && !inUse && !fetcher.keepAlive()) {
                // nobody wants it: the next one who does starts the attempt, and waits for it
                after.hot = false;
                return;
            }
            started = newFlight();
        } finally {
            lock.unlock();
        }
        launch(started);
    }

    // Reading a secret may mean reading a file, so not on the timer's thread.
    private void watchCredentials(Outage during, String refused) {
        if (outage != during || !during.hot) {
            return;
        }
        try {
            parts.workers.execute(() -> {
                if (!fetcher.fingerprint().equals(refused)) {
                    during.demanded = true;
                    attemptAgain(during);
                } else if (parts.time.now().plus(WATCH).isBefore(during.exception.nextAttempt())) {
                    parts.time.schedule(WATCH, () -> watchCredentials(during, refused));
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("No thread is free to look for changed credentials of '{}'", label);
        }
    }
}
