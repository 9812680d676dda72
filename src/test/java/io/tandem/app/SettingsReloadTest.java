package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static io.tandem.support.BrokenEdit.SCATTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.config.ConfigurationSources;
import io.tandem.config.LiveConfiguration;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that are edited while messages flow. */
class SettingsReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PROPERTIES = "application.properties";
    private static final String TO_API_THREE = "              - to: kamelet:deliver/api-three?target=api-three\n";

    @TempDir
    private Path temp;

    private final StubTargets targets = new StubTargets();
    private final Map<String, String> settings = new TreeMap<>(targets.settings());
    private RoutesFolder folder;

    @BeforeEach
    void copy() throws IOException {
        folder = new RoutesFolder(temp.toRealPath());
        targets.answers("api-three", okJson("{\"from\":\"three\"}"));
        settings.put("tandem.http.port", "0");
        settings.put("tandem.management.port", "0");
        settings.put("tandem.inbox.enabled", "false");
        settings.put("tandem.access-log", "off");
    }

    @AfterEach
    void stop() {
        targets.close();
    }

    private RunningTandem start() {
        save();
        Path here = folder.path("");
        return RunningTandem.start(LiveConfiguration.load(ConfigurationSources.of(
                here, Map.of("TANDEM_CLOUD_PROPERTIES_LOCATION", folder.path("conf.d") + "/*"))));
    }

    private void save() {
        folder.write(
                PROPERTIES,
                settings.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private void set(String key, String value) {
        settings.put(key, value);
        save();
    }

    private static int replies(RunningTandem tandem) {
        return RunningTandem.json(tandem.postJson("{}")).path("replies").size();
    }

    private static String fault(RunningTandem tandem) {
        Reloads.Attempt refusal = tandem.application().reloads().refusal();
        return refusal == null ? "" : refusal.faults().get(0).line();
    }

    private int line(String text) {
        return folder.line(PROPERTIES, text);
    }

    @Test
    void targetsAreAddedChangedAndTakenAwayWhileMessagesFlowAndNoneFails() {
        try (RunningTandem tandem = start()) {
            AtomicBoolean over = new AtomicBoolean();
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> load = List.of(
                    CompletableFuture.runAsync(() -> postUntil(over, tandem, wrong)),
                    CompletableFuture.runAsync(() -> postUntil(over, tandem, wrong, "Prefer", "wait=5")),
                    CompletableFuture.runAsync(() -> postUntil(over, tandem, wrong)));

            settings.putAll(RunningTandem.target("api-three", targets.url("api-three")));
            save();
            folder.append(SCATTER, TO_API_THREE);
            await().atMost(PATIENCE).until(() -> replies(tandem) == 3);
            assertThat(metrics(tandem)).contains("target=\"api-three\"");

            targets.answers("moved", okJson("{\"from\":\"moved\"}"));
            set("target.api-two.url", targets.url("moved"));
            await().atMost(PATIENCE).until(() -> !targets.received("moved").isEmpty());

            settings.keySet().removeIf(key -> key.startsWith("target.api-three."));
            folder.plant(SCATTER, TO_API_THREE, "");
            save();
            await().atMost(PATIENCE).until(() -> replies(tandem) == 2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(metrics(tandem)).doesNotContain("target=\"api-three\""));

            over.set(true);
            load.forEach(CompletableFuture::join);
            assertThat(wrong).isEmpty();
        }
    }

    private static void postUntil(
            AtomicBoolean over, RunningTandem tandem, ConcurrentLinkedQueue<String> wrong, String... headers) {
        while (!over.get()) {
            HttpResponse<String> reply = tandem.postJson("{}", headers);
            if (reply.statusCode() != 200 || !reply.body().contains("\"outcome\":\"complete\"")) {
                wrong.add(reply.statusCode() + " " + reply.body());
            }
        }
    }

    @Test
    void policyShapeForwardedHeadersAndCredentialsTakeEffect() {
        targets.answers("api-two", serverError());
        try (RunningTandem tandem = start()) {
            assertThat(tandem.postJson("{}").statusCode()).isEqualTo(502);

            settings.put("tandem.completion", "any");
            settings.put("tandem.http.forward-headers", "X-Tenant");
            settings.put("target.api-one.auth", "api-key");
            settings.put("target.api-one.api-key.header", "X-API-Key");
            settings.put("target.api-one.api-key.value", "first");
            save();
            await().atMost(PATIENCE).until(() -> tandem.postJson("{}").statusCode() == 200);
            targets.forgetRequests();
            tandem.postJson("{}", "X-Tenant", "blue");
            assertThat(targets.received("api-one")).singleElement().satisfies(request -> {
                assertThat(request.getHeader("X-Tenant")).isEqualTo("blue");
                assertThat(request.getHeader("X-API-Key")).isEqualTo("first");
            });

            set("target.api-one.api-key.value", "second");
            await().atMost(PATIENCE).until(() -> {
                targets.forgetRequests();
                tandem.postJson("{}");
                return targets.received("api-one").get(0).getHeader("X-API-Key").equals("second");
            });

            set("tandem.shape", "first");
            await().atMost(PATIENCE).until(() -> tandem.postJson("{}").body().equals("{\"from\":\"one\"}"));
        }
    }

    @Test
    void journalDeliversToWhereTheTargetIsNow() {
        settings.put("target.api-two.redelivery.min-backoff", "50ms");
        settings.put("target.api-two.redelivery.max-backoff", "100ms");
        targets.answers("api-two", serverError());
        targets.answers("moved", okJson("{}"));
        try (RunningTandem tandem = start()) {
            String id = RunningTandem.json(tandem.postJson("{}", "Prefer", "respond-async"))
                    .path("id")
                    .asText();
            await().atMost(PATIENCE).until(() -> targets.received("api-two").size() > 1);

            set("target.api-two.url", targets.url("moved"));

            await().atMost(PATIENCE)
                    .until(() ->
                            tandem.get(tandem.uri("/messages/" + id)).body().contains("\"state\":\"complete\""));
            assertThat(targets.received("moved")).isNotEmpty();
        }
    }

    @Test
    void connectionsOfAnUnchangedTargetAreKept() throws Exception {
        try (RunningTandem tandem = start()) {
            tandem.postJson("{}");
            Targets before = tandem.application().targets();

            set("target.api-two.timeout", "2s");
            await().atMost(PATIENCE).until(() -> tandem.application().targets() != before);

            Targets after = tandem.application().targets();
            assertThat(after.parts().get("api-one")).isSameAs(before.parts().get("api-one"));
            assertThat(after.parts().get("api-two").client())
                    .isNotSameAs(before.parts().get("api-two").client());
            assertThat(replies(tandem)).isEqualTo(2);
        }
    }

    @Test
    void wrongSettingsAreRefusedWithTheirPlaceAndWhatRanGoesOn() {
        try (RunningTandem tandem = start()) {
            Map<String, String> right = Map.copyOf(settings);
            Map<String, String> wrongs = Map.of(
                    "tandem.deadlin", "3s",
                    "target.api-one.timeout", "soon",
                    "target.api-two.url", "ftp://example.com/",
                    "tandem.completion", "quorum:5",
                    "target.api-one.auth", "client-credentials",
                    "target.api-two.header.X-Key", "{{env:NOT_SET}}");
            wrongs.forEach((key, value) -> {
                set(key, value);
                String place = PROPERTIES + ":" + line(key + "=") + ": ";
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(fault(tandem)).startsWith(place));
                assertThat(replies(tandem)).isEqualTo(2);
                settings.clear();
                settings.putAll(right);
            });
            save();
            await().atMost(PATIENCE).until(() -> fault(tandem).isEmpty());
            assertThat(tandem.application().reloads().latest()).noneMatch(Reloads.Attempt::applied);

            // the target is gone, and a route still leads there
            settings.keySet().removeIf(key -> key.startsWith("target.api-two."));
            save();
            await().atMost(PATIENCE)
                    .until(() -> fault(tandem).contains(SCATTER + ":" + folder.line(SCATTER, "api-two") + ":"));
            assertThat(replies(tandem)).isEqualTo(2);
        }
    }

    @Test
    void whatCanNotChangeWhileItRunsIsToldWithItsPlace() {
        try (RunningTandem tandem = start()) {
            settings.put("tandem.http.port", "65000");
            settings.put("tandem.deadline", "9s");
            save();

            await().atMost(PATIENCE)
                    .until(() -> !tandem.application().reloads().atNextStart().isEmpty());
            assertThat(tandem.application().reloads().atNextStart())
                    .singleElement()
                    .satisfies(fault -> assertThat(fault.line())
                            .isEqualTo("application.properties:" + line("tandem.http.port")
                                    + ": 'tandem.http.port' takes effect at the next start; until then it is 0"));
            assertThat(tandem.get(tandem.managementUri("/observe/health")).body())
                    .contains("at-next-start-1");
            assertThat(replies(tandem)).isEqualTo(2);

            set("tandem.http.port", "0");
            await().atMost(PATIENCE)
                    .until(() -> tandem.application().reloads().atNextStart().isEmpty());
        }
    }

    @Test
    void mountedFolderThatIsSwappedTakesEffect() throws IOException {
        revision("..1", "2s");
        Files.createSymbolicLink(folder.path("conf.d/config/..data"), Path.of("..1"));
        Files.createSymbolicLink(
                folder.path("conf.d/config/target.properties"), Path.of("..data", "target.properties"));
        try (RunningTandem tandem = start()) {
            assertThat(timeout(tandem)).isEqualTo(Duration.ofSeconds(2));

            revision("..2", "4s");
            Files.createSymbolicLink(folder.path("conf.d/config/..data_tmp"), Path.of("..2"));
            Files.move(
                    folder.path("conf.d/config/..data_tmp"),
                    folder.path("conf.d/config/..data"),
                    StandardCopyOption.ATOMIC_MOVE);

            await().atMost(PATIENCE).until(() -> timeout(tandem).equals(Duration.ofSeconds(4)));
        }
    }

    private static Duration timeout(RunningTandem tandem) {
        return tandem.application().targets().parts().get("api-one").settings().timeout();
    }

    private void revision(String name, String timeout) {
        folder.write("conf.d/config/" + name + "/target.properties", "target.api-one.timeout=" + timeout + "\n");
    }

    private static String metrics(RunningTandem tandem) {
        return tandem.get(tandem.managementUri("/observe/metrics")).body();
    }
}
