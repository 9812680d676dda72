package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A login with the authorization code grant in a browser (RFC 6749 §4.1), as an application on a person's machine does
 * it (RFC 8252): it listens on loopback, gives the URL to open, and takes the answer, which must carry this login's
 * {@code state}, come from the right issuer (RFC 9207), and is of use to nobody else (PKCE, RFC 7636, S256 always). The
 * refresh token is in the store before the page says that it worked. For one login; close it in any case.
 */
public final class BrowserLogin implements AutoCloseable {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final LoginSettings settings;
    private final LoginCalls calls;
    private final ServerMetadata server;
    private final HttpServer listener;
    private final ExecutorService threads;
    private final String authority;
    private final URI redirect;
    private final URI url;
    private final State state = new State(32);
    private final CodeVerifier verifier = new CodeVerifier();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Void> result = new CompletableFuture<>();

    private BrowserLogin(
            LoginSettings settings, LoginCalls calls, ServerMetadata server, HttpServer listener, LoopbackRedirect to) {
        this.settings = settings;
        this.calls = calls;
        this.server = server;
        this.listener = listener;
        this.authority = to.host() + ":" + listener.getAddress().getPort();
        this.redirect = URI.create("http://" + authority + to.path());
        this.url = authorizationUrl();
        this.threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "tandem-login");
            thread.setDaemon(true);
            return thread;
        });
        listener.setExecutor(threads);
        listener.createContext("/", this::handle);
    }

    /**
     * Starts to listen.
     *
     * @throws LoginFailedException when the server's metadata can't be had or the port is taken
     */
    public static BrowserLogin start(LoginSettings settings, LoopbackRedirect redirect) {
        LoginCalls calls = new LoginCalls(settings);
        try {
            ServerMetadata server = calls.server(settings.authorizationUrl());
            if (settings.authorizationUrl() == null && server.authorizationUrl() == null) {
                throw new LoginFailedException(
                        Kind.SETTINGS, "neither the settings nor the server name an authorization URL");
            }
            HttpServer listener =
                    HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), redirect.port()), 0);
            BrowserLogin login = new BrowserLogin(settings, calls, server, listener, redirect);
            listener.start();
            return login;
        } catch (TokenCallException e) {
            calls.close();
            throw new LoginFailedException(e.failure());
        } catch (IOException e) {
            calls.close();
            throw new LoginFailedException(
                    Kind.SETTINGS, "port " + redirect.port() + " of this machine can't be listened on: is it taken?");
        } catch (RuntimeException e) {
            calls.close();
            throw e;
        }
    }

    /** What the person opens. */
    public URI url() {
        return url;
    }

    /** The redirect URI, as it must be registered at the server. */
    public URI redirectUri() {
        return redirect;
    }

    /**
     * Waits until the login is kept in the store.
     *
     * @throws LoginFailedException when it was refused, or not done within {@code timeout}
     */
    public void await(Duration timeout) {
        try {
            result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoginFailedException failed) {
                throw failed;
            }
            throw new LoginFailedException(Kind.INTERNAL, "the login failed unexpectedly");
        } catch (TimeoutException e) {
            throw new LoginFailedException(
                    Kind.LOGIN_REFUSED, "nobody logged in within " + timeout.toSeconds() + " s: start again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoginFailedException(Kind.LOGIN_REFUSED, "the login was interrupted");
        }
    }

    private URI authorizationUrl() {
        AuthorizationRequest.Builder request = new AuthorizationRequest.Builder(
                        ResponseType.CODE, new ClientID(settings.client().clientId()))
                .endpointURI(
                        settings.authorizationUrl() == null ? server.authorizationUrl() : settings.authorizationUrl())
                .redirectionURI(redirect)
                .state(state)
                .codeChallenge(verifier, CodeChallengeMethod.S256);
        TokenParameters parameters = settings.parameters();
        if (!parameters.scope().isEmpty()) {
            request.scope(new Scope(parameters.scope().toArray(String[]::new)));
        }
        if (!parameters.resource().isEmpty()) {
            request.resources(parameters.resource().toArray(URI[]::new));
        }
        if (parameters.audience() != null) {
            request.customParameter("audience", parameters.audience());
        }
        settings.extra().forEach(request::customParameter);
        return request.build().toURI();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            // a page elsewhere that resolves its own name to 127.0.0.1 has another Host
            boolean here = authority.equals(exchange.getRequestHeaders().getFirst("Host"))
                    && redirect.getPath().equals(exchange.getRequestURI().getPath());
            if (!here) {
                show(exchange, 404, LoginPage.problem("There is nothing here."));
            } else if (!exchange.getRequestMethod().equals("GET")) {
                show(exchange, 405, LoginPage.problem("A login comes back with GET."));
            } else {
                answer(exchange);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, List<String>> parameters =
                URLUtils.parseParameters(exchange.getRequestURI().getRawQuery());
        String given = single(parameters, "state");
        // RFC 6749 §10.12: an answer without this login's state is somebody else's, and does not end it
        if (given == null || !same(given, state.getValue())) {
            show(exchange, 400, LoginPage.problem("This answer does not belong to the login that was started."));
            return;
        }
        if (!answered.compareAndSet(false, true)) {
            show(exchange, 410, LoginPage.problem("This login is over already."));
            return;
        }
        LoginFailedException failed = null;
        try {
            finish(parameters);
            show(exchange, 200, LoginPage.success(settings.login().name()));
        } catch (TokenCallException e) {
            failed = new LoginFailedException(e.failure());
            show(exchange, 400, LoginPage.problem(e.failure().diagnosis()));
        } catch (RuntimeException e) {
            // what it says may quote the answer
            failed = new LoginFailedException(
                    Kind.INTERNAL,
                    "the login failed unexpectedly: " + e.getClass().getName());
            show(exchange, 500, LoginPage.problem("The login failed unexpectedly."));
        } finally {
            if (failed == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(failed);
            }
        }
    }

    private void finish(Map<String, List<String>> parameters) throws TokenCallException {
        checkIssuer(single(parameters, "iss"), parameters.containsKey("iss"));
        Redaction redaction = new Redaction();
        if (parameters.containsKey("error")) {
            String code = redaction.shown(single(parameters, "error"));
            String description = redaction.shown(single(parameters, "error_description"));
            throw refused(
                    "the server refused the login: " + code + (description.isEmpty() ? "" : " (" + description + ")"));
        }
        String code = single(parameters, "code");
        if (code == null || code.isBlank()) {
            throw refused("the server's answer has no code");
        }
        redaction.add(code);
        redaction.add(verifier.getValue());
        calls.exchange(
                new AuthorizationCodeGrant(new AuthorizationCode(code), redirect, verifier).toParameters(), redaction);
    }

    // RFC 9207 §2.4: another issuer means that a code is being carried from one server to another
    private void checkIssuer(@Nullable String given, boolean present) throws TokenCallException {
        if (present || server.tellsIssuer()) {
            String expected = String.valueOf(server.issuer());
            boolean unknown = server.issuer() == null && given != null;
            if (!unknown && !expected.equals(given)) {
                throw refused("the answer is not from the issuer '" + expected
                        + "': start again, and beware of the page" + " you came from");
            }
        }
    }

    // RFC 6749 §3.1: no parameter more than once
    private static @Nullable String single(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.get(name);
        return values != null && values.size() == 1 ? values.get(0) : null;
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static TokenCallException refused(String diagnosis) {
        return new TokenCallException(Kind.LOGIN_REFUSED, diagnosis);
    }

    private static void show(HttpExchange exchange, int status, byte[] page) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders()
                .set(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        exchange.sendResponseHeaders(status, page.length);
        // closed here and not with the exchange: the login counts as done when the browser has the page
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(page);
        }
    }

    /** Stops listening; a login that is not done has failed. */
    @Override
    public void close() {
        result.completeExceptionally(new LoginFailedException(Kind.LOGIN_REFUSED, "the login was given up"));
        listener.stop(0);
        threads.shutdown();
        calls.close();
    }
}
