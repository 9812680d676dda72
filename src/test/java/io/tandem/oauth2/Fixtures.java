package io.tandem.oauth2;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the tests of this package have in common. */
final class Fixtures {
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
}
