package io.tandem.oauth2;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What the tests of this package have in common. */
final class Fixtures {
    private static final Duration STEP = Duration.ofSeconds(1);

    private Fixtures() {}

    static TokenSettings settings(URI url) {
        return settings(url, new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET));
    }

    static TokenSettings settings(URI url, ClientAuth client) {
        return settings(url, client, TokenParameters.NONE);
    }

    static TokenSettings settings(URI url, ClientAuth client, TokenParameters parameters) {
        return new TokenSettings(
                TokenEndpoint.of(url).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                client,
                new Grant.ClientCredentials(),
                parameters);
    }

    /** The token, or the exception that says why there is none. */
    static Token get(CompletionStage<Token> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TokenUnavailableException unavailable) {
                throw unavailable;
            }
            throw new AssertionError("another failure than told", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** Lets time pass in steps of a second at most, each waiting for the token calls that it started. */
    static void pass(ManualTime time, Duration duration, TokenSource... sources) {
        Instant end = time.now().plus(duration);
        while (time.now().isBefore(end)) {
            Duration left = Duration.between(time.now(), end);
            time.advance(left.compareTo(STEP) < 0 ? left : STEP);
            awaitQuiet(sources);
        }
    }

    /** Waits until no token call is under way. */
    static void awaitQuiet(TokenSource... sources) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> Stream.of(sources)
                .noneMatch(source -> source.status().fetching()));
    }

    /** Lets time pass until something is so. */
    static void passUntil(ManualTime time, Callable<Boolean> condition, TokenSource... sources) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
            pass(time, Duration.ofMillis(100), sources);
            return condition.call();
        });
    }
}
