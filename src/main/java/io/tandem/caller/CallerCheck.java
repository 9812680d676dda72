package io.tandem.caller;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who calls, in any of the ways that are configured, and how often. Refusals tell how to show who one is, and
 * nothing of what was wrong. Thread-safe.
 */
public final class CallerCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CallerCheck.class);

    private static final int RETRY_AFTER = 2;

    private final Settings.Callers settings;
    private final List<Authenticator> authenticators;
    private final @Nullable RateLimit rate;

    private CallerCheck(Settings.Callers settings, List<Authenticator> authenticators) {
        this.settings = settings;
        this.authenticators = List.copyOf(authenticators);
        Settings.Rate limit = settings.rate();
        this.rate = limit == null ? null : new RateLimit(limit, System::nanoTime);
    }

    /** The check that is configured; null when everybody is let in, as often as they like. */
    public static @Nullable CallerCheck of(Settings.Callers settings) {
        if (settings.anonymous() && settings.rate() == null) {
            return null;
        }
        List<Authenticator> authenticators = new ArrayList<>();
        Secret entries = settings.entries();
        if (entries != null) {
            KnownCallers callers = new KnownCallers(entries, settings.scopes());
            if (settings.auth().contains(CallerAuth.API_KEY)) {
                authenticators.add(new ApiKeys(callers, settings.keyHeader()));
            }
            if (settings.auth().contains(CallerAuth.BASIC)) {
                authenticators.add(new Passwords(callers));
            }
        }
        if (settings.jwt() != null) {
            authenticators.add(new AccessTokens(settings.jwt(), Clock.systemUTC()));
        }
        if (settings.mtls() != null) {
            authenticators.add(new Certificates(settings.mtls()));
        }
        return new CallerCheck(settings, authenticators);
    }

    /**
     * Whether a request with these credentials is let in. Never blocks; most answers are there at once. Never ends
     * exceptionally.
     */
    public CompletableFuture<Verdict> check(Credentials credentials) {
        CompletableFuture<Verdict> verdict = authenticators.isEmpty()
                ? CompletableFuture.completedFuture(new Verdict.Admitted(null))
                : checkFrom(0, credentials, null);
        RateLimit limit = rate;
        return limit == null ? verdict : verdict.thenApply(found -> limited(limit, found, credentials));
    }

    /** @param problem why an authenticator before could not tell, or null */
    private CompletableFuture<Verdict> checkFrom(int first, Credentials credentials, @Nullable Problem problem) {
        for (int i = first; i < authenticators.size(); i++) {
            CompletableFuture<Finding> answer = authenticators.get(i).authenticate(credentials);
            if (answer != null) {
                int next = i + 1;
                return answer.exceptionally(CallerCheck::failed).thenCompose(found -> found.caller()
                        .map(CallerCheck::admitted)
                        .orElseGet(() ->
                                checkFrom(next, credentials, found.problem() == null ? problem : found.problem())));
            }
        }
        return CompletableFuture.completedFuture(problem == null ? unauthorized(credentials) : notNow(problem));
    }

    private static CompletableFuture<Verdict> admitted(Caller caller) {
        return CompletableFuture.completedFuture(new Verdict.Admitted(caller));
    }

    private static Finding failed(Throwable failure) {
        LOG.error("it could not be checked who calls", failure);
        return Finding.notNow(null);
    }

    private Verdict unauthorized(Credentials credentials) {
        return new Verdict.Refused(
                Problem.of(ProblemType.UNAUTHORIZED, "Valid credentials are needed, as WWW-Authenticate says."),
                authenticators.stream()
                        .map(authenticator -> authenticator.challenge(credentials))
                        .toList(),
                0);
    }

    private static Verdict notNow(Problem problem) {
        return new Verdict.Refused(problem, List.of(), RETRY_AFTER);
    }

    /** Who is known counts by name, who is not by address: guessing gets slow, and nobody pays for a neighbour's guesses. */
    private static Verdict limited(RateLimit limit, Verdict verdict, Credentials credentials) {
        Caller caller = verdict instanceof Verdict.Admitted admitted ? admitted.caller() : null;
        long wait = limit.take(caller == null ? RateLimit.nameOf(credentials.address()) : "caller " + caller.name());
        if (wait == 0) {
            return verdict;
        }
        int seconds = (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait + TimeUnit.SECONDS.toNanos(1) - 1));
        return new Verdict.Refused(
                Problem.of(ProblemType.RATE_LIMITED, "Send it again after the time in Retry-After."),
                List.of(),
                seconds);
    }

    /** Why a caller may not do this; null when it may. */
    public Verdict.@Nullable Refused refusal(Caller caller, Permission permission) {
        String scope = permission.scope(settings.scopes());
        if (caller.scopes().contains(scope)) {
            return null;
        }
        // RFC 6750 §3.1
        List<String> challenges = settings.jwt() == null
                ? List.of()
                : List.of("Bearer realm=\"tandem\", error=\"insufficient_scope\", scope=\"" + scope + "\"");
        return new Verdict.Refused(
                Problem.of(ProblemType.FORBIDDEN, "This needs the scope " + scope + "."), challenges, 0);
    }

    @Override
    public void close() {
        authenticators.forEach(Authenticator::close);
    }
}
