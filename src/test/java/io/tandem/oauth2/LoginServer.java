package io.tandem.oauth2;

import com.sun.net.httpserver.HttpExchange;
import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.StrictTokenServer.Call;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An authorization server for logins: PKCE with S256, codes for one use, refresh tokens that rotate, and an end of the
 * session when an old one comes again. Whoever opens its page is logged in at once.
 */
final class LoginServer implements AutoCloseable {
    final StrictTokenServer tokens = new StrictTokenServer();
    final AtomicInteger reused = new AtomicInteger();
    private final Map<String, Map<String, List<String>>> codes = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    volatile String issuerInAnswer = tokens.base();
    volatile boolean advertiseIssuer = true;
    volatile String error;
    volatile boolean refreshTokens = true;
    volatile long expiresIn = 60;
    volatile String refreshToken = "";
    volatile boolean revoked;

    LoginServer() throws IOException {
        tokens.script = this::token;
        tokens.also("/.well-known/openid-configuration", exchange -> send(exchange, 200, metadata()));
        tokens.also("/authorize", this::authorize);
    }

    String metadata() {
        String base = tokens.base();
        return "{\"issuer\":\"" + base + "\",\"token_endpoint\":\"" + tokens.url()
                + "\",\"authorization_endpoint\":\"" + base + "/authorize\",\"device_authorization_endpoint\":\""
                + base + "/device\",\"authorization_response_iss_parameter_supported\":" + advertiseIssuer + "}";
    }

    URI issuer() {
        return URI.create(tokens.base());
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, List<String>> query =
                StrictTokenServer.form(exchange.getRequestURI().getRawQuery());
        boolean sound = List.of("code").equals(query.get("response_type"))
                && List.of("S256").equals(query.get("code_challenge_method"))
                && List.of(StrictTokenServer.CLIENT_ID).equals(query.get("client_id"))
                && query.containsKey("state");
        String answer = query.get("redirect_uri").get(0) + "?state="
                + encoded(query.get("state").get(0));
        if (issuerInAnswer != null) {
            answer += "&iss=" + encoded(issuerInAnswer);
        }
        if (error != null || !sound) {
            answer += "&error=" + encoded(error == null ? "invalid_request" : error) + "&error_description="
                    + encoded("<script>alert(1)</script>");
        } else {
            String code = "code-" + count.incrementAndGet();
            codes.put(code, query);
            answer += "&code=" + code;
        }
        exchange.getResponseHeaders().set("Location", answer);
        send(exchange, 302, "");
    }

    private synchronized Answer token(Call call, int n) {
        switch (String.valueOf(call.first("grant_type"))) {
            case "authorization_code":
                Map<String, List<String>> query = codes.remove(String.valueOf(call.first("code")));
                boolean good = query != null
                        && query.get("redirect_uri").get(0).equals(call.first("redirect_uri"))
                        && query.get("code_challenge").get(0).equals(challenge(call.first("code_verifier")))
                        && !call.form().containsKey("scope");
                revoked = !good;
                return good ? tokens() : refused();
            case "refresh_token":
                if (revoked || !refreshToken.equals(call.first("refresh_token"))) {
                    if (!revoked && String.valueOf(call.first("refresh_token")).startsWith("refresh-")) {
                        reused.incrementAndGet();
                        revoked = true;
                    }
                    return refused();
                }
                return tokens();
            default:
                return Answer.of(400, "{\"error\":\"unsupported_grant_type\"}");
        }
    }

    Answer tokens() {
        int n = count.incrementAndGet();
        String refresh = "";
        if (refreshTokens) {
            refreshToken = "refresh-" + n + "-" + "x".repeat(20);
            refresh = ",\"refresh_token\":\"" + refreshToken + "\"";
        }
        return Answer.of(
                200,
                "{\"access_token\":\"access-" + n + "\",\"token_type\":\"Bearer\",\"expires_in\":" + expiresIn + refresh
                        + "}");
    }

    static Answer refused() {
        return Answer.of(400, "{\"error\":\"invalid_grant\",\"error_description\":\"Session not active\"}");
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        tokens.close();
    }
}
