package io.tandem.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.server.BrowserGuard;
import io.tandem.server.Connections;
import io.tandem.server.GuardedServer;
import io.tandem.server.ServerTls;
import io.tandem.server.TlsFilesException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port: {@code /observe/health}, {@code /observe/health/ready}, {@code /observe/health/live},
 * {@code /observe/metrics} and {@code /observe/log-levels}. Belongs to the application, as Camel's own would come and go
 * with the routes. Thread-safe.
 */
public final class ManagementServer {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** The form that has room for exemplars. */
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String JSON = "application/json";
    private static final String LOG_LEVELS = "/observe/log-levels";
    private static final String BEARER = "Bearer ";
    private static final int LONGEST_BODY = 64;

    /** Far more than probes, collectors and people need. */
    private static final Connections.Limits LIMITS =
            new Connections.Limits(100, Duration.ofSeconds(10), Duration.ofSeconds(75));

    /** What it serves. */
    public record Views(Health health, PrometheusMeterRegistry registry, LogLevels logLevels) {}

    private final Vertx vertx;
    private final Settings.Management settings;
    private final Views views;
    private final Executor executor;

    /** Null when other machines may connect: it can't know by which names. */
    private @Nullable BrowserGuard browsers;

    /** Null without TLS. */
    private @Nullable ServerTls tls;

    private @Nullable Connections connections;

    @Nullable
    private HttpServer server;

    /** @param executor collects what is asked for: must allow blocking */
    public ManagementServer(Vertx vertx, Settings.Management settings, Views views, Executor executor) {
        this.vertx = vertx;
        this.settings = settings;
        this.views = views;
        this.executor = executor;
    }

    /** Refuses what a browser was made to send; before {@link #listen}. */
    public void guard(BrowserGuard guard) {
        browsers = guard;
    }

    /** Takes nothing but TLS, and asks nobody for a certificate; before {@link #listen}. */
    public void secure(ServerTls by) {
        tls = by;
    }

    /**
     * Binds the port. Completes with the port, exceptionally when it is taken, or with a {@link TlsFilesException}. Blocks
     * while it reads the files of TLS.
     */
    public CompletionStage<Integer> listen() {
        HttpServerOptions options =
                new HttpServerOptions().setHttp2ClearTextEnabled(false).setAlpnVersions(List.of(HttpVersion.HTTP_1_1));
        if (tls != null) {
            try {
                tls.secure(options, false);
            } catch (TlsFilesException e) {
                return CompletableFuture.failedStage(e);
            }
        }
        Connections open = new Connections(vertx, options, LIMITS, refused -> {});
        HttpServer created = new GuardedServer(
                vertx,
                options,
                new GuardedServer.Events(
                        channel -> accepted(open, channel),
                        open::connected,
                        request -> {
                            open.requested(request);
                            handle(request);
                        },
                        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER));
        connections = open;
        server = created;
        if (tls != null) {
            tls.keepFresh(created);
        }
        return created.listen(settings.port(), settings.host())
                .map(HttpServer::actualPort)
                .toCompletionStage();
    }

    /** Those who come and ask are served, whoever else keeps connections open. */
    private static boolean accepted(Connections open, Channel channel) {
        boolean accepted = open.accepted(channel);
        if (!accepted) {
            open.makeRoom();
            accepted = open.accepted(channel);
        }
        if (!accepted) {
            ChannelFuture unused = channel.close();
        }
        return accepted;
    }

    public void close() {
        Connections open = connections;
        if (open != null) {
            open.close();
        }
        HttpServer current = server;
        if (current != null) {
            current.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void handle(HttpServerRequest request) {
        Problem foreign = browsers == null ? null : browsers.refusal(request);
        if (foreign != null) {
            refuse(request, foreign);
            return;
        }
        String path = request.path() == null ? "" : request.path();
        boolean ofTarget = path.startsWith(LOG_LEVELS + "/");
        HttpMethod allowed = ofTarget ? HttpMethod.PUT : HttpMethod.GET;
        if (!request.method().equals(allowed)) {
            request.response().putHeader("Allow", allowed.name());
            answer(request, 405, Problem.MEDIA_TYPE, problem(ProblemType.METHOD_NOT_ALLOWED));
        } else if (ofTarget) {
            change(request, path.substring(LOG_LEVELS.length() + 1));
        } else {
            show(request, path);
        }
    }

    private void show(HttpServerRequest request, String path) {
        Health health = views.health();
        switch (path) {
            case "/observe/health" ->
                collect(
                        request,
                        () -> checks(Stream.concat(health.live().stream(), health.ready().stream())
                                .toList()));
            case "/observe/health/ready" -> collect(request, () -> checks(health.ready()));
            case "/observe/health/live" -> collect(request, () -> checks(health.live()));
            case "/observe/metrics" -> {
                String form = wantsOpenMetrics(request) ? OPEN_METRICS : PROMETHEUS;
                collect(
                        request,
                        () -> new Answer(
                                200, form, Buffer.buffer(views.registry().scrape(form))));
            }
            case LOG_LEVELS ->
                answer(request, 200, JSON, Buffer.buffer(views.logLevels().toJson()));
            default -> answer(request, 404, Problem.MEDIA_TYPE, problem(ProblemType.NOT_FOUND));
        }
    }

    private static boolean wantsOpenMetrics(HttpServerRequest request) {
        String accepted = request.getHeader("Accept");
        return accepted != null && accepted.contains("application/openmetrics-text");
    }

    /** A target's log level. */
    private void change(HttpServerRequest request, String target) {
        Problem refusal = refusal(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        long late = vertx.setTimer(
                LIMITS.read().toMillis(), id -> request.connection().close());
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() <= LONGEST_BODY) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            vertx.cancelTimer(late);
            Problem wrong = views.logLevels().set(target, body.toString());
            if (wrong == null) {
                request.response().setStatusCode(204).end();
            } else {
                refuse(request, wrong);
            }
        });
    }

    /** Why nothing is changed for who asks; or null. */
    private @Nullable Problem refusal(HttpServerRequest request) {
        Secret key = settings.key();
        if (key == null) {
            return Problem.of(ProblemType.FORBIDDEN, "Nobody can change anything without tandem.management.key.");
        }
        String sent = request.getHeader("Authorization");
        boolean known = sent != null
                && !key.value().isEmpty()
                && MessageDigest.isEqual(
                        (BEARER + key.value()).getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
        if (known) {
            return null;
        }
        request.response().putHeader("WWW-Authenticate", "Bearer");
        return Problem.of(ProblemType.UNAUTHORIZED, "Send tandem.management.key as a bearer token.");
    }

    private static void refuse(HttpServerRequest request, Problem problem) {
        answer(request, problem.status(), Problem.MEDIA_TYPE, Buffer.buffer(problem.toJson(null)));
    }

    private static Buffer problem(ProblemType type) {
        return Buffer.buffer(Problem.of(
                        type,
                        "Here are /observe/health, /observe/health/ready, /observe/health/live,"
                                + " /observe/metrics and /observe/log-levels.")
                .toJson(null));
    }

    private record Answer(int status, String contentType, Buffer body) {}

    private static Answer checks(List<Health.Check> checks) {
        return new Answer(Health.isUp(checks) ? 200 : 503, JSON, Buffer.buffer(Health.toJson(checks)));
    }

    /** Makes an answer, which may block, and gives it on the event loop, where one comes after the other. */
    private void collect(HttpServerRequest request, Supplier<Answer> made) {
        Context context = vertx.getOrCreateContext();
        CompletableFuture<?> unused = CompletableFuture.supplyAsync(made, executor)
                .whenComplete((answer, failure) -> context.runOnContext(v -> {
                    if (failure == null) {
                        answer(request, answer.status(), answer.contentType(), answer.body());
                    } else {
                        LOG.error("{} could not be served", request.path(), failure);
                        refuse(request, Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log."));
                    }
                }));
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
