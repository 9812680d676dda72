package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.entry.http.TandemHttpEngine;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.openapi.AnswerForm;
import io.tandem.openapi.ApiDocument;
import io.tandem.target.NonBlockingComponent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/**
 * One set of routes, running: a CamelContext of its own, built from the files in the routes folder. Knows how to start
 * and stop, and nothing of the sets before or after it, so that a new one can be started beside the one in use. Thread-safe, but
 * for {@link #takeIn}, {@link #holdIntake} and {@link #close}.
 */
final class RouteSet {
    /** From where a route takes what the journal brings back. */
    private static final String REDELIVERY = "direct://redeliver";

    /** From where a route takes what came from Kafka, and is in the journal. */
    private static final String RECORDS = "direct://receive-kafka";

    private final Main main;
    private final Intake intake;
    private final AsyncProducer redelivery;
    private final AsyncProducer records;
    private final TandemHttpEngine engine;
    private final ApiDocument apiDocument;

    private RouteSet(Main main, Intake intake, TandemHttpEngine engine, ApiDocument apiDocument) throws Exception {
        this.main = main;
        this.intake = intake;
        this.redelivery = producer(REDELIVERY);
        this.records = takes(RECORDS) ? producer(RECORDS) : redelivery;
        this.engine = engine;
        this.apiDocument = apiDocument;
    }

    private AsyncProducer producer(String uri) throws Exception {
        AsyncProducer producer = main.getCamelContext().getEndpoint(uri).createAsyncProducer();
        producer.start();
        return producer;
    }

    /**
     * Builds and starts the routes. They work when something is sent to them; by themselves they take nothing in before
     * {@link #takeIn}.
     *
     * @param beans what the routes may refer to, by name
     * @param engine what routes that listen on HTTP are registered with
     * @throws Exception whatever Camel finds wrong with the routes
     */
    static RouteSet start(Settings settings, RouteFiles files, Map<String, Object> beans, TandemHttpEngine engine)
            throws Exception {
        Main main = prepare(settings, files, beans, engine);
        Intake intake = new Intake();
        main.bind("intake", intake);
        ScatterGathers scatterGathers = start(main);
        NonBlockingRoutes nonBlocking = NonBlockingRoutes.of(settings, main.getCamelContext());
        engine.stayOnEventLoop(nonBlocking::beginWith);
        return new RouteSet(
                main,
                intake,
                engine,
                new ApiDocument(
                        main.getCamelContext(),
                        scatterGathers.ownStrategy() ? AnswerForm.OWN : AnswerForm.of(settings.shape()),
                        settings.http().forwardHeaders(),
                        settings.callers(),
                        settings.statusPage()));
    }

    /**
     * Builds routes as {@link #start} would, with all that they refer to, lets none of them take anything in, and drops
     * them again.
     *
     * @return how many routes there are, those aside that Camel makes of Kamelets
     * @throws Exception whatever Camel finds wrong with the routes
     */
    static int build(Settings settings, RouteFiles files, Map<String, Object> beans, TandemHttpEngine engine)
            throws Exception {
        Main main = prepare(settings, files, beans, engine);
        // these win over camel.main.* among the settings
        main.addOverrideProperty("camel.main.autoStartup", "false");
        main.addOverrideProperty("camel.main.sourceLocationEnabled", "true");
        start(main);
        try {
            return (int) main.getCamelContext().getRoutes().stream()
                    .filter(route -> !route.isCreatedByKamelet())
                    .count();
        } finally {
            main.stop();
        }
    }

    private static Main prepare(
            Settings settings, RouteFiles files, Map<String, Object> beans, TandemHttpEngine engine) {
        Main main = new Main();
        // the signal is for the application, which first finishes what it took; Camel's own strategy would leave a hook
        // for it in the JVM, with all of the context behind it, even when its support for hang-ups is disabled
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation("false");
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport created) {
                CamelContext context = created.getCamelContext();
                context.getCamelContextExtension().setHeadersMapFactory(new HeaderMap.Factory());
                KameletCalls.withoutCopies(context);
            }
        });
        beans.forEach(main::bind);
        main.bind("platform-http-engine", engine);
        main.bind(NonBlockingComponent.SCHEME, new NonBlockingComponent());
        CamelClusterService elections = Elections.by(settings.cluster());
        if (elections != null) {
            main.bind("tandem-cluster", elections);
        }
        main.configure()
                .withName("tandem")
                .withRoutesIncludePattern(Stream.concat(files.routes().stream(), files.java().paths().stream())
                        .map(file -> "file:" + file)
                        .collect(Collectors.joining(",")))
                .withJmxEnabled(false)
                // it would print secrets
                .withAutoConfigurationLogSummary(false)
                // bodies are bytes already; what targets reply is read, bounded, where it arrives
                .withStreamCachingEnabled(false);
        settings.placeholders().forEach(main::addInitialProperty);
        // what a route calls; the query, which Camel would mix up with its own options, comes with each request
        settings.targets()
                .forEach((name, target) -> main.addInitialProperty("target." + name + ".endpoint", endpoint(target)));
        main.addInitialProperty("camel.component.kamelet.location", "file:" + files.folder() + "/kamelets");
        // what fails inside a Kamelet is for the route that calls it
        main.addInitialProperty("camel.component.kamelet.no-error-handler", "true");
        settings.camel().forEach(main::addInitialProperty);
        return main;
    }

    @SuppressWarnings("IllegalCatch") // whatever failed, what was started is stopped
    private static ScatterGathers start(Main main) throws Exception {
        try {
            main.start();
            return ScatterGathers.of(main.getCamelContext());
        } catch (Exception | Error e) {
            main.stop();
            throw e;
        }
    }

    private static String endpoint(Settings.Target target) {
        String url = withoutQuery(target.url());
        return target.caller() == Settings.Client.NON_BLOCKING ? NonBlockingComponent.SCHEME + ":" + url : url;
    }

    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    /**
     * Lets the routes take in what they take by themselves: files, and whatever else users have them listen to.
     *
     * @throws FailedToStartRouteException when a route can't; none of them takes anything in then
     */
    void takeIn() throws FailedToStartRouteException {
        intake.open(main.getCamelContext());
    }

    /** Takes nothing in any more by itself; what was taken goes on. */
    void holdIntake() {
        intake.hold();
    }

    /** Whether a route takes what the journal brings back. */
    boolean takesRedeliveries() {
        return takes(REDELIVERY);
    }

    private boolean takes(String uri) {
        return main.getCamelContext().getRoutes().stream()
                .anyMatch(route -> uri.equals(route.getEndpoint().getEndpointUri()));
    }

    /** Whether a route takes messages from callers over HTTP. */
    boolean takesMessages() {
        return engine.serves("POST", "/messages");
    }

    /**
     * Sends a message through the routes; the stage completes exceptionally when a route fails.
     *
     * @return null when these routes are retired
     */
    @Nullable
    CompletionStage<MergedReply> send(Message message, byte[] body, @Nullable String contentType) {
        if (!engine.use().enter()) {
            return null;
        }
        CompletableFuture<MergedReply> sent = new CompletableFuture<>();
        Exchange exchange = new DefaultExchange(main.getCamelContext(), ExchangePattern.InOut);
        exchange.setProperty(Message.PROPERTY, message);
        exchange.getMessage().setBody(body);
        if (contentType != null) {
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, contentType);
        }
        AsyncProducer entry = message.entry().equals("kafka") ? records : redelivery;
        entry.process(exchange, doneSync -> {
            engine.use().leave();
            if (exchange.getException() != null) {
                sent.completeExceptionally(exchange.getException());
            } else if (exchange.getMessage().getBody() instanceof MergedReply reply) {
                sent.complete(reply);
            } else {
                sent.completeExceptionally(new IllegalStateException(
                        "the route from " + entry.getEndpoint() + " must end with the merged reply"));
            }
        });
        return sent;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    TandemHttpEngine engine() {
        return engine;
    }

    /** The contract of these routes. */
    ApiDocument apiDocument() {
        return apiDocument;
    }

    /** Takes nothing more. Completes when what was sent through these routes is done. */
    CompletionStage<Void> retire() {
        return engine.use().retire();
    }

    /**
     * Stops the routes.
     *
     * @param grace for what is still under way, be it zero or less
     */
    void close(Duration grace) {
        retire();
        ShutdownStrategy shutdown = main.getCamelContext().getShutdownStrategy();
        shutdown.setTimeUnit(TimeUnit.MILLISECONDS);
        shutdown.setTimeout(Math.max(1, grace.toMillis()));
        main.stop();
    }
}
