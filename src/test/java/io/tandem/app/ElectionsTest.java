package io.tandem.app;

import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's route from {@code master:} runs in one instance alone, by configuration. */
class ElectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String NAMESPACE = "integration";

    @TempDir
    private Path folder;

    private final StubTargets targets = new StubTargets();

    @AfterEach
    void stop() {
        targets.close();
    }

    /** An instance with a route that must run once: it tells {@code /name} that it runs. */
    private RunningTandem start(String name, Map<String, String> cluster) {
        return RunningTandem.start(settings(name, cluster));
    }

    private Map<String, String> settings(String name, Map<String, String> cluster) {
        targets.answers(name, ok());
        RoutesFolder routes = new RoutesFolder(folder.resolve(name));
        routes.write(
                "routes/3-nightly.camel.yaml",
                """
                - route:
                    id: nightly
                    description: Runs in one instance.
                    from:
                      uri: master:nightly:timer:nightly?period=200
                      steps:
                        - to: %s
                """
                        .formatted(targets.url(name)));
        Map<String, String> settings = new HashMap<>(targets.settings());
        settings.put("tandem.routes", routes.path("routes").toString());
        settings.putAll(cluster);
        return settings;
    }

    private int runs(String name) {
        return targets.received(name).size();
    }

    @Test
    void anotherInstanceFollowsWhenTheLeaderByFileEnds() {
        Map<String, String> cluster = Map.of(
                "tandem.cluster",
                "file",
                "tandem.cluster.dir",
                folder.resolve("cluster").toString());
        RunningTandem first = start("first", cluster);
        await().atMost(PATIENCE).until(() -> runs("first") > 3);
        try (RunningTandem second = start("second", cluster)) {
            int before = runs("first");
            await().atMost(PATIENCE).until(() -> runs("first") > before + 15);
            assertThat(runs("second")).isZero();

            first.close();
            int atEnd = runs("first");
            await().atMost(PATIENCE).until(() -> runs("second") > 3);
            assertThat(runs("first")).isEqualTo(atEnd);
            assertThat(second.postJson("{}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void leaderTakesTheLeaseWhenItsHolderHasLetGo() throws Exception {
        KubernetesMockServer kubernetes = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        kubernetes.init(InetAddress.getLoopbackAddress(), 0);
        System.setProperty("kubernetes.master", "http://127.0.0.1:" + kubernetes.getPort());
        try (KubernetesClient client = kubernetes.createClient().adapt(KubernetesClient.class)) {
            String self = Objects.requireNonNullElse(
                    System.getenv("HOSTNAME"), InetAddress.getLocalHost().getHostName());
            pod(client, self);
            pod(client, "tandem-other");
            client.leases()
                    .inNamespace(NAMESPACE)
                    .resource(heldBy("tandem-other"))
                    .create();
            try (RunningTandem tandem =
                    start("leased", Map.of("tandem.cluster", "kubernetes", "tandem.cluster.namespace", NAMESPACE))) {
                assertThat(tandem.postJson("{}").statusCode()).isEqualTo(200);
                await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> runs("leased") == 0);

                client.leases().inNamespace(NAMESPACE).resource(heldBy(null)).update();
                await().atMost(PATIENCE).until(() -> runs("leased") > 3);
                assertThat(lease(client).getSpec().getHolderIdentity()).isEqualTo(self);
            }
        } finally {
            System.clearProperty("kubernetes.master");
            kubernetes.destroy();
        }
    }

    private static void pod(KubernetesClient client, String name) {
        client.pods()
                .inNamespace(NAMESPACE)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Running")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build())
                .create();
    }

    private static Lease lease(KubernetesClient client) {
        return client.leases()
                .inNamespace(NAMESPACE)
                .withName("tandem-leaders-nightly")
                .get();
    }

    private static Lease heldBy(@Nullable String pod) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName("tandem-leaders-nightly")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(pod)
                .withAcquireTime(ZonedDateTime.now())
                .withRenewTime(ZonedDateTime.now())
                .withLeaseDurationSeconds(15)
                .endSpec()
                .build();
    }

    @Test
    void startTellsWhatIsMissingWithoutElections() {
        assertThat(catchThrowable(() -> start("none", Map.of())))
                .hasMessageContaining("3-nightly.camel.yaml:5:12")
                .hasMessageContaining("set tandem.cluster");
    }
}
