package io.tandem.oauth2;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A token endpoint that takes nothing on trust: one client authentication, the exact secret, form-encoded. */
final class StrictTokenServer implements AutoCloseable {
    static final String CLIENT_ID = "tandem:client/1";
    static final String SECRET = "s3cr:t/b+ &%";

    /** A token request as the server saw it. */
    record Call(Map<String, List<String>> form, String authorization, String contentType, List<String> certificates) {
        String first(String name) {
            return form.containsKey(name) ? form.get(name).get(0) : null;
        }
    }

    /** What the server says. */
    record Answer(int status, String body, Map<String, String> headers) {
        static Answer of(int status, String body) {
            return new Answer(status, body, Map.of());
        }
    }

    /** Decides what to say to a call that passed authentication; {@code n} counts calls from 1. */
    interface Script {
        Answer answer(Call call, int n);
    }

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger calls = new AtomicInteger();
    final List<Call> seen = new CopyOnWriteArrayList<>();
    volatile String secret = SECRET;
    volatile Script script = tokens(3600);
    volatile Predicate<Call> authentication = this::authenticated;
    volatile CountDownLatch gate = new CountDownLatch(0);

    StrictTokenServer() throws IOException {
        this(0);
    }

    StrictTokenServer(SSLContext tls) throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters asking = getSSLContext().getDefaultSSLParameters();
                asking.setWantClientAuth(true);
                parameters.setSSLParameters(asking);
            }
        });
        server = https;
        scheme = "https";
        start();
    }

    StrictTokenServer(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        scheme = "http";
        start();
    }

    private void start() {
        server.setExecutor(threads);
        server.createContext("/token", this::handle);
        server.start();
    }

    static Script tokens(long expiresIn) {
        return (call, n) -> token(n, expiresIn);
    }

    static Answer token(int n, long expiresIn) {
        return Answer.of(
                200,
                "{\"access_token\":\"token-" + n + "\",\"token_type\":\"Bearer\",\"expires_in\":" + expiresIn + "}");
    }

    static Script error(int status, String code, String description) {
        return (call, n) ->
                Answer.of(status, "{\"error\":\"" + code + "\",\"error_description\":\"" + description + "\"}");
    }

    /** Something beside the token endpoint. */
    void also(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    String base() {
        return url().toString().replace("/token", "");
    }

    /** Calls wait from now on until {@link #open()}. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    void open() {
        gate.countDown();
    }

    int calls() {
        return calls.get();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI url() {
        return URI.create(scheme + "://127.0.0.1:" + port() + "/token");
    }

    private void handle(HttpExchange exchange) throws IOException {
        int n = calls.incrementAndGet();
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Call call = new Call(
                    form(body),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    certificates(exchange));
            seen.add(call);
            if (!gate.await(30, TimeUnit.SECONDS)) {
                return;
            }
            Answer answer = authentication.test(call)
                    ? script.answer(call, n)
                    : Answer.of(401, "{\"error\":\"invalid_client\",\"error_description\":\"Bad credentials\"}");
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> certificates(HttpExchange exchange) {
        try {
            return exchange instanceof HttpsExchange https
                    ? Stream.of(https.getSSLSession().getPeerCertificates())
                            .map(certificate -> ((X509Certificate) certificate)
                                    .getSubjectX500Principal()
                                    .getName())
                            .toList()
                    : List.of();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    // RFC 6749 §2.3: not more than one method in a request
    private boolean authenticated(Call call) {
        boolean basic = call.authorization() != null;
        boolean post = call.form().containsKey("client_secret");
        if (!"application/x-www-form-urlencoded".equals(call.contentType())) {
            return false;
        }
        if (basic) {
            if (post
                    || call.form().containsKey("client_id")
                    || !call.authorization().startsWith("Basic ")) {
                return false;
            }
            String pair =
                    new String(Base64.getDecoder().decode(call.authorization().substring(6)), StandardCharsets.UTF_8);
            String[] parts = pair.split(":", -1);
            return parts.length == 2 && CLIENT_ID.equals(decode(parts[0])) && secret.equals(decode(parts[1]));
        }
        if (post) {
            return CLIENT_ID.equals(call.first("client_id")) && secret.equals(call.first("client_secret"));
        }
        return "public".equals(call.first("client_id"));
    }

    static Map<String, List<String>> form(String body) {
        Map<String, List<String>> form = new LinkedHashMap<>();
        for (String pair : body.split("&")) {
            int at = pair.indexOf('=');
            if (at > 0) {
                form.computeIfAbsent(decode(pair.substring(0, at)), name -> new ArrayList<>())
                        .add(decode(pair.substring(at + 1)));
            }
        }
        return form;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        open();
        server.stop(0);
        threads.shutdownNow();
    }
}
