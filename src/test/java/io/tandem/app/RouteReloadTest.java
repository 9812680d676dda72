package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.tandem.support.BrokenEdit.HTTP;
import static io.tandem.support.BrokenEdit.SCATTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.support.BrokenEdit;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes that are edited while messages flow. */
class RouteReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String TO_API_TWO = "              - to: kamelet:deliver/api-two?target=api-two\n";
    private static final String PING =
            """
            - rest:
                path: /ping
                get:
                  - to: direct:ping
            - route:
                id: ping
                from:
                  uri: direct:ping
                  steps:
                    - setBody:
                        constant: %s
            """;

    @TempDir
    private Path temp;

    private final StubTargets targets = new StubTargets();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final Map<String, String> settings = new HashMap<>(targets.settings());
    private RoutesFolder folder;

    @BeforeEach
    void copy() throws IOException {
        folder = new RoutesFolder(temp.toRealPath());
        settings.put("tandem.routes", folder.path("routes").toString());
        settings.put("tandem.inbox.dir", folder.path("data/inbox").toString());
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
        targets.close();
    }

    @Test
    void fileThatIsNoRouteDoesNotMatterWhateverItHolds() throws IOException {
        Files.write(folder.path("routes/notes.yml"), new byte[] {'-', ' ', (byte) 0xE9, '\n'});

        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void editsTakeEffectWhileMessagesFlowAndNoneFails() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            AtomicBoolean over = new AtomicBoolean();
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> load = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> postUntil(over, tandem, wrong), callers))
                    .toList();

            for (int i = 0; i < 3; i++) {
                folder.plant(SCATTER, TO_API_TWO, "");
                await().atMost(PATIENCE).until(() -> replies(tandem) == 1);
                folder.append(SCATTER, TO_API_TWO);
                await().atMost(PATIENCE).until(() -> replies(tandem) == 2);
            }
            over.set(true);
            load.forEach(CompletableFuture::join);

            assertThat(wrong).isEmpty();
            assertThat(tandem.application().reloads().latest()).hasSize(6).allSatisfy(attempt -> assertThat(
                            attempt.files())
                    .singleElement()
                    .asString()
                    .endsWith(SCATTER));
            assertThat(metrics(tandem)).contains("tandem_reloads_total{result=\"applied\"} 6.0");
        }
    }

    @Test
    void camelsMetersGoOnWhenRoutesAreReplaced() throws Exception {
        settings.put("tandem.metrics.routes", "true");
        settings.put("tandem.reload", "false");
        String count = "camel_route_policy_seconds_count\\{.*routeId=\"scatter-gather\".*} ";
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            tandem.postJson("{}");
            assertThat(metrics(tandem)).containsPattern(count + "1\n");
            CamelContext old = tandem.application().context();

            folder.plant(SCATTER, TO_API_TWO, "");
            tandem.application().reload(new TreeSet<>(), () -> false);
            tandem.postJson("{}");
            await().atMost(PATIENCE).until(old::isStopped);
            tandem.postJson("{}");

            assertThat(metrics(tandem)).containsPattern(count + "3\n");
        }
    }

    private static void postUntil(AtomicBoolean over, RunningTandem tandem, ConcurrentLinkedQueue<String> wrong) {
        while (!over.get()) {
            HttpResponse<String> reply = tandem.postJson("{}");
            if (reply.statusCode() != 200) {
                wrong.add(reply.body());
            }
        }
    }

    private static int replies(RunningTandem tandem) {
        return RunningTandem.json(tandem.postJson("{}")).path("replies").size();
    }

    @Test
    void messagesInFlightFinishOnTheRoutesTheyCameBy() throws Exception {
        targets.answers("api-two", okJson("{\"from\":\"two\"}").withFixedDelay(3000));
        settings.put("target.api-two.timeout", "9s");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            CompletableFuture<HttpResponse<String>> inFlight =
                    CompletableFuture.supplyAsync(() -> tandem.postJson("{}"), callers);
            CompletableFuture<HttpResponse<String>> inBackground =
                    CompletableFuture.supplyAsync(() -> tandem.postJson("{}", "Prefer", "respond-async"), callers);
            await().atMost(PATIENCE).until(() -> targets.received("api-two").size() == 2);
            WeakReference<CamelContext> old =
                    new WeakReference<>(tandem.application().context());

            folder.plant(SCATTER, TO_API_TWO, "");
            tandem.application().reload(new TreeSet<>(), () -> false);

            assertThat(replies(tandem)).isEqualTo(1);
            assertThat(inFlight).isNotDone();
            assertThat(RunningTandem.json(inFlight.get())
                            .at("/replies/api-two/outcome")
                            .asText())
                    .isEqualTo("delivered");
            String id = RunningTandem.json(inBackground.get()).path("id").asText();
            await().atMost(PATIENCE)
                    .until(() ->
                            tandem.get(tandem.uri("/messages/" + id)).body().contains("\"state\":\"complete\""));
            await().atMost(PATIENCE).until(() -> isClosed(old));
        }
    }

    private static boolean isClosed(WeakReference<CamelContext> context) {
        CamelContext known = context.get();
        return known == null || known.isStopped();
    }

    @Test
    void brokenEditsAreRefusedWithTheirPlaceAndWhatRanGoesOn() {
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.reload", "false");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            CamelContext running = tandem.application().context();
            for (BrokenEdit edit : BrokenEdit.ALL) {
                String right = folder.read(edit.file());
                folder.plant(edit.file(), edit.right(), edit.wrong());
                FaultsException refusal = catchThrowableOfType(FaultsException.class, () -> tandem.application()
                        .reload(new TreeSet<>(List.of(folder.path(edit.file()))), () -> false));

                assertThat(refusal).as(edit.toString()).isNotNull();
                assertThat(refusal.faults().get(0).place().toString())
                        .as(edit + " in " + refusal.faults())
                        .startsWith(folder.path(edit.file()) + ":" + folder.line(edit.file(), edit.at()) + ":");
                assertThat(refusal.faults().get(0).message()).contains(edit.says());
                assertThat(tandem.application().context()).isSameAs(running);
                assertThat(replies(tandem)).isEqualTo(2);
                folder.write(edit.file(), right);
            }
            drop("order.json", "{}");
            await().atMost(PATIENCE).until(() -> Files.exists(folder.path("data/done/order.json")));
        }
    }

    @Test
    void refusalIsToldUntilTheFileIsMended() {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String right = folder.read(SCATTER);
            folder.plant(SCATTER, "mergeReplies", "mergeReplys");
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() != null);

            String place = folder.path(SCATTER) + ":" + folder.line(SCATTER, "mergeReplys") + ":"
                    + folder.column(SCATTER, "mergeReplys") + ": ";
            HttpResponse<String> health = tandem.get(tandem.managementUri("/observe/health"));
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body())
                    .contains("\"name\":\"reload\",\"status\":\"UP\"")
                    .contains(place + "there is no bean 'mergeReplys'; did you mean 'mergeReplies'?")
                    .contains("running-since");
            assertThat(metrics(tandem))
                    .contains("tandem_reload_refused 1.0")
                    .contains("tandem_reloads_total{result=\"refused\"} 1.0");
            assertThat(replies(tandem)).isEqualTo(2);

            folder.write(SCATTER, right);
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() == null);
            assertThat(metrics(tandem))
                    .contains("tandem_reload_refused 0.0")
                    .contains("tandem_reloads_total{result=\"applied\"} 0.0");

            folder.plant(SCATTER, "mergeReplies", "mergeReplys");
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() != null);
            folder.write(SCATTER, right.replace(TO_API_TWO, ""));
            await().atMost(PATIENCE).until(() -> replies(tandem) == 1);
            assertThat(tandem.application().reloads().refusal()).isNull();
        }
    }

    @Test
    void filesThatComeGoAndAreRenamedTakeEffect() throws IOException {
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            folder.write("routes/3-ping.camel.yaml", PING.formatted("one"));
            await().atMost(PATIENCE).until(() -> ping(tandem).equals("one"));

            Files.move(folder.path("routes/3-ping.camel.yaml"), folder.path("routes/4-ping.camel.yaml"));
            folder.write("routes/4-ping.camel.yaml", PING.formatted("two"));
            await().atMost(PATIENCE).until(() -> ping(tandem).equals("two"));
            assertThat(tandem.get(tandem.uri("/openapi.json")).body()).contains("/ping");

            Files.delete(folder.path("routes/4-ping.camel.yaml"));
            await().atMost(PATIENCE).until(() -> ping(tandem).equals("404"));
            assertThat(tandem.get(tandem.uri("/openapi.json")).body()).doesNotContain("/ping");

            Files.delete(folder.path(HTTP));
            await().atMost(PATIENCE).until(() -> tandem.application().reloads().refusal() != null);
            assertThat(tandem.application().reloads().refusal().faults().get(0).line())
                    .contains("no route takes POST /messages any more");
            assertThat(replies(tandem)).isEqualTo(2);
        }
    }

    private static String ping(RunningTandem tandem) {
        HttpResponse<String> reply = tandem.get(tandem.uri("/ping"));
        return reply.statusCode() == 200 ? reply.body() : Integer.toString(reply.statusCode());
    }

    @Test
    void recordsOfAFileAreSentOnceWhenRoutesAreReplacedInTheMiddleOfIt() throws Exception {
        targets.answers("api-one", okJson("{}").withFixedDelay(100));
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.inbox.window", "8");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            int records = 400;
            StringBuilder file = new StringBuilder();
            IntStream.range(0, records)
                    .forEach(i -> file.append("{\"order\":").append(i).append("}\n"));
            drop("orders.ndjson", file.toString());
            for (int i = 1; i <= 4; i++) {
                int sent = i * 60;
                await().atMost(PATIENCE).until(() -> targets.received("api-one").size() > sent);
                tandem.application().reload(new TreeSet<>(), () -> false);
                drop("small-" + i + ".json", "{\"small\":" + i + "}");
            }
            await().atMost(PATIENCE.multipliedBy(2)).until(() -> Files.exists(folder.path("data/done/orders.ndjson")));
            for (int i = 1; i <= 4; i++) {
                Path small = folder.path("data/done/small-" + i + ".json");
                await().atMost(PATIENCE).until(() -> Files.exists(small));
            }

            for (String target : List.of("api-one", "api-two")) {
                assertThat(targets.received(target))
                        .extracting(request -> request.getBodyAsString())
                        .hasSize(records + 4)
                        .doesNotHaveDuplicates();
            }
            assertThat(Files.readAllLines(folder.path("data/replies/orders.ndjson.reply.ndjson")))
                    .hasSize(records)
                    .allMatch(line -> line.contains("\"outcome\":\"complete\""));
        }
    }

    @Test
    void editsWaitForTheNextStartWhenReloadIsOff() throws Exception {
        settings.put("tandem.reload", "false");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            folder.plant(SCATTER, TO_API_TWO, "");

            await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> replies(tandem) == 2);
        }
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            assertThat(replies(tandem)).isEqualTo(1);
        }
    }

    @Test
    void nothingIsLeftOfRoutesThatWereReplaced() throws Exception {
        settings.put("tandem.inbox.enabled", "true");
        settings.put("tandem.reload", "false");
        try (RunningTandem tandem = RunningTandem.start(settings)) {
            String right = folder.read(SCATTER);
            List<WeakReference<CamelContext>> replaced = new ArrayList<>();
            reload(tandem, replaced, 5);
            await().atMost(PATIENCE).until(() -> replaced.stream().allMatch(RouteReloadTest::isClosed));
            int threads = Thread.activeCount();
            String meters = meterNames(tandem);

            reload(tandem, replaced, 40);
            folder.plant(SCATTER, "mergeReplies", "mergeReplys");
            for (int i = 0; i < 5; i++) {
                catchThrowableOfType(
                        FaultsException.class, () -> tandem.application().reload(new TreeSet<>(), () -> false));
            }
            folder.write(SCATTER, right);

            await().atMost(PATIENCE).untilAsserted(() -> {
                System.gc();
                // Camel's Simple language holds the context that was made last
                assertThat(replaced)
                        .filteredOn(context -> context.get() != null)
                        .hasSizeLessThanOrEqualTo(1);
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 3);
            });
            assertThat(meterNames(tandem)).isEqualTo(meters);
        }
    }

    private static void reload(RunningTandem tandem, List<WeakReference<CamelContext>> replaced, int times)
            throws FaultsException {
        for (int i = 0; i < times; i++) {
            replaced.add(new WeakReference<>(tandem.application().context()));
            assertThat(tandem.application().reload(new TreeSet<>(), () -> false))
                    .isTrue();
            assertThat(replies(tandem)).isEqualTo(2);
        }
    }

    private static String meterNames(RunningTandem tandem) {
        return metrics(tandem)
                .lines()
                .filter(line -> line.startsWith("tandem_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .sorted()
                .toList()
                .toString();
    }

    private static String metrics(RunningTandem tandem) {
        return tandem.get(tandem.managementUri("/observe/metrics")).body();
    }

    private void drop(String name, String content) {
        folder.write("data/inbox/" + name + ".part", content);
        try {
            Files.move(folder.path("data/inbox/" + name + ".part"), folder.path("data/inbox/" + name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
