package io.tandem.openapi;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A Tandem with the routes that come with it, some more when asked for, and two stub targets. */
final class Instance implements AutoCloseable {
    static final int MAX_BODY = 4096;

    private static final String FAILING_STEPS =
            """
                  steps:
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: broken
                    - process:
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final WireMockServer targets =
            new WireMockServer(WireMockConfiguration.options().dynamicPort());
    private final RunningTandem tandem;

    private Instance(Path routes, Map<String, String> more) {
        targets.start();
        Map<String, String> settings = settings(routes, targets.baseUrl());
        settings.putAll(more);
        tandem = RunningTandem.start(settings);
    }

    static Instance start() {
        return start(Map.of());
    }

    /** @param more settings over the usual ones */
    static Instance start(Map<String, String> more) {
        return new Instance(RunningTandem.ROUTES, more);
    }

    /**
     * @param folder empty, for the routes
     * @param yaml a route file besides those that come with Tandem
     */
    static Instance startWith(Path folder, String yaml) throws IOException {
        copyRoutes(folder);
        Files.writeString(folder.resolve("9-more.camel.yaml"), yaml);
        return new Instance(folder, Map.of());
    }

    /**
     * One whose routes fail before they answer.
     *
     * @param folder empty, for the routes
     */
    static Instance startBroken(Path folder) throws IOException {
        copyRoutes(folder);
        for (String file : List.of("1-receive-http.camel.yaml", "1-redeliver.camel.yaml")) {
            Path routes = folder.resolve(file);
            Files.writeString(
                    routes, Files.readString(routes).replace("      steps:\n        - process:\n", FAILING_STEPS));
        }
        return new Instance(folder, Map.of());
    }

    private static void copyRoutes(Path folder) throws IOException {
        Path source = RunningTandem.ROUTES;
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    void targetAnswers(String target, ResponseDefinitionBuilder answer) {
        targets.stubFor(WireMock.post("/" + target).willReturn(answer));
    }

    /** Requests that a target has got so far. */
    int received(String target) {
        return targets.findAll(WireMock.anyRequestedFor(WireMock.urlPathEqualTo("/" + target)))
                .size();
    }

    int port() {
        return tandem.port();
    }

    URI uri(String path) {
        return tandem.uri(path);
    }

    HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> request)
            throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
        return client.send(request.apply(builder).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(path, request -> request);
    }

    @Override
    public void close() {
        tandem.close();
        targets.stop();
    }

    private static Map<String, String> settings(Path routes, String targetsUrl) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tandem.routes", routes.toString(),
                "tandem.deadline", "20s",
                "tandem.http.max-body", MAX_BODY + "B",
                "tandem.http.forward-headers", "X-Request-Id",
                "tandem.http.drain-timeout", "1s"));
        for (String name : List.of("api-one", "api-two")) {
            settings.putAll(RunningTandem.target(name, targetsUrl + "/" + name));
            settings.put("target." + name + ".timeout", "3s");
            settings.put("target." + name + ".retry.attempts", "1");
        }
        return settings;
    }
}
