package io.tandem.caller;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls, in any of the ways that are configured. Refusals tell how to show who one is, and nothing of what
 * was wrong. Thread-safe.
 */
public final class CallerCheck implements AutoCloseable {
    private static final int RETRY_AFTER = 2;

    private final Settings.Scopes scopes;
    private final List<Authenticator> authenticators;

    private CallerCheck(Settings.Scopes scopes, List<Authenticator> authenticators) {
        this.scopes = scopes;
        this.authenticators = List.copyOf(authenticators);
    }

    /** The check that is configured; null when everybody is let in. */
    public static @Nullable CallerCheck of(Settings.Callers settings) {
        if (settings.anonymous()) {
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
        return new CallerCheck(settings.scopes(), authenticators);
    }

    /**
     * Whether a request with these credentials is let in. Never blocks; most answers are there at once. Never ends
     * exceptionally.
     */
    public CompletableFuture<Verdict> check(Credentials credentials) {
        return checkFrom(0, credentials, null);
    }

    /** What the authenticators so far have found out; the problem is why one of them could not tell. */
    private record Found(Optional<Caller> caller, @Nullable Problem problem) {}

    /** @param problem why an authenticator before could not tell, or null */
    private CompletableFuture<Verdict> checkFrom(int first, Credentials credentials, @Nullable Problem problem) {
        for (int i = first; i < authenticators.size(); i++) {
            CompletableFuture<Optional<Caller>> answer = authenticators.get(i).authenticate(credentials);
            if (answer != null) {
                int next = i + 1;
                return answer.handle((caller, failure) -> failure == null
                                ? new Found(caller, problem)
                                : new Found(Optional.empty(), problem(failure)))
                        .thenCompose(found -> found.caller()
                                .map(CallerCheck::admitted)
                                .orElseGet(() -> checkFrom(next, credentials, found.problem())));
            }
        }
        return CompletableFuture.completedFuture(problem == null ? unauthorized() : notNow(problem));
    }

    private static CompletableFuture<Verdict> admitted(Caller caller) {
        return CompletableFuture.completedFuture(new Verdict.Admitted(caller));
    }

    private static Problem problem(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ProblemException known
                ? known.problem()
                : Problem.of(ProblemType.AUTHENTICATION_UNAVAILABLE, null);
    }

    private Verdict unauthorized() {
        return new Verdict.Refused(
                Problem.of(ProblemType.UNAUTHORIZED, "Valid credentials are needed, as WWW-Authenticate says."),
                authenticators.stream().map(Authenticator::challenge).toList(),
                0);
    }

    private static Verdict notNow(Problem problem) {
        return new Verdict.Refused(problem, List.of(), RETRY_AFTER);
    }

    /** Why a caller may not do this; null when it may. */
    public Verdict.@Nullable Refused refusal(Caller caller, Permission permission) {
        String scope = permission.scope(scopes);
        return caller.scopes().contains(scope)
                ? null
                : new Verdict.Refused(
                        Problem.of(ProblemType.FORBIDDEN, "This needs the scope " + scope + "."), List.of(), 0);
    }

    @Override
    public void close() {
        for (Authenticator authenticator : authenticators) {
            if (authenticator instanceof Passwords passwords) {
                passwords.close();
            }
        }
    }
}
