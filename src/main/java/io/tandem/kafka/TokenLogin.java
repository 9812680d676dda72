package io.tandem.kafka;

import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenSource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;

/**
 * SASL/OAUTHBEARER (RFC 7628) with tokens of a {@link TokenSource}: one token call for all connections, renewed ahead of
 * its end. Made by Kafka, by name; public for that reason. Thread-safe.
 */
public final class TokenLogin implements AuthenticateCallbackHandler {
    /** The key of the client's configuration under which the source of tokens is. */
    static final String TOKENS = "tandem.tokens";

    /** The key of the client's configuration under which extensions are. */
    static final String EXTENSIONS = "tandem.sasl.extensions";

    /** Beyond what a token call takes; Kafka tries again. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private @Nullable TokenSource tokens;
    private Map<String, String> extensions = Map.of();

    /** For Kafka. */
    public TokenLogin() {
        // configured by what follows
    }

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {
        tokens = (TokenSource) configs.get(TOKENS);
        if (configs.get(EXTENSIONS) instanceof SaslExtensions given) {
            extensions = given.map();
        }
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerTokenCallback wanted) {
                wanted.token(new BearerToken(token(), Clock.systemUTC().instant()));
            } else if (callback instanceof SaslExtensionsCallback wanted) {
                wanted.extensions(new SaslExtensions(extensions));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private Token token() throws IOException {
        TokenSource source = tokens;
        if (source == null) {
            throw new IOException("there is no source of tokens");
        }
        try {
            return source.token().toCompletableFuture().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            throw new IOException("no token came in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        // the source belongs to the application
    }
}
