package io.tandem.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tandem.config.Settings;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The management port: {@code /observe/health}, {@code /observe/health/ready}, {@code /observe/health/live} and
 * {@code /observe/metrics}. Belongs to the application, as Camel's own would come and go with the routes. Thread-safe.
 */
public final class ManagementServer {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final Settings.Management settings;
    private final Health health;
    private final PrometheusMeterRegistry registry;
    private final Executor executor;

    @Nullable
    private HttpServer server;

    /** @param executor collects what is asked for: must allow blocking */
    public ManagementServer(
            Vertx vertx,
            Settings.Management settings,
            Health health,
            PrometheusMeterRegistry registry,
            Executor executor) {
        this.vertx = vertx;
        this.settings = settings;
        this.health = health;
        this.registry = registry;
        this.executor = executor;
    }

    /** Binds the port. Completes with the port, exceptionally when it is taken. */
    public CompletionStage<Integer> listen() {
        HttpServer created = vertx.createHttpServer(
                        new HttpServerOptions().setHttp2ClearTextEnabled(false).setIdleTimeout(75))
                .requestHandler(this::handle);
        server = created;
        return created.listen(settings.port(), settings.host())
                .map(HttpServer::actualPort)
                .toCompletionStage();
    }

    public void close() {
        HttpServer current = server;
        if (current != null) {
            current.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            request.response().putHeader("Allow", "GET");
            answer(request, 405, Problem.MEDIA_TYPE, problem(ProblemType.METHOD_NOT_ALLOWED));
            return;
        }
        String path = request.path() == null ? "" : request.path();
        switch (path) {
            case "/observe/health" ->
                executor.execute(() -> answer(
                        request,
                        Stream.concat(health.live().stream(), health.ready().stream())
                                .toList()));
            case "/observe/health/ready" -> executor.execute(() -> answer(request, health.ready()));
            case "/observe/health/live" -> executor.execute(() -> answer(request, health.live()));
            case "/observe/metrics" ->
                executor.execute(() -> answer(request, 200, PROMETHEUS, Buffer.buffer(registry.scrape())));
            default -> answer(request, 404, Problem.MEDIA_TYPE, problem(ProblemType.NOT_FOUND));
        }
    }

    private static Buffer problem(ProblemType type) {
        return Buffer.buffer(Problem.of(
                        type,
                        "Here are /observe/health, /observe/health/ready, /observe/health/live and"
                                + " /observe/metrics.")
                .toJson(null));
    }

    private void answer(HttpServerRequest request, List<Health.Check> checks) {
        answer(request, Health.isUp(checks) ? 200 : 503, "application/json", Buffer.buffer(Health.toJson(checks)));
    }

    private static void answer(HttpServerRequest request, int status, String contentType, Buffer body) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", contentType)
                    .end(body);
        }
    }
}
