package io.tandem.k8s;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tandem.config.Settings;
import io.tandem.observe.Health;
import io.tandem.observe.LogLevels;
import io.tandem.observe.ManagementServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;

/** Tandem's management server on a free port, with nothing behind it that could be unhealthy. */
final class ManagementPort implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private final ManagementServer server = new ManagementServer(
            vertx,
            new Settings.Management(HOST, 0, null, false),
            new ManagementServer.Views(
                    new Health(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new LogLevels(Set::of)),
            ForkJoinPool.commonPool());
    private final int port;

    private ManagementPort() {
        port = server.listen().toCompletableFuture().join();
    }

    static ManagementPort open() {
        return new ManagementPort();
    }

    int statusOf(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(HOST, port, path)))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Override
    public void close() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
