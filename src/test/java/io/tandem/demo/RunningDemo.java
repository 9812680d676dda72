package io.tandem.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.ManualClock;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A demo on free ports for each test, and the calls that tests make. */
final class RunningDemo implements BeforeEachCallback, AfterEachCallback {
    static final String BODY = "{\"order\":1}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> settings;
    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private Demo demo;

    /** @param settings besides the ports, and no latency */
    RunningDemo(Map<String, String> settings) {
        this.settings = settings;
    }

    static Map<String, String> freePorts() {
        Map<String, String> properties = new HashMap<>();
        for (String party : new String[] {Demo.API_ONE, Demo.API_TWO, Demo.AUTHORIZATION_SERVER}) {
            properties.put("demo." + party + ".port", "0");
        }
        return properties;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Map<String, String> properties = freePorts();
        for (String api : new String[] {Demo.API_ONE, Demo.API_TWO}) {
            properties.put("demo." + api + ".latency", "0s");
            properties.put("demo." + api + ".jitter", "0s");
        }
        properties.putAll(settings);
        demo = Demo.start(DemoSettings.parse(properties), clock);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        demo.close();
    }

    Demo demo() {
        return demo;
    }

    String configured(String api, String key) {
        return Objects.requireNonNull(demo.configuration().get("target." + api + "." + key));
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpClient http() {
        return http;
    }

    HttpRequest.Builder request(String party, String path) {
        return HttpRequest.newBuilder(demo.url(party).resolve(path)).timeout(Duration.ofSeconds(20));
    }

    /** Asks for a token with client_secret_basic as configured, and whatever {@code change} makes of it. */
    HttpResponse<String> tokenCall(String form, Consumer<HttpRequest.Builder> change) {
        HttpRequest.Builder request = request(Demo.AUTHORIZATION_SERVER, "/token")
                .setHeader("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        change.accept(request);
        return send(request.build());
    }

    String token(String api) {
        HttpResponse<String> reply = tokenCall(
                "grant_type=client_credentials",
                basic(configured(api, "oauth.client-id"), configured(api, "oauth.client-secret")));
        return json(reply).get("access_token").textValue();
    }

    static Consumer<HttpRequest.Builder> basic(String id, String secret) {
        String pair = encoded(id) + ":" + encoded(secret);
        return request -> request.setHeader(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    HttpRequest.Builder order(String api, String token) {
        return request(api, "/orders")
                .setHeader("Authorization", "Bearer " + token)
                .setHeader("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(BODY));
    }

    JsonNode ledger(String api) {
        return json(send(request(api, "/ledger").build()));
    }

    HttpResponse<String> behave(String api, String change) {
        return send(
                request(api, "/behaviour").PUT(BodyPublishers.ofString(change)).build());
    }

    static JsonNode json(HttpResponse<String> reply) {
        try {
            return Reply.JSON.readTree(reply.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + reply.body(), e);
        }
    }
}
