package io.tandem.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLContext;

/** An authorization server on loopback that says what it is told to. */
final class StubIssuer implements AutoCloseable {
    static final String SECRET = "very-secret-of-the-client";

    /** What it gives when nothing else is queued. */
    static final String TOKENS =
            "{\"access_token\":\"access-token-1\",\"token_type\":\"Bearer\",\"expires_in\":60,\"refresh_token\":\"refresh-token-1\"}";

    private final HttpServer server;
    private final String scheme;

    /** The next answers of the token endpoint, as status, space, body. */
    final Deque<String> answers = new ConcurrentLinkedDeque<>();

    volatile String prompt = "{}";

    StubIssuer() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
    }

    static StubIssuer tls(SSLContext tls) throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        return new StubIssuer(https, "https");
    }

    private StubIssuer(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/token", exchange -> {
            exchange.getRequestBody().readAllBytes();
            String answer = answers.isEmpty() ? "200 " + TOKENS : answers.poll();
            send(exchange, Integer.parseInt(answer.substring(0, 3)), answer.substring(4));
        });
        server.createContext("/device", exchange -> {
            exchange.getRequestBody().readAllBytes();
            send(exchange, 200, prompt);
        });
        server.createContext(
                "/.well-known/openid-configuration",
                exchange -> send(
                        exchange,
                        200,
                        "{\"issuer\":\"%1$s\",\"token_endpoint\":\"%1$s/token\",\"authorization_endpoint\":\"%1$s/authorize\",\"device_authorization_endpoint\":\"%1$s/device\",\"authorization_response_iss_parameter_supported\":true}"
                                .formatted(url())));
        server.start();
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    URI url() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
