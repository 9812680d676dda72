package io.tandem.openapi;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.tandem.app.Application;
import io.tandem.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A Tandem with the routes that come with it, some more when asked for, and two stub targets. */
final class Instance implements AutoCloseable {
    static final int MAX_BODY = 4096;

    private final HttpClient client = HttpClient.newHttpClient();
    private final WireMockServer targets =
            new WireMockServer(WireMockConfiguration.options().dynamicPort());
    private final Application application;

    private Instance(Path routes) throws Exception {
        targets.start();
        application = new Application(settings(routes));
        application.start();
    }

    static Instance start() throws Exception {
        return new Instance(Path.of("routes").toAbsolutePath());
    }

    /**
     * @param folder empty, for the routes
     * @param yaml a route file besides those that come with Tandem
     */
    static Instance startWith(Path folder, String yaml) throws Exception {
        Path source = Path.of("routes");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Files.writeString(folder.resolve("9-more.camel.yaml"), yaml);
        return new Instance(folder);
    }

    void targetAnswers(String target, ResponseDefinitionBuilder answer) {
        targets.stubFor(WireMock.post("/" + target).willReturn(answer));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + application.httpPort() + path);
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
        application.close();
        targets.stop();
    }

    private Settings settings(Path routes) {
        Map<String, Settings.Target> all = new LinkedHashMap<>();
        Map<String, String> placeholders = new LinkedHashMap<>();
        for (String name : List.of("api-one", "api-two")) {
            String url = targets.baseUrl() + "/" + name;
            all.put(
                    name,
                    new Settings.Target(
                            name,
                            url,
                            "POST",
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1),
                            16,
                            1 << 20,
                            true,
                            new Settings.Retry(1, Duration.ofMillis(10), Duration.ofMillis(20)),
                            Map.of(),
                            new Settings.Auth.None()));
            placeholders.put("target." + name + ".endpoint", url);
            placeholders.put("target." + name + ".method", "POST");
        }
        return new Settings(
                "all",
                "collect",
                Duration.ofSeconds(20),
                routes,
                64,
                new Settings.Http(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        Set.of("X-Request-Id", "Authorization"),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)),
                new Settings.Management("127.0.0.1", 0),
                new Settings.Inbox(false, Path.of("inbox"), 64, 1 << 20),
                Settings.AccessLog.OFF,
                all,
                Map.of(),
                placeholders);
    }
}
