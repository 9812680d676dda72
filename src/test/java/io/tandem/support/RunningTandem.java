package io.tandem.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.f4b6a3.ulid.Ulid;
import io.tandem.app.Application;
import io.tandem.app.StartException;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.LiveConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A whole Tandem in this JVM, on free ports of loopback, running the real routes of the project. */
public final class RunningTandem implements AutoCloseable {
    public static final Path ROUTES = Path.of("routes").toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Application application;
    private final HttpClient client = HttpClient.newHttpClient();

    private final @Nullable Path ownJournal;

    private RunningTandem(Application application, @Nullable Path ownJournal) {
        this.application = application;
        this.ownJournal = ownJournal;
    }

    /** Starts with these settings over: free ports, no folder, the project's routes, a journal of its own. */
    public static RunningTandem start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "tandem.http.port", "0",
                "tandem.management.port", "0",
                "tandem.inbox.enabled", "false",
                "tandem.routes", ROUTES.toString(),
                "tandem.access-log", "off"));
        all.putAll(settings);
        Path journal = null;
        if (!all.containsKey("tandem.journal.url")) {
            journal = Path.of("target", "journals", Ulid.fast().toString()).toAbsolutePath();
            all.put("tandem.journal.url", "jdbc:sqlite:" + journal.resolve("tandem.db"));
        }
        return start(
                new Application(ConfigurationLoader.load(
                        ConfigurationSources.of(Path.of("target").toAbsolutePath(), Map.of())
                                .withOverrides(all))),
                journal);
    }

    /** Starts with a configuration that may be edited meanwhile, and nothing over it. */
    public static RunningTandem start(LiveConfiguration configuration) {
        return start(new Application(configuration), null);
    }

    private static RunningTandem start(Application application, @Nullable Path journal) {
        try {
            application.start();
        } catch (StartException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return new RunningTandem(application, journal);
    }

    /** Settings for a target without credentials. */
    public static Map<String, String> target(String name, String url) {
        return new HashMap<>(Map.of("target." + name + ".url", url, "target." + name + ".auth", "none"));
    }

    public Application application() {
        return application;
    }

    public int port() {
        return application.httpPort();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + application.httpPort() + path);
    }

    public URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + application.managementPort() + path);
    }

    /** POSTs to /messages. */
    public HttpResponse<String> post(String contentType, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/messages"))
                .header("Content-Type", contentType)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> postJson(String body, String... headers) {
        return post("application/json", body, headers);
    }

    public HttpResponse<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build());
    }

    /** What Prometheus gets. */
    public String metrics() {
        return get(managementUri("/observe/metrics")).body();
    }

    /** The value of a series, such as {@code tandem_attempts_total{target="api-one"}}; NaN when there is none. */
    public double metric(String series) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    @Override
    public void close() {
        application.close();
        if (ownJournal != null) {
            deleteFolder(ownJournal);
        }
    }

    private static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
