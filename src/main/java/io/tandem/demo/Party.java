package io.tandem.demo;

import io.tandem.config.Settings;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.TandemHttpEngine;
import io.vertx.core.Vertx;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;

/** One party of the demo: a port, and behind it routes in a CamelContext of their own. For one thread. */
final class Party implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(75);
    private static final int MAX_CONNECTIONS = 1000;
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final String name;
    private final int wantedPort;
    private final HttpEntry http;
    private final TandemHttpEngine engine;
    private final DefaultCamelContext context = new DefaultCamelContext(false);
    private final PartyRoutes routes;

    @Nullable
    private CompletableFuture<Integer> listening;

    /**
     * What a party lets in.
     *
     * @param headers of a request that its routes see
     */
    record Limits(int maxBody, int maxInFlight, Set<String> headers) {}

    Party(String name, int port, Limits limits, PartyRoutes routes, Vertx vertx, Executor executor) {
        this.name = name;
        this.wantedPort = port;
        this.routes = routes;
        Settings.Http settings = new Settings.Http(
                HOST,
                port,
                limits.maxBody(),
                limits.headers(),
                READ_TIMEOUT,
                IDLE_TIMEOUT,
                MAX_CONNECTIONS,
                Duration.ZERO,
                false,
                GRACE,
                Set.of(),
                null);
        this.http = new HttpEntry(vertx, settings, limits.maxInFlight(), executor, new Unobserved());
        this.engine = new TandemHttpEngine(http, limits.headers());
    }

    /** Begins to bind the port; {@link #bindFault} tells how it went. */
    void listen() {
        listening = http.listen().toCompletableFuture();
    }

    /** Starts the routes, and sends requests to them. */
    @SuppressWarnings("IllegalCatch") // Camel declares Exception
    void startRoutes() {
        try {
            context.getCamelContextExtension().setName("demo-" + name);
            context.disableJMX();
            context.build();
            PlatformHttpComponent component = new PlatformHttpComponent();
            component.setEngine(engine);
            context.addComponent("platform-http", component);
            context.addRoutes(routes);
            context.start();
        } catch (Exception e) {
            throw new IllegalStateException("the routes of the demo's " + name + " can't start", e);
        }
        http.activate(engine);
    }

    /** Waits for the port. Returns what is wrong with it and what to do, in a line for people, or null. */
    @Nullable
    String bindFault() {
        CompletableFuture<Integer> bound = Objects.requireNonNull(listening, "listen comes first");
        try {
            bound.join();
            return null;
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String reason = cause instanceof BindException ? "is taken or not allowed" : "can't be used";
            return "port " + wantedPort + " of " + HOST + ", for the demo's " + name + ", " + reason + " ("
                    + cause.getMessage() + "): set " + DemoSettingsReader.portKey(name) + " to a free one";
        }
    }

    /** Where it listens, once bound. */
    URI url() {
        return URI.create("http://" + HOST + ":" + http.port());
    }

    String name() {
        return name;
    }

    /** Answers what it has taken, and frees the port. */
    @Override
    public void close() {
        routes.release();
        try {
            http.drain(GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.stop();
        http.close();
    }
}
