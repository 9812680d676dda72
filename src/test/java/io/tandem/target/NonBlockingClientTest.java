package io.tandem.target;

import static io.tandem.support.RunningTandem.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import io.tandem.oauth2.TestPki;
import io.tandem.support.Logs;
import io.tandem.support.Ports;
import io.tandem.support.RawServer;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What event loops bring about; all else is tested through both clients. */
class NonBlockingClientTest {
    private static final int PLACES = 8;
    private static final int ROUNDS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<HttpVersion> versions = new CopyOnWriteArrayList<>();

    private final AtomicBoolean silent = new AtomicBoolean();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        executor.shutdownNow();
    }

    /** Answers, but /silenced only until it is silent; shows a certificate for its name. */
    private HttpServer server(TestPki pki) throws Exception {
        TestPki.Identity identity = pki.server("localhost");
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertValue(Buffer.buffer(identity.pemCertificate()))
                                .setKeyValue(Buffer.buffer(identity.pemKey()))))
                .requestHandler(request -> {
                    versions.add(request.version());
                    if (!silent.get() || !request.path().equals("/silenced")) {
                        request.body().onSuccess(body -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end(body));
                    }
                })
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, SECONDS);
    }

    private Map<String, String> settings(StubTargets targets, TestPki pki, String url) throws Exception {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("target.api-one.url", url);
        settings.put("target.api-one.client", "non-blocking");
        settings.put("target.api-one.trust", pki.trustFile(folder).toString());
        settings.put("tandem.completion", "best-effort");
        return settings;
    }

    @Test
    void http2IsSpokenWhenTheTargetOffersIt() throws Exception {
        TestPki pki = new TestPki();
        HttpServer server = server(pki);
        try (StubTargets targets = new StubTargets();
                RunningTandem tandem =
                        RunningTandem.start(settings(targets, pki, "https://localhost:" + server.actualPort() + "/"))) {
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 20)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> tandem.postJson("{\"number\":" + i + "}"), executor))
                    .toList();

            for (int i = 0; i < answers.size(); i++) {
                HttpResponse<String> answer = answers.get(i).get(20, SECONDS);
                assertThat(json(answer).at("/replies/api-one/body/number").asInt(-1))
                        .as(answer.body())
                        .isEqualTo(i);
            }
        }
        assertThat(versions).hasSize(20).containsOnly(HttpVersion.HTTP_2);
    }

    @Test
    void requestThatTimesOutIsNoErrorInTheLogAndCostsOthersNothing() throws Exception {
        TestPki pki = new TestPki();
        HttpServer server = server(pki);
        String url = "https://localhost:" + server.actualPort() + "/";
        try (StubTargets targets = new StubTargets();
                Logs logs = new Logs(Map.of())) {
            Map<String, String> settings = settings(targets, pki, url + "silenced");
            settings.put("target.api-one.timeout", "300ms");
            settings.put("target.api-two.url", url);
            settings.put("target.api-two.client", "non-blocking");
            settings.put("target.api-two.trust", settings.get("target.api-one.trust"));
            try (RunningTandem tandem = RunningTandem.start(settings)) {
                // the first handshake of a JVM may take longer than that
                Awaitility.await().until(() -> json(tandem.postJson("{}"))
                        .at("/replies/api-one/outcome")
                        .asText()
                        .equals("delivered"));
                silent.set(true);
                for (int i = 0; i < 3; i++) {
                    HttpResponse<String> answer = tandem.postJson("{}");
                    assertThat(json(answer).at("/replies/api-one/outcome").asText())
                            .as(answer.body())
                            .isEqualTo("timed-out");
                    assertThat(json(answer).at("/replies/api-two/outcome").asText())
                            .isEqualTo("delivered");
                }
            }
            assertThat(logs.all()).noneMatch(line -> line.contains(" ERROR ") || line.contains("Stream reset"));
        }
    }

    @Test
    void connectionThatTheServerClosedIsNoRefusal() throws Exception {
        try (RawServer abrupt = new RawServer((out, request) ->
                        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(ISO_8859_1)));
                NonBlockingClient client = new NonBlockingClient(
                        target(abrupt.url().toString()), vertx, executor, new ReplyMemory(1 << 20))) {
            List<CompletableFuture<Void>> callers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> call(client, 300), executor))
                    .toList();

            for (CompletableFuture<Void> caller : callers) {
                caller.get(30, SECONDS);
            }
        }
    }

    /** Fails when there is no connection; how the call ends is no matter. */
    private static void call(NonBlockingClient client, int times) {
        for (int i = 0; i < times; i++) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            call(client, ended);
            ended.join();
        }
    }

    private static void call(NonBlockingClient client, CompletableFuture<Void> ended) {
        client.enter((place, none) -> {
            if (place == null) {
                ended.completeExceptionally(none);
                return;
            }
            ended.whenComplete((done, failure) -> place.leave());
            place.connect(new RequestOptions().setURI("/"), (request, failure) -> {
                if (request == null) {
                    ended.completeExceptionally(failure);
                    return;
                }
                request.exceptionHandler(broken -> {});
                request.send().compose(HttpClientResponse::body).onComplete(body -> ended.complete(null));
            });
        });
    }

    @Test
    void eventLoopsTogetherKeepToTheConnectionsThatATargetMayGet() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        HttpServer counting = vertx.createHttpServer()
                .connectionHandler(connection -> {
                    most.accumulateAndGet(open.incrementAndGet(), Math::max);
                    connection.closeHandler(closed -> open.decrementAndGet());
                })
                .requestHandler(request -> request.response().end("{}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, SECONDS);
        List<Context> loops = IntStream.range(0, 4)
                .mapToObj(i -> (Context) ((VertxInternal) vertx).createEventLoopContext())
                .toList();
        try (NonBlockingClient client = new NonBlockingClient(
                target("http://127.0.0.1:" + counting.actualPort() + "/"), vertx, executor, new ReplyMemory(1 << 20))) {
            for (Context loop : loops) {
                // one event loop after the other has them all
                List<CompletableFuture<Void>> calls = IntStream.range(0, 3 * PLACES)
                        .mapToObj(i -> {
                            CompletableFuture<Void> call = new CompletableFuture<>();
                            loop.runOnContext(v -> call(client, call));
                            return call;
                        })
                        .toList();
                for (CompletableFuture<Void> call : calls) {
                    call.get(10, SECONDS);
                }
            }

            assertThat(most.get()).isBetween(1, PLACES);
            assertThat(client.leased()).isZero();
        }
    }

    private Settings.Target target(String url) throws Exception {
        return ConfigurationLoader.load(ConfigurationSources.of(folder, Map.of())
                        .withOverrides(Map.of(
                                "target.api-one.url",
                                url,
                                "target.api-one.max-connections",
                                Integer.toString(PLACES),
                                "target.api-two.url",
                                "http://127.0.0.1:1/")))
                .targets()
                .get("api-one");
    }

    @Test
    void replyIsReadNoFurtherWhenRepliesTakeTooMuchTogether() throws Exception {
        ReplyMemory memory = new ReplyMemory(100_000);
        try (RawServer talkative = new RawServer((out, request) -> {
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n".getBytes(ISO_8859_1));
                    out.write(new byte[500_000]);
                });
                NonBlockingClient client =
                        new NonBlockingClient(target(talkative.url().toString()), vertx, executor, memory);
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("client", client);
            context.addComponent(NonBlockingComponent.SCHEME, new NonBlockingComponent());
            context.start();

            Exchange exchange = context.createFluentProducerTemplate()
                    .to(NonBlockingComponent.SCHEME + ":" + talkative.url() + "?httpClientConfigurer=#client")
                    .send();

            assertThat(exchange.getMessage().getBody())
                    .isInstanceOfSatisfying(ReadReply.Unreadable.class, unreadable -> assertThat(unreadable.reason())
                            .isInstanceOf(ReplyMemory.ShortException.class));
            assertThat(memory.held()).isZero();
        }
    }

    @Test
    void placeIsGivenBackOnceWhenACancellationMeetsItsGrant() throws Exception {
        Settings.Target target = target("http://127.0.0.1:" + Ports.free() + "/");
        try (NonBlockingClient client = new NonBlockingClient(target, vertx, Runnable::run, new ReplyMemory(1 << 20));
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("client", client);
            context.addComponent(NonBlockingComponent.SCHEME, new NonBlockingComponent());
            context.start();
            AsyncProducer producer = context.getEndpoint(
                            NonBlockingComponent.SCHEME + ":" + target.url() + "?httpClientConfigurer=#client")
                    .createAsyncProducer();
            producer.start();
            for (int round = 0; round < ROUNDS; round++) {
                String id = "message-" + round;
                Attempt attempt = new Attempt(
                        VerbatimHeaders.of(null, Map.of(), Map.of()),
                        SECONDS.toNanos(10),
                        Span.unrecorded(TraceContext.root()));
                client.attempts().begin(id, attempt);
                Exchange exchange = new DefaultExchange(context);
                exchange.getMessage().setHeader(OutboundRequest.MESSAGE_ID, id);
                CompletableFuture<Void> done = new CompletableFuture<>();
                List<NonBlockingClient.Place> places = new CopyOnWriteArrayList<>();
                for (int i = 0; i < PLACES; i++) {
                    client.enter((place, none) -> places.add(place));
                }
                producer.process(exchange, doneSync -> done.complete(null));
                AtomicInteger there = new AtomicInteger();
                CompletableFuture<Void> cancelling = CompletableFuture.runAsync(
                        () -> {
                            meet(there);
                            attempt.cancel();
                        },
                        executor);
                meet(there);
                places.remove(0).leave();

                done.get(10, SECONDS);
                cancelling.get(10, SECONDS);
                client.attempts().end(id, attempt);
                assertThat(client.leased()).as("round " + round).isEqualTo(PLACES - 1);
                places.forEach(NonBlockingClient.Place::leave);
            }
        }
    }

    /** Returns to both at the same moment, to the microsecond. */
    private static void meet(AtomicInteger there) {
        there.incrementAndGet();
        while (there.get() < 2) {
            Thread.onSpinWait();
        }
    }
}
