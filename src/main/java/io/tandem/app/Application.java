package io.tandem.app;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.HashedWheelTimer;
import io.tandem.aggregation.CancelOthers;
import io.tandem.aggregation.CompletionPolicy;
import io.tandem.aggregation.MergeReplies;
import io.tandem.aggregation.Shapes;
import io.tandem.caller.CallerCheck;
import io.tandem.config.Fault;
import io.tandem.config.Reasons;
import io.tandem.config.Settings;
import io.tandem.entry.folder.FolderEntry;
import io.tandem.entry.http.AcceptMessage;
import io.tandem.entry.http.Content;
import io.tandem.entry.http.GuaranteedDeliveryPolicy;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.HttpReply;
import io.tandem.entry.http.ListMessages;
import io.tandem.entry.http.ReplayMessage;
import io.tandem.entry.http.ShowMessage;
import io.tandem.entry.http.StaticResource;
import io.tandem.entry.http.TandemHttpEngine;
import io.tandem.journal.Backlog;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.JournalException;
import io.tandem.journal.Journals;
import io.tandem.message.Deadline;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.oauth2.TokenStatus;
import io.tandem.observe.Health;
import io.tandem.observe.ManagementServer;
import io.tandem.observe.MessageWatch;
import io.tandem.observe.Meters;
import io.tandem.observe.TandemMeter;
import io.tandem.observe.TokenMeters;
import io.tandem.openapi.DocsPage;
import io.tandem.target.Authorizers;
import io.tandem.target.DeliveryPolicy;
import io.tandem.target.OAuth2Targets;
import io.tandem.target.ReadReply;
import io.tandem.target.TargetClient;
import io.tandem.transform.JsltLanguage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tandem, running. Holds what lives long (servers, threads, pools, tokens, meters) and the set of routes in use, which
 * can be replaced while messages flow. {@link #start} and {@link #close} are for one thread; the rest is thread-safe.
 */
public final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    private final Settings settings;
    private final Vertx vertx;
    private final ExecutorService executor;
    private final HashedWheelTimer timer;
    private final Health health = new Health();
    private final HttpEntry http;
    private final @Nullable CallerCheck callers;
    private final FolderEntry folder;
    private final ManagementServer management;
    private final Map<String, TargetClient> clients = new LinkedHashMap<>();
    private final Map<String, Object> beans = new HashMap<>();

    private final TokenSources tokens;
    private final Map<String, TokenSource> tokenSources;
    private final CompletionPolicy policy;
    private final GuaranteedDelivery delivery;

    private volatile @Nullable RouteSet routes;
    private int httpPort;
    private int managementPort;

    /** Prepares everything, and starts nothing. */
    public Application(Settings settings) {
        this.settings = settings;
        this.vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));
        // each message needs a thread for a moment, and each of its branches one for as long as its target takes
        int concurrency = settings.maxInFlight() * (1 + settings.targets().size());
        this.executor = TandemThreads.blocking("tandem", concurrency);
        this.timer = new HashedWheelTimer(
                task -> {
                    Thread thread = new Thread(task, "tandem-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                10,
                TimeUnit.MILLISECONDS);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Meters meters = new Meters(registry);
        MessageWatch watch = new MessageWatch(settings, meters);
        this.http = new HttpEntry(vertx, settings.http(), settings.maxInFlight(), executor, watch);
        this.management = new ManagementServer(vertx, settings.management(), health, registry, executor);
        TokenMeters tokenMeters = new TokenMeters(meters);
        this.tokens = new TokenSources(OAuth2Targets.policy(settings.tokens()), tokenMeters);
        this.policy = CompletionPolicy.parse(settings.completion());
        this.delivery = new GuaranteedDelivery(
                () -> Journals.open(settings.journal(), settings.targets(), settings.deadline(), Clock.systemUTC()),
                settings,
                this::send,
                executor);
        this.folder = new FolderEntry(settings.inbox(), settings.deadline(), delivery, watch, executor);
        this.callers = CallerCheck.of(settings.callers());
        if (callers != null) {
            http.guard(callers, settings.callers().keyHeader());
        }
        HttpEntry.Access docs = settings.callers().publicDocs() ? HttpEntry.Access.PUBLIC : HttpEntry.Access.CALLERS;
        http.serve("/openapi.json", docs, StaticResource.of("application/json", Map.of(), this::apiDocument));
        DocsPage.serve(http, docs);
        health.addReadiness(this::routesRunning);
        health.addReadiness(this::policyCanBeMet);
        health.addReadiness(this::journalWritable);
        if (settings.inbox().enabled()) {
            health.addReadiness(this::filesTaken);
        }

        beans.put(
                "acceptMessage",
                new AcceptMessage(
                        settings.http().forwardHeaders(),
                        settings.deadline(),
                        watch,
                        exchangesCallersTokens(settings)));
        beans.put("guaranteedDelivery", new GuaranteedDeliveryPolicy(delivery, settings.journal(), executor));
        beans.put("showMessage", new ShowMessage(delivery));
        beans.put("listMessages", new ListMessages(delivery, settings.targets().keySet()));
        beans.put("replayMessage", new ReplayMessage(delivery));
        beans.put("httpReply", new HttpReply(watch));
        beans.put("mergeReplies", new MergeReplies(policy, Shapes.of(settings.shape(), settings.compareIgnore())));
        beans.put("branches", executor);
        beans.put("jslt", new JsltLanguage());
        beans.putAll(folder.beans());
        meters.gauge(
                TandemMeter.JOURNAL_QUEUED,
                () -> delivery.journal().statistics().queued());
        meters.counter(
                TandemMeter.JOURNAL_COMMITS,
                () -> delivery.journal().statistics().commits());
        meters.counter(
                TandemMeter.JOURNAL_WRITES,
                () -> delivery.journal().statistics().operations());
        meters.counter(
                TandemMeter.JOURNAL_COMMIT_TIME,
                () -> delivery.journal().statistics().took().toNanos() / 1e9);
        boolean firstIsEnough =
                settings.completion().equals("first") || settings.shape().equals("first");
        MessageObserver deliveries = firstIsEnough ? new CancelOthers(watch) : watch;
        Authorizers authorizers = new Authorizers(tokens, OAuth2Targets.store(settings.tokens()));
        settings.targets().forEach((name, target) -> {
            TargetClient client = new TargetClient(target);
            clients.put(name, client);
            meters.gauge(TandemMeter.CONNECTIONS, client::leased, name, "leased");
            meters.gauge(TandemMeter.CONNECTIONS, client::pending, name, "pending");
            meters.gauge(TandemMeter.JOURNAL_DELIVERIES, () -> backlog(name).pending(), name, "pending");
            meters.gauge(TandemMeter.JOURNAL_DELIVERIES, () -> backlog(name).dead(), name, "dead");
            meters.gauge(
                    TandemMeter.JOURNAL_OLDEST, () -> secondsSince(backlog(name).oldest()), name);
            beans.put("client-of-" + name, client);
            beans.put("reply-of-" + name, new ReadReply(target, client));
            beans.put(
                    "deliver-to-" + name,
                    new DeliveryPolicy(target, client, authorizers.create(target), deliveries, executor, timer));
        });
        this.tokenSources = authorizers.sources();
        tokenSources.values().forEach(tokenMeters::watch);
    }

    /**
     * Binds the ports and starts the routes.
     *
     * @throws StartException with a reason for people, when a port is taken or the routes are wrong
     */
    @SuppressWarnings("IllegalCatch") // whatever failed, what was started is stopped
    public void start() throws StartException {
        try {
            CompletionStage<Integer> httpBound = http.listen();
            CompletionStage<Integer> managementBound = management.listen();
            // before the routes start: what they take may have to be written down
            delivery.open();
            // before the routes start: with a port missing, not a single file may be taken
            httpPort = bound(httpBound, settings.http().host(), settings.http().port(), "tandem.http.port");
            managementPort = bound(
                    managementBound,
                    settings.management().host(),
                    settings.management().port(),
                    "tandem.management.port");
            TandemHttpEngine engine = new TandemHttpEngine(http);
            RouteSet started = startRoutes(engine);
            routes = started;
            http.activate(engine);
            if (started.takesRedeliveries()) {
                delivery.start();
            } else {
                LOG.warn(
                        "no route takes messages from direct:redeliver: what is not delivered at once waits in the journal");
            }
        } catch (JournalException e) {
            close();
            throw StartException.journal(e);
        } catch (StartException | RuntimeException | Error e) {
            close();
            throw e;
        }
        // so that the first message need not wait; a failure is logged and retried where it happens
        tokenSources.values().forEach(TokenSource::token);
        vertx.setPeriodic(10_000, id -> executor.execute(() -> clients.values().forEach(TargetClient::evictIdle)));
    }

    private RouteSet startRoutes(TandemHttpEngine engine) throws StartException {
        try {
            return RouteSet.start(settings, beans, engine);
        } catch (Exception e) {
            throw startFailure(e);
        }
    }

    private StartException startFailure(Exception thrown) {
        try {
            return StartException.routes(
                    routeFaults(RouteFiles.read(settings.routes())).of(thrown, null), thrown);
        } catch (IOException e) {
            return StartException.routes(
                    new Fault(RouteFaults.shown(settings.routes()), "", "the folder can't be read: " + Reasons.of(e)),
                    thrown);
        }
    }

    /** Explains what is wrong with the routes in {@code files}. */
    RouteFaults routeFaults(RouteFiles files) {
        return new RouteFaults(settings, files, beans.keySet());
    }

    /**
     * Builds the routes of some files without starting anything.
     *
     * @param files a file, or a pattern of files
     * @return how many routes there are
     * @throws Exception whatever Camel finds wrong with the routes
     */
    int buildRoutes(String files) throws Exception {
        return RouteSet.build(settings, files, beans, new TandemHttpEngine(http));
    }

    private static int bound(CompletionStage<Integer> listening, String host, int port, String key)
            throws StartException {
        try {
            return listening.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw StartException.port(host, port, key, e);
        }
    }

    /** The port of the HTTP entry, once started. */
    public int httpPort() {
        return httpPort;
    }

    /** The management port, once started. */
    public int managementPort() {
        return managementPort;
    }

    /** Refuses new messages, finishes those under way within the drain time, and stops everything. */
    @Override
    public void close() {
        Deadline deadline = Deadline.in(settings.http().drainTimeout());
        folder.drain();
        try {
            if (!http.drain(settings.http().drainTimeout())) {
                LOG.warn(
                        "{} messages were not finished within tandem.http.drain-timeout={}",
                        http.inFlight(),
                        settings.http().drainTimeout());
            }
            delivery.drain(Duration.ofNanos(Math.max(1, deadline.remainingNanos())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        RouteSet current = routes;
        if (current != null) {
            current.close(Duration.ofNanos(deadline.remainingNanos()));
        }
        http.close();
        if (callers != null) {
            callers.close();
        }
        folder.close();
        delivery.close();
        management.close();
        clients.values().forEach(TargetClient::close);
        tokens.close();
        timer.stop();
        executor.shutdown();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Content apiDocument() {
        RouteSet current = routes;
        if (current == null) {
            throw new ProblemException(Problem.of(ProblemType.NOT_READY, null));
        }
        return current.apiDocument().content();
    }

    private CompletionStage<MergedReply> send(Message message, byte[] body, @Nullable String contentType) {
        RouteSet current = routes;
        return current == null
                ? CompletableFuture.failedStage(new IllegalStateException("the routes are not running"))
                : current.send(message, body, contentType);
    }

    /** Not ready only when no message can do without it; a detail otherwise. */
    private List<Health.Check> journalWritable() {
        String reason = delivery.unavailable();
        boolean needed = settings.journal().sync() || settings.journal().afterReply();
        return List.of(new Health.Check(
                "journal", reason == null || !needed, reason == null ? Map.of() : Map.of("reason", reason)));
    }

    /** A detail: callers over HTTP do without the folder. */
    private List<Health.Check> filesTaken() {
        String reason = folder.unavailable();
        return List.of(new Health.Check("inbox", true, reason == null ? Map.of() : Map.of("reason", reason)));
    }

    private Backlog backlog(String target) {
        return delivery.journal().backlog(target);
    }

    private static Number secondsSince(@Nullable Instant time) {
        return time == null
                ? 0
                : Math.max(0, Duration.between(time, Instant.now()).toMillis() / 1000.0);
    }

    private List<Health.Check> routesRunning() {
        RouteSet current = routes;
        boolean running = current != null && current.context().isStarted();
        return List.of(new Health.Check("routes", running, Map.of()));
    }

    /** Ready means that a message that comes now can be a success, not that every target is up. */
    private List<Health.Check> policyCanBeMet() {
        Map<String, String> lacking = new TreeMap<>();
        tokenSources.forEach((target, source) -> {
            TokenStatus status = source.status();
            TokenFailure failure = status.lastFailure();
            if (status.unavailable() && failure != null) {
                lacking.put(target, failure.diagnosis());
            }
        });
        Set<String> all = settings.targets().keySet();
        Set<String> available = new TreeSet<>(all);
        available.removeAll(lacking.keySet());
        return List.of(new Health.Check("tokens", policy.canBeMet(available, all), lacking));
    }

    private static boolean exchangesCallersTokens(Settings settings) {
        return settings.targets().values().stream()
                .anyMatch(target -> target.auth() instanceof Settings.Auth.OAuth2 oauth2
                        && oauth2.oauth().exchange() != null);
    }
}
