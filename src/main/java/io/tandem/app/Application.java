package io.tandem.app;

import io.netty.util.HashedWheelTimer;
import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.caller.CallerCheck;
import io.tandem.config.ConfigurationException;
import io.tandem.config.Fault;
import io.tandem.config.LiveConfiguration;
import io.tandem.config.Place;
import io.tandem.config.Settings;
import io.tandem.entry.folder.FolderEntry;
import io.tandem.entry.http.Content;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.StaticResource;
import io.tandem.entry.kafka.KafkaEntry;
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
import io.tandem.oauth2.RefreshTokenStore;
import io.tandem.oauth2.TokenFailure;
import io.tandem.oauth2.TokenSource;
import io.tandem.oauth2.TokenSources;
import io.tandem.oauth2.TokenStatus;
import io.tandem.observe.Health;
import io.tandem.observe.LogLevels;
import io.tandem.observe.ManagementServer;
import io.tandem.observe.MessageWatch;
import io.tandem.observe.Meters;
import io.tandem.observe.Registries;
import io.tandem.observe.TandemMeter;
import io.tandem.observe.TokenMeters;
import io.tandem.observe.Tracing;
import io.tandem.openapi.DocsPage;
import io.tandem.server.BrowserGuard;
import io.tandem.server.ServerTls;
import io.tandem.server.TlsFilesException;
import io.tandem.status.LatestMessages;
import io.tandem.status.Samples;
import io.tandem.status.StatusPage;
import io.tandem.target.OAuth2Targets;
import io.tandem.target.ReplyMemory;
import io.tandem.target.TargetClient;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToStartRouteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tandem, running. Holds what lives long (servers, threads, pools, tokens, meters) and the set of routes in use, which
 * can be replaced while messages flow. {@link #start} and {@link #close} are for one thread; the rest is thread-safe.
 */
public final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    /** Of the heap: what replies may take while they are read. */
    private static final int PART_FOR_REPLIES = 4;

    private static final Duration IDLE_CHECKED = Duration.ofSeconds(10);

    /** For the tokens of targets that were edited, before messages are sent by them. */
    private static final Duration TOKEN_PATIENCE = Duration.ofSeconds(1);

    private final @Nullable LiveConfiguration configuration;
    private final Settings started;
    private final Vertx vertx;
    private final ExecutorService executor;
    private final ExecutorService merging;
    private final ReplyMemory replies = new ReplyMemory(Runtime.getRuntime().maxMemory() / PART_FOR_REPLIES);
    private final HashedWheelTimer timer;
    private final Health health = new Health();
    private final Tracing tracing;
    private final Registries registries;
    private final MessageWatch watch;
    private final @Nullable ServerTls tls;
    private final HttpEntry http;
    private final @Nullable CallerCheck callers;
    private final FolderEntry folder;
    private final @Nullable KafkaEntry kafka;
    private final ManagementServer management;
    private final TokenSources tokens;
    private final RefreshTokenStore logins;
    private final TokenMeters tokenMeters;
    private final TargetMeters targetMeters;
    private final Generation.Services services;
    private final Reloads reloads;
    private final RetiredRoutes retired = new RetiredRoutes();
    private final LongAdder redelivered = new LongAdder();
    private final @Nullable Samples samples;
    private @Nullable Reloader reloader;

    /** By which configuration messages are taken. */
    private volatile Generation generation;

    private volatile @Nullable RouteSet routes;
    private boolean redelivering;
    private volatile boolean ending;
    private int httpPort;
    private int managementPort;

    /** Prepares everything, and starts nothing; settings stay as they are while it runs. */
    public Application(Settings settings) {
        this(settings, null);
    }

    /** Prepares everything, and starts nothing; settings that are edited take effect while it runs. */
    public Application(LiveConfiguration configuration) {
        this(configuration.settings(), configuration);
    }

    private Application(Settings settings, @Nullable LiveConfiguration configuration) {
        this.configuration = configuration;
        this.started = settings;
        this.vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));
        this.executor = TandemThreads.blocking("tandem", concurrency(settings));
        this.merging = TandemThreads.blocking("tandem-merge", settings.maxInFlight());
        this.timer = new HashedWheelTimer(
                task -> {
                    Thread thread = new Thread(task, "tandem-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                10,
                TimeUnit.MILLISECONDS);
        this.tracing = new Tracing(settings.telemetry());
        this.registries = new Registries(settings.telemetry(), tracing);
        Meters meters = new Meters(registries.all());
        this.reloads = new Reloads(meters, Instant.now());
        this.watch = new MessageWatch(settings.accessLog(), meters, tracing);
        LatestMessages latest = settings.statusPage() ? new LatestMessages(watch, Clock.systemUTC()) : null;
        MessageObserver observer = latest == null ? watch : latest;
        this.http = new HttpEntry(vertx, settings.http(), settings.maxInFlight(), Branches.spare(executor), observer);
        LogLevels levels = new LogLevels(() -> targets().parts().keySet());
        ManagementServer.Views views = new ManagementServer.Views(health, registries.prometheus(), levels);
        this.management = new ManagementServer(vertx, settings.management(), views, executor);
        this.tls = tls(settings);
        guardFromBrowsers(settings);
        this.tokenMeters = new TokenMeters(meters, tracing);
        this.tokens = new TokenSources(OAuth2Targets.policy(settings.tokens()), tokenMeters);
        this.logins = OAuth2Targets.store(settings.tokens());
        GuaranteedDelivery delivery = new GuaranteedDelivery(
                idempotent -> Journals.open(settings.journal(), idempotent, settings.deadline(), Clock.systemUTC()),
                settings,
                this::send,
                executor);
        this.folder = new FolderEntry(settings.inbox(), delivery, observer, executor);
        this.kafka = kafka(settings, observer, meters);
        this.callers = CallerCheck.of(settings.callers());
        if (callers != null) {
            http.guard(callers, settings.callers());
        }
        HttpEntry.Access docs = settings.callers().publicDocs() ? HttpEntry.Access.PUBLIC : HttpEntry.Access.CALLERS;
        http.serve("/openapi.json", docs, StaticResource.of("application/json", Map.of(), this::apiDocument));
        DocsPage.serve(http, docs);
        health.addReadiness(this::routesRunning);
        health.addReadiness(this::notEnding);
        health.addReadiness(this::lastEdit);
        health.addReadiness(this::policyCanBeMet);
        health.addReadiness(this::journalWritable);
        health.addReadiness(this::filesTaken);
        if (kafka != null) {
            health.addReadiness(() -> KafkaParts.check(kafka));
        }
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
        meters.gauge(TandemMeter.INBOX_FILES, folder::waiting, "waiting");
        meters.gauge(TandemMeter.INBOX_FILES, folder::taken, "taken");
        Disks.of(settings).forEach((place, at) -> {
            meters.gauge(TandemMeter.DISK, () -> Disks.free(at), place, "free");
            meters.gauge(TandemMeter.DISK, () -> Disks.total(at), place, "total");
        });
        this.targetMeters =
                new TargetMeters(meters, watch, target -> delivery.journal().backlog(target));
        RouteMeters routeMeters = settings.telemetry().routeMetrics() ? new RouteMeters(registries.all()) : null;
        this.services = new Generation.Services(
                folder,
                kafka == null ? null : kafka.intake(),
                new Generation.Watch(observer, routeMeters),
                new Generation.Threads(executor, merging),
                timer);
        Targets targets = Targets.none().with(settings.targets(), tokens, logins, this::client);
        this.generation = new Generation(settings, targets, delivery, services);
        targetMeters.add(targets);
        tokenMeters.watch(targets.tokens().values());
        this.samples =
                latest == null ? null : new Samples(registries.prometheus(), Clock.systemUTC(), redelivered::sum);
        if (samples != null && latest != null) {
            StatusReport report = new StatusReport(
                    new StatusReport.Sources(health, watch, samples, folder, kafka, reloads, () -> routes),
                    Clock.systemUTC());
            StatusPage.serve(http, new StatusPage.Sources(() -> report.now(generation), samples, latest));
        }
    }

    private TargetClient client(Settings.Target target) {
        return TargetClient.of(target, vertx, executor, replies);
    }

    private @Nullable KafkaEntry kafka(Settings settings, MessageObserver observer, Meters meters) {
        Settings.Kafka wanted = settings.kafka();
        if (wanted == null) {
            return null;
        }
        KafkaEntry created = KafkaParts.entry(
                wanted,
                tokens,
                tokenMeters,
                logins,
                new KafkaEntry.Services(
                        () -> generation.delivery(),
                        () -> generation.settings().deadline(),
                        settings.http().forwardHeaders(),
                        observer,
                        executor));
        watch.expect("kafka");
        KafkaParts.measure(created, wanted, meters);
        return created;
    }

    private @Nullable ServerTls tls(Settings settings) {
        Settings.Tls files = settings.http().tls();
        if (files == null) {
            return null;
        }
        ServerTls made = new ServerTls(vertx, files, settings.http().readTimeout());
        http.secure(made);
        if (settings.management().tls()) {
            management.secure(made);
        }
        return made;
    }

    /** Where nobody is asked, or browsers show by themselves who they are, pages of others could speak for their readers. */
    private void guardFromBrowsers(Settings settings) {
        boolean anonymous = settings.callers().anonymous();
        if (anonymous || settings.callers().ambient()) {
            http.guard(new BrowserGuard(
                    settings.http().origins(), anonymous && settings.http().isLocal()));
        }
        if (settings.management().isLocal()) {
            management.guard(new BrowserGuard(settings.http().origins(), true));
        }
    }

    /** Each message needs a thread for a moment, and each of its branches one for as long as its target takes. */
    private static int concurrency(Settings settings) {
        return settings.maxInFlight() * (1 + settings.targets().size());
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
            generation.delivery().open();
            // before the routes start: with a port missing, not a single file may be taken
            httpPort = bound(httpBound, started.http().host(), started.http().port(), "tandem.http.port");
            managementPort = bound(
                    managementBound,
                    started.management().host(),
                    started.management().port(),
                    "tandem.management.port");
            if (tls != null) {
                tls.renew(executor);
            }
            // before they are read: what is edited from now on is noticed
            WatchedFiles files = new WatchedFiles(this::files, Reloader.QUIET, System::nanoTime);
            RouteSet first = loader(generation).start();
            routes = first;
            takeIn(first, generation);
            http.activate(first.engine());
            if (!redeliver(first, generation)) {
                LOG.warn(
                        "no route takes messages from direct:redeliver: what is not delivered at once waits in the journal");
            }
            if (kafka != null) {
                kafka.start();
            }
            if (started.reload()) {
                Reloader created = new Reloader(files, this::reload, reloads, Clock.systemUTC());
                reloader = created;
                created.start();
            }
        } catch (FaultsException e) {
            close();
            throw StartException.routes(e);
        } catch (JournalException e) {
            close();
            throw StartException.journal(e);
        } catch (StartException | RuntimeException | Error e) {
            close();
            throw e;
        }
        // so that the first message need not wait; a failure is logged and retried where it happens
        generation.targets().tokens().values().forEach(TokenSource::token);
        if (samples != null) {
            samples.sample();
            every(Samples.INTERVAL, samples::sample);
        }
        every(IDLE_CHECKED, () -> generation.targets().evictIdle());
    }

    private void every(Duration interval, Runnable task) {
        vertx.setPeriodic(interval.toMillis(), id -> {
            if (!ending) {
                executor.execute(task);
            }
        });
    }

    /** What Tandem runs by. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>(configuration == null ? List.of() : configuration.files());
        try {
            files.addAll(RouteFiles.list(started.routes()));
        } catch (IOException e) {
            // a folder that is gone has no files; why, is told when it is loaded
            LOG.debug("{} can't be read", started.routes(), e);
        }
        return files;
    }

    /** Makes sets of routes by the configuration in force. */
    RouteLoader loader() {
        return loader(generation);
    }

    private RouteLoader loader(Generation by) {
        return new RouteLoader(by.settings(), by.beans(), http);
    }

    private void takeIn(RouteSet set, Generation by) throws FaultsException {
        try {
            set.takeIn();
        } catch (FailedToStartRouteException e) {
            throw loader(by).explain(e);
        }
    }

    /** What is wrong with the files of TLS, or null. */
    @Nullable
    Fault tlsFault() {
        try {
            if (tls != null) {
                tls.check();
            }
            return null;
        } catch (TlsFilesException e) {
            return Fault.error(Place.of("configuration"), e.key(), String.valueOf(e.getMessage()));
        }
    }

    /** Returns whether what is left undelivered is delivered by these routes. */
    private boolean redeliver(RouteSet set, Generation by) {
        boolean redelivers = set.takesRedeliveries();
        if (redelivers && !redelivering) {
            redelivering = true;
            by.delivery().start();
        }
        return redelivers;
    }

    /** Starts what the files say beside what runs, and puts it in its place; whatever is wrong with it, what runs goes on. */
    boolean reload(SortedSet<Path> changed, BooleanSupplier stale) throws FaultsException {
        RouteSet before = Objects.requireNonNull(routes);
        Generation current = generation;
        LiveConfiguration.Edited edited = edited();
        Generation nextGeneration = next(current, edited.settings());
        boolean used = false;
        try {
            RouteSet next = loader(nextGeneration).start();
            try {
                List<Fault> losses = Losses.of(before, next, started.routes(), changed);
                if (!losses.isEmpty()) {
                    throw new FaultsException(losses);
                }
                awaitTokens(nextGeneration);
                if (stale.getAsBoolean()) {
                    return false;
                }
                replace(before, next, nextGeneration);
                used = true;
            } finally {
                if (!used) {
                    next.close(RouteLoader.UNUSED);
                }
            }
        } finally {
            if (!used) {
                nextGeneration.targets().closeExcept(current.targets());
            }
        }
        reloads.waitForStart(edited.atNextStart());
        return true;
    }

    private LiveConfiguration.Edited edited() throws FaultsException {
        if (configuration == null) {
            return new LiveConfiguration.Edited(started, List.of());
        }
        try {
            return configuration.reload();
        } catch (ConfigurationException e) {
            throw new FaultsException(e.faults(), e);
        }
    }

    private Generation next(Generation current, Settings settings) {
        if (settings.equals(current.settings())) {
            return current;
        }
        Targets targets = current.targets().with(settings.targets(), tokens, logins, this::client);
        return new Generation(settings, targets, current.delivery().with(settings), services);
    }

    /** No message is to wait for a token because somebody has edited a target; without one, things are as at a start. */
    private void awaitTokens(Generation by) {
        CompletableFuture<?>[] tokensOfTargets = by.targets().tokens().values().stream()
                .filter(source -> source.current() == null)
                .map(source -> source.token().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(tokensOfTargets)
                .completeOnTimeout(null, TOKEN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> null)
                .join();
    }

    private void replace(RouteSet before, RouteSet next, Generation by) throws FaultsException {
        Generation old = generation;
        // never both: what one of them takes in is the other's no more
        before.holdIntake();
        try {
            takeIn(next, by);
        } catch (FaultsException e) {
            takeIn(before, old);
            throw e;
        }
        if (by != old) {
            TandemThreads.resize(executor, concurrency(by.settings()));
            TandemThreads.resize(merging, by.settings().maxInFlight());
            targetMeters.add(by.targets());
            tokenMeters.watch(by.targets().tokens().values());
        }
        generation = by;
        routes = next;
        http.activate(next.engine());
        if (by != old) {
            by.delivery().takeOver();
        }
        redeliver(next, by);
        Duration patience = old.settings().deadline().plus(started.http().readTimeout());
        retired.close(before, patience, () -> {
            if (by != old) {
                old.targets().closeExcept(by.targets());
                targetMeters.forgetOthers();
            }
        });
    }

    private static int bound(CompletionStage<Integer> listening, String host, int port, String key)
            throws StartException {
        try {
            return listening.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw StartException.port(host, port, key, e);
        }
    }

    /** What came of the edits that were saved since the start. */
    public Reloads reloads() {
        return reloads;
    }

    /** Those that messages are sent to. */
    Targets targets() {
        return generation.targets();
    }

    /** Of the routes that run. */
    CamelContext context() {
        return Objects.requireNonNull(routes).context();
    }

    /** The port of the HTTP entry, once started. */
    public int httpPort() {
        return httpPort;
    }

    /** The management port, once started. */
    public int managementPort() {
        return managementPort;
    }

    /**
     * Is ready no more, and takes messages for the drain delay; then refuses new ones, finishes those under way within the
     * drain time, and stops everything.
     */
    @Override
    public void close() {
        Reloader current = reloader;
        if (current != null) {
            current.close();
        }
        ending = true;
        Deadline deadline =
                Deadline.in(started.http().drainDelay().plus(started.http().drainTimeout()));
        folder.drain();
        if (kafka != null) {
            kafka.drain();
        }
        RouteSet running = routes;
        if (running != null) {
            // what is left in folders, queues and elections is for the other instances
            running.holdIntake();
        }
        try {
            awaitNoMoreSenders();
            if (!http.drain(started.http().drainTimeout())) {
                LOG.warn(
                        "{} messages were not finished within tandem.http.drain-timeout={}",
                        http.inFlight(),
                        started.http().drainTimeout());
            }
            generation.delivery().drain(Duration.ofNanos(Math.max(1, deadline.remainingNanos())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (kafka != null) {
            kafka.close();
        }
        if (running != null) {
            running.close(Duration.ofNanos(deadline.remainingNanos()));
        }
        retired.closeAll(Duration.ofNanos(deadline.remainingNanos()));
        if (tls != null) {
            tls.close();
        }
        http.close();
        if (callers != null) {
            callers.close();
        }
        folder.close();
        generation.delivery().close();
        management.close();
        generation.targets().closeExcept(Targets.none());
        tokens.close();
        timer.stop();
        executor.shutdown();
        merging.shutdownNow();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        tracing.close();
        registries.close();
    }

    /** Whoever spreads messages over several instances finds out that this one is not ready. */
    private void awaitNoMoreSenders() throws InterruptedException {
        Duration delay = started.http().drainDelay();
        if (routes != null && !delay.isZero()) {
            LOG.info("Ready no more; takes messages for another {} s", delay.toSeconds());
            http.announceEnd();
            Thread.sleep(delay.toMillis());
        }
    }

    private Content apiDocument() {
        RouteSet current = routes;
        if (current == null) {
            throw new ProblemException(Problem.of(ProblemType.NOT_READY, null));
        }
        return current.apiDocument().content();
    }

    /** For what goes on in the background, be it at once or after a while. */
    private CompletionStage<MergedReply> send(Message message, byte[] body, @Nullable String contentType) {
        if (!message.entry().equals("kafka")) {
            redelivered.increment();
        }
        Message resumed = watch.resumed(message);
        return routed(resumed, body, contentType)
                .whenComplete((reply, failure) -> watch.wentOn(message, resumed, reply));
    }

    private CompletionStage<MergedReply> routed(Message message, byte[] body, @Nullable String contentType) {
        RouteSet tried = null;
        while (true) {
            RouteSet current = routes;
            if (current == null || current == tried) {
                return CompletableFuture.failedStage(new IllegalStateException("the routes are not running"));
            }
            CompletionStage<MergedReply> sent = current.send(message, body, contentType);
            if (sent != null) {
                return sent;
            }
            // others took its place between the look and the step
            tried = current;
        }
    }

    /** Not ready only when no message can do without it; a detail otherwise. */
    private List<Health.Check> journalWritable() {
        Generation current = generation;
        String reason = current.delivery().unavailable();
        Settings.Journal journal = current.settings().journal();
        boolean needed = journal.sync() || journal.afterReply();
        Map<String, String> data = new TreeMap<>();
        if (reason != null) {
            data.put("reason", reason);
        }
        current.delivery()
                .removedTargets()
                .forEach((target, waiting) -> data.put(
                        "target " + target, waiting + " deliveries wait for it, and it is not configured any more"));
        return List.of(new Health.Check("journal", reason == null || !needed, data));
    }

    /** A detail: callers over HTTP do without the folder. */
    private List<Health.Check> filesTaken() {
        if (!generation.settings().inbox().enabled()) {
            return List.of();
        }
        String reason = folder.unavailable();
        return List.of(new Health.Check("inbox", true, reason == null ? Map.of() : Map.of("reason", reason)));
    }

    private List<Health.Check> routesRunning() {
        RouteSet current = routes;
        boolean running = current != null && current.context().isStarted() && http.isActive();
        return List.of(new Health.Check("routes", running, Map.of()));
    }

    private List<Health.Check> notEnding() {
        return List.of(
                new Health.Check("shutdown", !ending, ending ? Map.of("reason", "Tandem was told to stop") : Map.of()));
    }

    /** A detail: what ran before goes on. */
    private List<Health.Check> lastEdit() {
        Map<String, String> data = new TreeMap<>();
        data.put("running-since", reloads.runningSince().toString());
        Reloads.Attempt refusal = reloads.refusal();
        if (refusal != null) {
            data.put("refused-at", refusal.at().toString());
            number(data, "fault", refusal.faults());
        }
        number(data, "at-next-start", reloads.atNextStart());
        return List.of(new Health.Check("reload", true, data));
    }

    private static void number(Map<String, String> data, String name, List<Fault> faults) {
        for (int i = 0; i < faults.size(); i++) {
            data.put(name + "-" + (i + 1), faults.get(i).line());
        }
    }

    /** Ready means that a message that comes now can be a success, not that every target is up. */
    private List<Health.Check> policyCanBeMet() {
        Map<String, String> lacking = new TreeMap<>();
        Generation current = generation;
        current.targets().tokens().forEach((target, source) -> {
            TokenStatus status = source.status();
            TokenFailure failure = status.lastFailure();
            if (status.unavailable() && failure != null) {
                lacking.put(target, failure.diagnosis());
            }
        });
        Map<String, String> suspended = new TreeMap<>();
        current.targets().parts().forEach((target, part) -> {
            if (part.guard().isSuspended()) {
                suspended.put(target, "its circuit breaker is open: it has failed too often of late");
            }
        });
        Set<String> all = current.settings().targets().keySet();
        Set<String> available = new TreeSet<>(all);
        available.removeAll(lacking.keySet());
        boolean withTokens = current.policy().canBeMet(available, all);
        available.removeAll(suspended.keySet());
        return List.of(
                new Health.Check("tokens", withTokens, lacking),
                new Health.Check("breakers", !withTokens || current.policy().canBeMet(available, all), suspended));
    }
}
