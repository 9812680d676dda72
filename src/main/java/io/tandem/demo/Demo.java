package io.tandem.demo;

import io.tandem.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The demo, running: two APIs that ask for OAuth2 access tokens, and the authorization server that issues them. All on
 * loopback, with ports, threads and secrets of their own, and nothing kept. {@link #start} and {@link #close} are for
 * one thread; the rest is thread-safe.
 */
public final class Demo implements AutoCloseable {
    /** The name of the first API, as a target of Tandem and in the {@code demo.*} settings. */
    public static final String API_ONE = "api-one";

    /** The name of the second API. */
    public static final String API_TWO = "api-two";

    /** The name of the authorization server in the {@code demo.*} settings. */
    public static final String AUTHORIZATION_SERVER = "authorization-server";

    private static final int MAX_MESSAGE = 16 * 1024 * 1024;
    private static final Party.Limits API_LIMITS = new Party.Limits(MAX_MESSAGE, 4096, ApiRoutes.HEADERS);
    private static final Party.Limits AUTHORIZATION_LIMITS =
            new Party.Limits(16 * 1024, 1024, AuthorizationServerRoutes.HEADERS);

    /** From one change of an API's behaviour to the next: long enough to be seen on a chart of a quarter of an hour. */
    private static final Duration TROUBLE = Duration.ofSeconds(20);

    private static final Duration A_FILE_EVERY = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final DemoSettings settings;
    private final Map<String, Party> parties = new LinkedHashMap<>();
    private final Map<String, DemoApi> apis = new LinkedHashMap<>();
    private final Map<String, Client> clients;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Demo(DemoSettings settings, Clock clock) {
        this.settings = settings;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setUseDaemonThread(true)
                .setEventLoopPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        // few are enough: nothing blocks, and who waits does so without a thread
        this.executor =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), threads("demo"));
        this.timer = Executors.newSingleThreadScheduledExecutor(threads("demo-timer"));
        this.clients = Map.of(API_ONE, client(API_ONE), API_TWO, client(API_TWO));

        AccessTokens tokens =
                new AccessTokens(clock, settings.authorizationServer().tokenLifetime());
        api(DemoApi.one(settings.apiOne(), tokens, clock), settings.apiOne().port());
        api(DemoApi.two(settings.apiTwo(), tokens, clock), settings.apiTwo().port());
        add(new Party(
                AUTHORIZATION_SERVER,
                settings.authorizationServer().port(),
                AUTHORIZATION_LIMITS,
                new AuthorizationServerRoutes(new TokenEndpoint(List.copyOf(clients.values()), tokens)),
                vertx,
                executor));
    }

    /**
     * Starts the demo.
     *
     * @throws DemoException when a port is taken: which, for whom, and the setting that changes it
     */
    public static Demo start(DemoSettings settings) {
        return start(settings, Clock.systemUTC());
    }

    static Demo start(DemoSettings settings, Clock clock) {
        Demo demo = new Demo(settings, clock);
        try {
            demo.parties.values().forEach(Party::listen);
            demo.parties.values().forEach(Party::startRoutes);
            List<String> faults = demo.parties.values().stream()
                    .map(Party::bindFault)
                    .filter(Objects::nonNull)
                    .toList();
            if (!faults.isEmpty()) {
                throw new DemoException(faults);
            }
        } catch (RuntimeException | Error e) {
            demo.close();
            throw e;
        }
        return demo;
    }

    private void api(DemoApi api, int port) {
        apis.put(api.name(), api);
        add(new Party(api.name(), port, API_LIMITS, new ApiRoutes(api, timer), vertx, executor));
    }

    private void add(Party party) {
        parties.put(party.name(), party);
    }

    private static Client client(String api) {
        return new Client("tandem-at-" + api, Secret.of(AccessTokens.random()), api);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * The {@code target.*} properties with which Tandem calls the demo APIs. They hold the clients' secrets, which are
     * others at each start: not for logs.
     */
    public Map<String, String> configuration() {
        Map<String, String> properties = new LinkedHashMap<>();
        target(properties, API_ONE, "basic");
        target(properties, API_TWO, "post");
        return Collections.unmodifiableMap(properties);
    }

    private void target(Map<String, String> properties, String api, String clientAuth) {
        Client client = Objects.requireNonNull(clients.get(api));
        String target = "target." + api + ".";
        properties.put(target + "url", url(api).resolve("/orders").toString());
        properties.put(target + "auth", "client-credentials");
        properties.put(
                target + "oauth.token-url",
                url(AUTHORIZATION_SERVER).resolve("/token").toString());
        properties.put(target + "oauth.client-id", client.id());
        properties.put(target + "oauth.client-secret", client.secret().value());
        properties.put(target + "oauth.client-auth", clientAuth);
        properties.put(target + "oauth.scope", Client.SCOPE);
    }

    /**
     * Where a party listens, such as {@code http://127.0.0.1:8081}.
     *
     * @param party {@link #API_ONE}, {@link #API_TWO} or {@link #AUTHORIZATION_SERVER}
     */
    public URI url(String party) {
        return Objects.requireNonNull(parties.get(party), () -> "no such party: " + party)
                .url();
    }

    /**
     * Begins with what makes the demo move, as far as it is wanted: orders for Tandem, and trouble for the APIs.
     *
     * @param messages where Tandem takes messages
     * @param inbox the folder that Tandem watches; null for none
     */
    public void move(URI messages, @Nullable Path inbox) {
        if (!settings.traffic().isZero()) {
            Traffic.start(messages, settings.traffic(), timer);
            if (inbox != null) {
                Traffic.dropFiles(inbox, A_FILE_EVERY, timer);
            }
        }
        if (settings.chaos()) {
            Chaos.start(apis, timer, TROUBLE);
        }
    }

    /** Answers what is under way at once, stops everything and frees the ports. Does nothing the second time. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        parties.values().forEach(Party::close);
        timer.shutdownNow();
        executor.shutdown();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
