package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.entry.http.TandemHttpEngine;
import io.tandem.openapi.ApiDocument;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.main.DefaultMainShutdownStrategy;
import org.apache.camel.main.Main;

/**
 * One set of routes, running: a CamelContext of its own, built from the files in the routes folder. Knows how to start
 * and stop, and nothing of the sets before or after it, so that a new one can be started beside the one in use.
 */
final class RouteSet implements AutoCloseable {
    private final Main main;
    private final TandemHttpEngine engine;
    private final ApiDocument apiDocument;

    private RouteSet(Main main, TandemHttpEngine engine, ApiDocument apiDocument) {
        this.main = main;
        this.engine = engine;
        this.apiDocument = apiDocument;
    }

    /**
     * Builds and starts the routes.
     *
     * @param beans what the routes may refer to, by name
     * @param engine what routes that listen on HTTP are registered with
     * @throws Exception whatever Camel finds wrong with the routes
     */
    static RouteSet start(Settings settings, Map<String, Object> beans, TandemHttpEngine engine) throws Exception {
        Main main = prepare(settings, settings.routes() + "/*.camel.yaml", beans, engine);
        start(main);
        return new RouteSet(
                main,
                engine,
                new ApiDocument(main.getCamelContext(), settings.http().forwardHeaders()));
    }

    /**
     * Builds routes as {@link #start} would, with all that they refer to, lets none of them take anything in, and drops
     * them again.
     *
     * @param files a file, or a pattern of files
     * @return how many routes there are, those aside that Camel makes of Kamelets
     * @throws Exception whatever Camel finds wrong with the routes
     */
    static int build(Settings settings, String files, Map<String, Object> beans, TandemHttpEngine engine)
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

    private static Main prepare(Settings settings, String files, Map<String, Object> beans, TandemHttpEngine engine) {
        Main main = new Main();
        // the signal is for the application, which first finishes what it took
        if (main.getShutdownStrategy() instanceof DefaultMainShutdownStrategy strategy) {
            strategy.disableHangupSupport();
        }
        main.setDefaultPropertyPlaceholderLocation("false");
        beans.forEach(main::bind);
        main.bind("platform-http-engine", engine);
        main.configure()
                .withName("tandem")
                .withRoutesIncludePattern("file:" + files)
                .withJmxEnabled(false)
                // it would print secrets
                .withAutoConfigurationLogSummary(false)
                // bodies are bytes already; what targets reply is read, bounded, where it arrives
                .withStreamCachingEnabled(false);
        settings.placeholders().forEach(main::addInitialProperty);
        // what a route calls; the query, which Camel would mix up with its own options, comes with each request
        settings.targets()
                .forEach((name, target) ->
                        main.addInitialProperty("target." + name + ".endpoint", withoutQuery(target.url())));
        main.addInitialProperty("camel.component.kamelet.location", "file:" + settings.routes() + "/kamelets");
        // what fails inside a Kamelet is for the route that calls it
        main.addInitialProperty("camel.component.kamelet.no-error-handler", "true");
        settings.camel().forEach(main::addInitialProperty);
        return main;
    }

    @SuppressWarnings("IllegalCatch") // whatever failed, what was started is stopped
    private static void start(Main main) throws Exception {
        try {
            main.start();
        } catch (Exception | Error e) {
            main.stop();
            throw e;
        }
    }

    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
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

    @Override
    public void close() {
        main.stop();
    }
}
