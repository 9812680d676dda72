package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.tandem.support.RawHttp;
import io.tandem.support.RawHttp2;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closing: what was taken is answered, nothing more is taken. */
class DrainTest {
    private static final String BODY = "{\"order\":1}";

    private final StubTargets targets = new StubTargets();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        callers.shutdownNow();
        targets.close();
    }

    @Test
    void messagesInFlightAreAnsweredAndNewOnesRefusedWhenClosing() throws IOException {
        targets.answers("api-one", okJson("{}").withFixedDelay(1500));
        Map<String, String> settings = targets.settings();
        // long enough for a busy machine
        settings.put("target.api-one.timeout", "9s");
        settings.put("target.api-two.timeout", "9s");
        RunningTandem tandem = RunningTandem.start(settings);
        List<CompletableFuture<HttpResponse<String>>> inFlight = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> tandem.postJson(BODY), callers))
                .toList();
        await().atMost(10, SECONDS).until(() -> targets.received("api-one").size() == 20);
        try (RawHttp kept = new RawHttp(tandem.port())) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(tandem::close, callers);

            await().atMost(5, SECONDS)
                    .untilAsserted(() -> assertThat(refusal(tandem)).isIn("refused", "draining"));
            RawHttp.Reply reply = kept.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
                    .read();

            if (reply.status() != 0) {
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("retry-after")).isNotEmpty();
                assertThat(reply.header("connection")).isEqualTo("close");
                assertThat(reply.body()).contains("urn:tandem:problem:draining");
            }
            assertThat(inFlight)
                    .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
            closed.join();
        }
        assertThat(targets.received("api-one")).hasSize(20);
        assertThat(refusal(tandem)).isEqualTo("refused");
    }

    /** Under load, whatever the moment: a message that reached a target was answered. */
    @Test
    void nobodyIsLeftWithoutAnswerWhenClosingUnderLoad() {
        targets.answers("api-one", okJson("{}").withFixedDelay(20));
        RunningTandem tandem = RunningTandem.start(targets.settings());
        Set<String> answered = ConcurrentHashMap.newKeySet();
        List<String> wrong = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> load = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(() -> postUntilRefused(tandem, answered, wrong), callers))
                .toList();
        await().atMost(10, SECONDS).until(() -> answered.size() > 50);

        tandem.close();
        load.forEach(CompletableFuture::join);

        assertThat(wrong).isEmpty();
        assertThat(targets.received("api-one"))
                .extracting(request -> request.getHeader("Tandem-Message-Id"))
                .allSatisfy(id -> assertThat(answered).contains(id));
    }

    @Test
    void replyIsCompleteWhenClosingWhileCallerReadsSlowly() throws IOException {
        int size = 8 * 1024 * 1024;
        targets.answers("api-one", okJson("\"" + "x".repeat(size - 2) + "\""));
        RunningTandem tandem = RunningTandem.start(targets.settings());
        try (RawHttp caller = new RawHttp(tandem.port())) {
            caller.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
            await().atMost(10, SECONDS).until(caller::hasReply);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(tandem::close, callers);
            await().atMost(5, SECONDS)
                    .untilAsserted(() -> assertThat(refusal(tandem)).isIn("refused", "draining"));
            RawHttp.Reply reply = caller.read();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).hasSizeGreaterThan(size).endsWith("}");
            closed.join();
        }
    }

    @Test
    void closingEndsWhenMessagesTakeLongerThanTheDrainTime() {
        targets.answers("api-one", okJson("{}").withFixedDelay(8000));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.drain-timeout", "300ms");
        settings.put("target.api-one.timeout", "9s");
        RunningTandem tandem = RunningTandem.start(settings);
        CompletableFuture<HttpResponse<String>> late =
                CompletableFuture.supplyAsync(() -> tandem.postJson(BODY), callers);
        await().atMost(5, SECONDS).until(() -> targets.received("api-one").size() == 1);

        long start = System.nanoTime();
        tandem.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(late).failsWithin(Duration.ofSeconds(5));
    }

    /** A load balancer has to find out first, and callers with open connections have to go. */
    @Test
    void messagesAreTakenWhileNotReadyWithinTheDrainDelay() throws IOException {
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.drain-delay", "2s");
        RunningTandem tandem = RunningTandem.start(settings);
        try (RawHttp kept = new RawHttp(tandem.port())) {
            assertThat(tandem.get(tandem.managementUri("/observe/health/ready")).statusCode())
                    .isEqualTo(200);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(tandem::close, callers);
            await().atMost(5, SECONDS)
                    .until(() -> tandem.get(tandem.managementUri("/observe/health/ready"))
                                    .statusCode()
                            == 503);
            RawHttp.Reply reply = kept.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
                    .read();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("connection")).isEqualTo("close");
            assertThat(tandem.get(tandem.managementUri("/observe/health/live")).statusCode())
                    .isEqualTo(200);
            closed.join();
        }
        assertThat(refusal(tandem)).isEqualTo("refused");
    }

    /** Nothing that is under way is lost by it (RFC 9113 §6.8). */
    @Test
    void idleHttp2ConnectionIsToldToGoElsewhereAndMessagesInFlightAreAnswered() throws IOException {
        targets.answers("api-one", okJson("{}").withFixedDelay(1000));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.http.drain-delay", "2s");
        RunningTandem tandem = RunningTandem.start(settings);
        try (RawHttp2 idle = RawHttp2.greeted(tandem.port());
                RawHttp2 busy = RawHttp2.greeted(tandem.port()).message(1, BODY)) {
            await().atMost(5, SECONDS).until(() -> targets.received("api-one").size() == 1);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(tandem::close, callers);
            for (RawHttp2 connection : List.of(idle, busy)) {
                RawHttp2.Frame end = connection.read(RawHttp2.GOAWAY);
                assertThat(end.errorCode()).isZero();
                // a message that is on its way to Tandem at that moment isn't lost either
                assertThat(Unpooled.wrappedBuffer(end.payload()).getInt(0)).isEqualTo(Integer.MAX_VALUE);
                connection.message(3, BODY);
            }

            assertThat(busy.status()).isEqualTo(200);
            assertThat(busy.status()).isEqualTo(200);
            assertThat(idle.status()).isEqualTo(200);
            closed.join();
        }
        assertThat(targets.received("api-one")).hasSize(3);
    }

    @Test
    void idleHttp2ConnectionIsToldToGoElsewhereWithoutDrainDelay() throws IOException {
        targets.answers("api-one", okJson("{}").withFixedDelay(1000));
        RunningTandem tandem = RunningTandem.start(targets.settings());
        try (RawHttp2 idle = RawHttp2.greeted(tandem.port());
                RawHttp2 busy = RawHttp2.greeted(tandem.port()).message(1, BODY)) {
            await().atMost(5, SECONDS).until(() -> targets.received("api-one").size() == 1);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(tandem::close, callers);
            assertThat(idle.read(RawHttp2.GOAWAY).errorCode()).isZero();

            assertThat(tandem.metric("tandem_messages_in_flight")).isEqualTo(1);
            assertThat(busy.status()).isEqualTo(200);
            closed.join();
        }
    }

    private static void postUntilRefused(RunningTandem tandem, Set<String> answered, List<String> wrong) {
        while (true) {
            try {
                HttpResponse<String> reply = tandem.postJson(BODY);
                if (reply.statusCode() == 503) {
                    return;
                }
                if (reply.statusCode() != 200) {
                    wrong.add(reply.body());
                    return;
                }
                answered.add(reply.headers().firstValue("tandem-message-id").orElseThrow());
            } catch (UncheckedIOException e) {
                // nobody listens any more
                return;
            }
        }
    }

    private static String refusal(RunningTandem tandem) {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            RawHttp.Reply reply = connection
                    .send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                    .read();
            return reply.status() == 503 ? "draining" : reply.status() == 0 ? "refused" : "taken";
        } catch (IOException e) {
            return "refused";
        }
    }
}
