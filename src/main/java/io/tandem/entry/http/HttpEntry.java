package io.tandem.entry.http;

import com.github.f4b6a3.ulid.Ulid;
import io.netty.channel.Channel;
import io.tandem.caller.Caller;
import io.tandem.caller.CallerCheck;
import io.tandem.caller.Permission;
import io.tandem.config.Settings;
import io.tandem.journal.JournalException;
import io.tandem.message.Cancellation;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.server.BrowserGuard;
import io.tandem.server.Connections;
import io.tandem.server.GuardedServer;
import io.tandem.server.ServerTls;
import io.tandem.server.TlsFilesException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server in front of the routes. It outlives them: {@link #activate} switches all new requests to another set
 * at once, while those under way finish on the old one. The event loops read and write; routes run on the
 * executor, unless nothing in them can block. Thread-safe.
 */
public final class HttpEntry {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEntry.class);

    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_REQUEST_LINE = 8 * 1024;

    /** Requests of one HTTP/2 connection at a time: the least that RFC 9113 §6.5.2 advises. */
    private static final int MAX_STREAMS = 100;

    /** Of one HTTP/2 connection in {@link #RESETS_SECONDS}, from either side (CVE-2023-44487, CVE-2025-8671). */
    private static final int MAX_RESETS = 200;

    private static final int RESETS_SECONDS = 30;

    /** Of one request, and smaller than they need be (CVE-2024-27316). */
    private static final int MAX_CONTINUATIONS = 8;

    private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

    /** Of the heap: what bodies and answers may take. */
    private static final int MEMORY_PART = 4;

    /** Bytes of a body that is not worth another thread: to read JSON of this size takes less than a millisecond. */
    private static final int MAX_ON_EVENT_LOOP = 32 * 1024;

    /** What a route may tell a caller by header. Everything else stays inside (CVE-2026-85254 and its kin). */
    private static final Set<String> RESPONSE_HEADERS = Set.of(
            "cache-control",
            "content-language",
            "etag",
            "last-modified",
            "location",
            "preference-applied",
            "retry-after",
            "server-timing",
            "tandem-message-id",
            "tandem-outcome",
            "vary",
            "www-authenticate");

    private final Vertx vertx;
    private final Settings.Http settings;
    private final Admission admission;
    private final Executor executor;
    private final MessageObserver observer;
    private final HttpServerOptions options;
    private final Connections connections;
    private final BodyReader bodies;
    private final Refusals refusals;
    private final Map<String, Served> resources = new HashMap<>();

    /** Null without TLS. */
    private @Nullable ServerTls tls;

    /** Null when no browser shows by itself what lets a caller in. */
    private @Nullable BrowserGuard browsers;

    /** Null when everybody is let in: then nothing of it costs anything. */
    private @Nullable Gate gate;

    private volatile @Nullable TandemHttpEngine active;

    private volatile boolean ending;

    /** A resource and who gets it. */
    private record Served(StaticResource resource, Access access) {}

    /** Who gets a resource, when callers are asked who they are. */
    public enum Access {
        /** Everybody. */
        PUBLIC,
        /** All who may call, whatever they may do. */
        CALLERS,
        /** Those who may see messages. */
        READERS
    }

    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    /**
     * @param maxInFlight requests in processing at the same time, beyond which callers get 503
     * @param executor runs the routes: must allow blocking; a task that hands a message to them does nothing more
     */
    public HttpEntry(
            Vertx vertx, Settings.Http settings, int maxInFlight, Executor executor, MessageObserver observer) {
        this.vertx = vertx;
        this.settings = settings;
        this.admission = new Admission(maxInFlight, Runtime.getRuntime().maxMemory() / MEMORY_PART);
        this.executor = executor;
        this.observer = observer;
        this.options = new HttpServerOptions()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setHttp2ClearTextEnabled(settings.http2())
                .setAlpnVersions(
                        settings.http2()
                                ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)
                                : List.of(HttpVersion.HTTP_1_1))
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS).setMaxHeaderListSize(MAX_HEADERS))
                .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
                .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setHttp2MaxSmallContinuationFrames(MAX_CONTINUATIONS)
                // whose part of each connection's pipeline would look at every message
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(4096);
        this.connections = new Connections(
                vertx,
                options,
                new Connections.Limits(settings.maxConnections(), settings.readTimeout(), settings.idleTimeout()),
                problem -> observer.refused("http", Ulid.fast().toString(), problem));
        this.bodies = new BodyReader(vertx, settings, connections, admission);
        this.refusals = new Refusals(vertx, connections, observer);
    }

    /** Takes nothing but TLS; before {@link #listen}. */
    public void secure(ServerTls by) {
        tls = by;
    }

    /** Refuses what a browser was made to send; before {@link #listen}. */
    public void guard(BrowserGuard guard) {
        browsers = guard;
    }

    /** Asks callers who they are; before {@link #listen}. */
    public void guard(CallerCheck check, Settings.Callers who) {
        gate = new Gate(vertx, check, who, refusals);
    }

    /** Serves a resource at a path, whatever the routes are; before {@link #listen}. */
    public void serve(String path, Access access, StaticResource resource) {
        resources.put(path, new Served(resource, access));
    }

    /**
     * Binds the port. Completes with the port, exceptionally when it is taken, or with a {@link TlsFilesException}. Blocks
     * while it reads the files of TLS.
     */
    public CompletionStage<Integer> listen() {
        if (tls != null) {
            try {
                tls.secure(options, true);
            } catch (TlsFilesException e) {
                return CompletableFuture.failedStage(e);
            }
        }
        // to Vert.x, each negative number is a free port that those share who name it
        int port = settings.port() == 0 ? -ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : settings.port();
        Future<HttpServer> all = listenOn(port);
        for (int i = 1; i < EVENT_LOOPS; i++) {
            all = all.compose(listening -> listenOn(port));
        }
        return all.map(HttpServer::actualPort).toCompletionStage();
    }

    /** On an event loop of its own; those on the same port share the connections. */
    private Future<HttpServer> listenOn(int port) {
        HttpServer created = new GuardedServer(
                vertx,
                options,
                new GuardedServer.Events(this::accepted, connections::connected, this::handle, this::handleInvalid));
        boolean first = servers.isEmpty();
        servers.add(created);
        if (tls != null && first) {
            // with its files, those of the others change
            tls.keepFresh(created);
        }
        Promise<HttpServer> listening = Promise.promise();
        ((VertxInternal) vertx).createEventLoopContext().runOnContext(v -> created.listen(port, settings.host())
                .onComplete(listening));
        return listening.future();
    }

    /** The port it listens on, or the configured one before it does. */
    public int port() {
        return servers.stream()
                .mapToInt(HttpServer::actualPort)
                .filter(port -> port > 0)
                .findFirst()
                .orElse(settings.port());
    }

    /** Sends all new requests to the routes behind {@code engine}; those before may be retired from then on. */
    public void activate(TandemHttpEngine engine) {
        active = engine;
    }

    /** Whether there are routes that take requests. */
    public boolean isActive() {
        return active != null;
    }

    /** Requests in processing now. */
    public int inFlight() {
        return admission.inWork();
    }

    /** Takes requests on, and has callers who keep their connections open their next ones elsewhere. */
    public void announceEnd() {
        ending = true;
        connections.announceEnd();
    }

    /**
     * Refuses new requests, and waits until those under way are answered.
     *
     * @return whether all were within {@code grace}
     */
    public boolean drain(Duration grace) throws InterruptedException {
        announceEnd();
        return admission.drain(grace);
    }

    /** Closes the port and all connections. */
    public void close() {
        bodies.close();
        connections.close();
        Future.join(servers.stream().map(HttpServer::close).toList())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private boolean accepted(Channel channel) {
        boolean accepted = connections.accepted(channel);
        if (!accepted) {
            refusals.turnAway(channel, tls != null);
        }
        return accepted;
    }

    private void handleInvalid(HttpServerRequest request) {
        connections.requested(request);
        refusals.refuseInvalid(request);
    }

    private void handle(HttpServerRequest request) {
        connections.requested(request);
        announceEnd(request);
        Problem foreign = browsers == null ? null : browsers.refusal(request);
        if (foreign != null) {
            refuse(request, foreign);
            return;
        }
        Gate guarded = gate;
        if (guarded == null || isPublic(request.path())) {
            handle(request, null);
        } else if (admission.isFull()) {
            // a refusal must cost less than finding out who asks
            refuseSaturated(request);
        } else {
            guarded.admit(request, caller -> handle(request, caller));
        }
    }

    private boolean isPublic(@Nullable String path) {
        Served served = path == null ? null : resources.get(path);
        return served != null && served.access() == Access.PUBLIC;
    }

    private boolean permits(HttpServerRequest request, Caller caller, Permission permission) {
        return gate == null || gate.permits(request, caller, permission);
    }

    /** @param caller null when nobody was asked */
    private void handle(HttpServerRequest request, @Nullable Caller caller) {
        String path = request.path();
        if (path == null || !path.startsWith("/")) {
            refuse(request, Problem.of(ProblemType.MALFORMED_REQUEST, "The request target must be a path."));
            return;
        }
        if (admission.isDraining()) {
            refuseDraining(request);
            return;
        }
        Served served = resources.get(path);
        if (served != null) {
            if (caller == null || served.access() != Access.READERS || permits(request, caller, Permission.READ)) {
                serve(request, served.resource());
            }
            return;
        }
        TandemHttpEngine current = enter();
        if (current == null) {
            request.response().putHeader("Retry-After", "1");
            refuse(request, Problem.of(ProblemType.NOT_READY, null));
        } else if (!dispatch(request, path, caller, current.table())) {
            current.use().leave();
        }
    }

    /** The routes for a new request, which must leave them again; null when there are none. */
    private @Nullable TandemHttpEngine enter() {
        TandemHttpEngine tried = null;
        while (true) {
            TandemHttpEngine current = active;
            if (current == null || current == tried) {
                return null;
            }
            if (current.use().enter()) {
                return current;
            }
            // others took its place between the look and the step
            tried = current;
        }
    }

    /** Returns whether the request was taken; its routes are left when it is done. */
    private boolean dispatch(HttpServerRequest request, String path, @Nullable Caller caller, RouteTable table) {
        RouteTable.Match match = table.find(request.method().name(), path);
        if (match == null) {
            refuse(request, Problem.of(ProblemType.NOT_FOUND, "Served here: " + table.served() + "."));
            return false;
        }
        HttpConsumer consumer = match.consumer();
        if (consumer == null) {
            String allowed = String.join(", ", match.allowed());
            request.response().putHeader("Allow", allowed);
            refuse(request, Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Allowed here: " + allowed + "."));
            return false;
        }
        if (admission.isFull()) {
            // before anything is looked at, or read: whoever is refused must cost next to nothing
            refuseSaturated(request);
            return false;
        }
        if (caller != null && !permits(request, caller, consumer.permission(request.method()))) {
            return false;
        }
        Problem problem = checkHead(request, consumer);
        if (problem != null) {
            refuse(request, problem);
            return false;
        }
        take(request, caller, consumer, match.pathParameters());
        return true;
    }

    private void take(
            HttpServerRequest request,
            @Nullable Caller caller,
            HttpConsumer consumer,
            Map<String, String> pathParameters) {
        Context context = vertx.getOrCreateContext();
        Cancellation abandoned = new Cancellation();
        request.response().closeHandler(closed -> {
            // a stream of HTTP/2 closes behind its answer, too
            if (!request.response().ended()) {
                abandoned.cancel();
            }
        });
        bodies.read(
                request,
                body -> {
                    HttpRequest head = new HttpRequest(
                            request.method().name(),
                            Objects.toString(request.path(), ""),
                            request.query(),
                            request.headers(),
                            caller,
                            System.nanoTime(),
                            abandoned);
                    Call call = new Call(request, context, head, body.length());
                    // only now: who sends slowly keeps nobody else from being served
                    if (!begin(request)) {
                        consumer.use().leave();
                        admission.letGo(body.length());
                        return;
                    }
                    if (consumer.isNonBlocking() && body.length() <= MAX_ON_EVENT_LOOP) {
                        process(consumer, call, body.getBytes(), pathParameters);
                        return;
                    }
                    try {
                        executor.execute(() -> process(consumer, call, body.getBytes(), pathParameters));
                    } catch (RejectedExecutionException e) {
                        consumer.use().leave();
                        admission.letGo(body.length());
                        admission.end();
                        refuseSaturated(request);
                    }
                },
                refused -> {
                    consumer.use().leave();
                    if (refused != null) {
                        refuse(request, refused);
                    }
                });
    }

    /** What is not in memory has to be read, or made, first: not on the event loop. */
    private void serve(HttpServerRequest request, StaticResource resource) {
        boolean get = request.method().equals(HttpMethod.GET);
        if (!get && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Allow", "GET, HEAD");
            refuse(request, Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Allowed here: GET, HEAD."));
            return;
        }
        if (!begin(request)) {
            return;
        }
        Context context = vertx.getOrCreateContext();
        try {
            executor.execute(() -> {
                Consumer<HttpServerResponse> answer = answer(request, resource, get);
                context.runOnContext(v -> {
                    admission.end();
                    HttpServerResponse out = request.response();
                    if (!out.closed() && !out.ended()) {
                        answer.accept(out);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            admission.end();
            refuseSaturated(request);
        }
    }

    private Consumer<HttpServerResponse> answer(HttpServerRequest request, StaticResource resource, boolean withBody) {
        try {
            StaticResource.Answer answer = resource.answer(request.headers(), request.query());
            int length = withBody ? answer.body().length() : 0;
            return out -> {
                admission.hold(length);
                refusals.answerWithoutBody(
                        request, () -> answer.writeTo(out, withBody).onComplete(written -> admission.letGo(length)));
            };
        } catch (ProblemException e) {
            return out -> {
                if (e.problem().status() == ProblemType.NOT_READY.status()) {
                    out.putHeader("Retry-After", "1");
                }
                refuse(request, e.problem());
            };
        } catch (RuntimeException | Error e) {
            LOG.error("{} could not be served", request.path(), e);
            return out -> refuse(request, Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log."));
        }
    }

    /** Counts a request in, or refuses it. */
    private boolean begin(HttpServerRequest request) {
        if (admission.begin()) {
            return true;
        }
        if (admission.isDraining()) {
            refuseDraining(request);
        } else {
            refuseSaturated(request);
        }
        return false;
    }

    private void refuseDraining(HttpServerRequest request) {
        request.response().putHeader("Retry-After", "5");
        Refusals.announceEnd(request);
        refuse(request, Problem.of(ProblemType.DRAINING, "Send the message again: another instance will take it."));
    }

    private void refuseSaturated(HttpServerRequest request) {
        request.response().putHeader("Retry-After", "1");
        refuse(request, Problem.of(ProblemType.SATURATED, "Send the message again after the time in Retry-After."));
    }

    /** One request on its way through the routes. */
    private record Call(HttpServerRequest request, Context context, HttpRequest head, int bodyLength) {}

    private static @Nullable Problem checkHead(HttpServerRequest request, HttpConsumer consumer) {
        MultiMap headers = request.headers();
        if (headers.getAll("Content-Encoding").stream().anyMatch(coding -> !coding.equalsIgnoreCase("identity"))) {
            return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body without Content-Encoding.");
        }
        List<String> contentTypes = headers.getAll("Content-Type");
        String contentType = contentTypes.isEmpty() ? null : contentTypes.get(0);
        if (contentTypes.size() > 1 || (contentType != null && !MediaTypes.isValid(contentType))) {
            return Problem.of(ProblemType.MALFORMED_REQUEST, "The Content-Type header is not a media type.");
        }
        String mediaType = ReplyBody.mediaType(contentType);
        if (mediaType.equals("application/x-java-serialized-object") || !consumer.accepts(mediaType)) {
            return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "This content type is not taken here.");
        }
        return consumer.canAnswer(headers.getAll("Accept"))
                ? null
                : Problem.of(ProblemType.NOT_ACCEPTABLE, "The answer is application/json.");
    }

    private void process(HttpConsumer consumer, Call call, byte[] body, Map<String, String> pathParameters) {
        try {
            Exchange exchange = consumer.exchange(call.head(), body, pathParameters);
            consumer.getAsyncProcessor().process(exchange, doneSync -> finish(consumer, call, exchange));
        } catch (Exception | Error e) {
            LOG.error("request could not be processed", e);
            consumer.use().leave();
            answer(call, Response.problem(Problem.of(ProblemType.INTERNAL_ERROR, null), reference(null)));
        }
    }

    private void finish(HttpConsumer consumer, Call call, Exchange exchange) {
        Response response;
        try {
            response = response(exchange);
        } catch (RuntimeException e) {
            LOG.error("reply could not be written", e);
            response = Response.problem(Problem.of(ProblemType.INTERNAL_ERROR, null), reference(null));
        } finally {
            consumer.done(exchange);
            consumer.use().leave();
        }
        answer(call, response);
    }

    private Response response(Exchange exchange) {
        Message message = exchange.getProperty(Message.PROPERTY, Message.class);
        Exception failure = exchange.getException();
        if (failure != null) {
            Problem problem;
            ProblemException known = exchange.getException(ProblemException.class);
            if (known != null) {
                problem = known.problem();
            } else if (exchange.getException(JournalException.class) != null) {
                LOG.debug("{}: the journal failed", reference(message), failure);
                problem = Problem.of(ProblemType.JOURNAL_UNAVAILABLE, "Try again later.");
            } else {
                LOG.error("{}: a route failed: {}", reference(message), failure.toString(), failure);
                problem = Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log.");
            }
            String reference = reference(message);
            if (message == null) {
                observer.refused("http", reference, problem);
            } else {
                observer.failed(message, problem, Duration.ofNanos(System.nanoTime() - message.startNanos()));
            }
            Response response = Response.problem(problem, reference);
            return comesRight(problem) ? response.withHeader("Retry-After", "5") : response;
        }
        org.apache.camel.Message out = exchange.getMessage();
        Integer status = out.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        byte[] body = out.getBody() == null ? new byte[0] : out.getBody(byte[].class);
        Map<String, String> headers = new HashMap<>();
        String contentType = out.getHeader(Exchange.CONTENT_TYPE, String.class);
        if (contentType != null) {
            headers.put("Content-Type", contentType);
        }
        out.getHeaders().forEach((name, value) -> {
            if (RESPONSE_HEADERS.contains(name.toLowerCase(Locale.ROOT)) && value != null) {
                headers.put(name, singleLine(value.toString()));
            }
        });
        return Response.of(status == null ? 200 : status, headers, body == null ? new byte[0] : body);
    }

    /** Whether the same request may well succeed later. */
    private static boolean comesRight(Problem problem) {
        return problem.status() == 503 || problem.type() == ProblemType.IN_FLIGHT;
    }

    /** A line break in a header value would let whoever made the value write headers of their own. */
    private static String singleLine(String value) {
        return value.replace('\r', ' ').replace('\n', ' ');
    }

    private void answer(Call call, Response response) {
        if (((ContextInternal) call.context()).inThread()) {
            write(call, response);
        } else {
            call.context().runOnContext(v -> write(call, response));
        }
    }

    private void write(Call call, Response response) {
        int length = response.body().length();
        admission.hold(length);
        admission.letGo(call.bodyLength());
        admission.writing();
        admission.end();
        HttpServerResponse out = call.request().response();
        if (out.closed() || out.ended()) {
            written(length);
        } else {
            response.writeHeadTo(out);
            announceEnd(call.request());
            out.end(response.body()).onComplete(written -> written(length));
        }
    }

    private void announceEnd(HttpServerRequest request) {
        if (ending) {
            Refusals.announceEnd(request);
        }
    }

    private void written(int length) {
        admission.letGo(length);
        admission.written();
    }

    private void refuse(HttpServerRequest request, Problem problem) {
        refusals.refuse(request, problem);
    }

    private static String reference(@Nullable Message message) {
        return message == null ? Ulid.fast().toString() : message.id();
    }
}
