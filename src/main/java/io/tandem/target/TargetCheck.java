package io.tandem.target;

import io.tandem.config.Settings;
import io.tandem.egress.DeniedAddressException;
import io.tandem.egress.HandshakeTimeoutException;
import io.tandem.egress.ProxyRefusedException;
import io.tandem.oauth2.ExchangedTokens;
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.Token;
import io.tandem.oauth2.TokenEvents;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.oauth2.TokenUnavailableException;
import io.tandem.tls.KeyFileException;
import io.tandem.tls.TlsDiagnosis;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;

/**
 * Tries what a delivery needs, short of sending anything to the targets: a token for each that uses OAuth2, got as the
 * service gets it (time-outs, trust, certificate, proxy), and a connection. All targets at once, each within its own
 * time-outs. Stateless.
 */
public final class TargetCheck {
    /** For what comes on top of time-outs: threads, a name server that hangs. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    /** Stands for the token of a caller, of which there is none here. */
    private static final String NO_CALLERS_TOKEN = "tandem-check";

    /** What a server says once it has let the client in and looks at the token that it is to exchange. */
    private static final Set<String> CALLERS_TOKEN_REFUSED =
            Set.of("invalid_grant", "invalid_request", "invalid_token");

    /**
     * What came of one target.
     *
     * @param text in one line what worked, and what did not and what to do; no secret
     */
    public record Result(String target, boolean ok, String text) {
        /** {@code api-one: connection ok (12 ms)}. */
        public String line() {
            return target + ": " + text;
        }
    }

    private record Part(boolean ok, String text) {}

    private TargetCheck() {}

    /** Tries all targets; the results are in their order. */
    public static List<Result> of(Settings settings) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tandem-check");
            thread.setDaemon(true);
            return thread;
        });
        try (TokenSources tokens = new TokenSources(OAuth2Targets.policy(settings.tokens()), TokenEvents.NONE)) {
            RefreshTokenStore store = OAuth2Targets.store(settings.tokens());
            Authorizers authorizers = new Authorizers(tokens, store);
            Map<String, List<Future<Part>>> running = new LinkedHashMap<>();
            settings.targets().forEach((name, target) -> {
                authorizers.create(target);
                List<Future<Part>> parts = new ArrayList<>();
                TokenSource source = authorizers.sources().get(name);
                if (source != null) {
                    parts.add(threads.submit(bounded(threads, tokenLimit(target), () -> token(source))));
                } else if (target.auth() instanceof Settings.Auth.OAuth2 oauth2) {
                    ExchangedTokens exchanged =
                            tokens.exchanged(name, OAuth2Targets.tokenSettings(name, oauth2.oauth(), store));
                    parts.add(threads.submit(bounded(threads, tokenLimit(target), () -> exchange(exchanged))));
                }
                parts.add(threads.submit(bounded(
                        threads, target.connectTimeout().multipliedBy(2).plus(GRACE), () -> connection(target))));
                running.put(name, parts);
            });
            List<Result> results = new ArrayList<>();
            running.forEach((name, parts) -> results.add(result(name, parts)));
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Duration tokenLimit(Settings.Target target) {
        return target.auth() instanceof Settings.Auth.OAuth2 oauth2
                // discovery may come before the token
                ? oauth2.oauth().timeout().multipliedBy(2).plus(GRACE)
                : GRACE;
    }

    private static Result result(String name, List<Future<Part>> parts) {
        boolean ok = true;
        List<String> texts = new ArrayList<>();
        for (Future<Part> future : parts) {
            Part part = join(future);
            ok &= part.ok();
            texts.add(part.text());
        }
        return new Result(name, ok, String.join(", ", texts));
    }

    private static Part join(Future<Part> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            return new Part(false, "the check failed unexpectedly: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Part(false, "interrupted");
        }
    }

    private static Callable<Part> bounded(ExecutorService threads, Duration limit, Callable<Part> check) {
        return () -> {
            Future<Part> part = threads.submit(check);
            try {
                return part.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                part.cancel(true);
                return new Part(false, "no answer within " + shown(limit) + ": does the name server hang?");
            }
        };
    }

    private static Part token(TokenSource source) throws InterruptedException {
        try {
            Token token = source.token().toCompletableFuture().get();
            long seconds = Math.round(
                    Duration.between(Instant.now(), token.expiresAt()).toMillis() / 1000.0);
            return new Part(true, "token ok (expires in " + seconds + "s)");
        } catch (ExecutionException e) {
            String reason = e.getCause() instanceof TokenUnavailableException unavailable
                    ? unavailable.failure().diagnosis()
                    : String.valueOf(e.getCause());
            return new Part(false, "no token: " + reason);
        }
    }

    /**
     * Without a caller there is nothing to exchange, but servers look at the client first: what they say about a token
     * that nobody has issued shows whether they can be reached and let the client in.
     */
    private static Part exchange(ExchangedTokens tokens) throws InterruptedException {
        try {
            tokens.source(NO_CALLERS_TOKEN).token().toCompletableFuture().get();
            return new Part(
                    true, "no token tried, as it takes a caller's (the authorization server would exchange any token)");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TokenUnavailableException unavailable)) {
                return new Part(false, "no token: " + e.getCause());
            }
            return unavailable.oauthError() != null && CALLERS_TOKEN_REFUSED.contains(unavailable.oauthError())
                    ? new Part(
                            true,
                            "no token tried, as it takes a caller's (the authorization server answers, and does not"
                                    + " refuse the client)")
                    : new Part(false, "no token: " + unavailable.failure().diagnosis());
        }
    }

    private static Part connection(Settings.Target target) {
        URI url = URI.create(target.url());
        int port = url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
        String host = url.getHost();
        Settings.Proxy proxy = target.connection().proxy();
        String via = proxy == null
                ? host
                : host + " by the proxy " + proxy.address().host() + ":"
                        + proxy.address().port();
        String key = "target." + target.name() + ".url";
        long begin = System.nanoTime();
        try (BlockingClient client = new BlockingClient(target, new ReplyMemory(target.maxReply()))) {
            client.connect();
            return new Part(true, "connection ok (" + (System.nanoTime() - begin) / 1_000_000 + " ms)");
        } catch (DeniedAddressException e) {
            return refused(host + " has no address that tandem.egress.deny allows: check " + key + " and DNS");
        } catch (UnknownHostException e) {
            return refused("the name " + via + " can't be resolved: check " + key + " and DNS");
        } catch (ProxyRefusedException e) {
            return refused("the proxy did not let the connection to " + host + " through (status " + e.status()
                    + "): check target." + target.name()
                    + (e.status() == 407 ? ".proxy-username and password" : ".proxy"));
        } catch (ConnectTimeoutException e) {
            return refused(via + " did not answer on port " + port + " within " + shown(target.connectTimeout())
                    + ": check " + key + ", firewall and target." + target.name() + ".connect-timeout");
        } catch (HttpHostConnectException e) {
            return refused(via + " refuses the connection on port " + port + ": is it running? Check " + key);
        } catch (HandshakeTimeoutException e) {
            return refused(via + " takes connections on port " + port + ", but no TLS handshake came about within "
                    + shown(target.connectTimeout()) + ": does it speak TLS there? Check " + key);
        } catch (KeyFileException e) {
            return refused(e.problem());
        } catch (SSLException e) {
            return refused("the TLS handshake with " + host + " failed: " + TlsDiagnosis.of(e));
        } catch (IOException e) {
            return refused("the connection to " + via + " on port " + port + " failed ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private static Part refused(String reason) {
        return new Part(false, "no connection: " + reason);
    }

    private static String shown(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
