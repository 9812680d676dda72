package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The pods that the manifests make fit Tandem, and what is around them fits the pods. */
class PodsTest {
    private static final String PINNED = ".+(:\\d+\\.\\d+\\.\\d+|@sha256:[0-9a-f]{64})";

    private static JsonNode integration(Manifests built) {
        return built.the("Integration", "tandem");
    }

    private static JsonNode traits(Manifests built) {
        return integration(built).at("/spec/traits");
    }

    private static JsonNode pod(Manifests built) {
        String kind = built.has("Integration") ? "Integration" : "Deployment";
        return built.the(kind, "tandem").at("/spec/template/spec");
    }

    private static Settings settings(Manifests built) {
        Map<String, String> all = new HashMap<>(ExampleSecret.filled());
        built.configuration().forEach((key, value) -> all.put(key.toString(), value.toString()));
        all.put("tandem.http.host", "0.0.0.0");
        return ConfigurationLoader.load(
                ConfigurationSources.of(Path.of("").toAbsolutePath(), Map.of()).withOverrides(all));
    }

    @Test
    void imageIsPinned() {
        assertThat(traits(Manifests.build(Manifests.CAMEL_K))
                        .at("/container/image")
                        .stringValue())
                .matches(PINNED);
        assertThat(pod(Manifests.build(Manifests.PLAIN))
                        .at("/containers/0/image")
                        .stringValue())
                .matches(PINNED);
    }

    @Test
    void portsAreThoseTandemListensOn() {
        Manifests camelK = Manifests.build(Manifests.CAMEL_K);
        Settings settings = settings(camelK);
        JsonNode container = traits(camelK).path("container");

        assertThat(container.path("port").asInt()).isEqualTo(settings.http().port());
        assertThat(Manifests.strings(container.path("ports")))
                .containsExactly("observe;" + settings.management().port());
        assertThat(pod(Manifests.build(Manifests.PLAIN))
                        .at("/containers/0/ports")
                        .valueStream()
                        .map(port -> port.path("containerPort").asInt()))
                .containsExactly(settings.http().port(), settings.management().port());
    }

    /** With an image of one's own, Camel K makes none unless told to. */
    @Test
    void serviceLeadsToMessagesAlone() {
        JsonNode trait = traits(Manifests.build(Manifests.CAMEL_K)).path("service");
        assertThat(trait.path("enabled").asBoolean()).isTrue();
        assertThat(trait.path("auto").asBoolean(true)).isFalse();

        Manifests plain = Manifests.build(Manifests.PLAIN);
        JsonNode service = plain.the("Service", "tandem");
        assertThat(service.at("/spec/ports").valueStream().map(port -> port.path("targetPort")
                        .asString()))
                .containsExactly("http");
        assertThat(plain.the("Deployment", "tandem").at("/spec/template/metadata/labels"))
                .isEqualTo(service.at("/spec/selector"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"startup", "liveness", "readiness"})
    void probeAsksWhatTandemServes(String probe) throws Exception {
        JsonNode health = traits(Manifests.build(Manifests.CAMEL_K)).path("health");
        JsonNode http = pod(Manifests.build(Manifests.PLAIN)).at("/containers/0/" + probe + "Probe/httpGet");

        assertThat(health.path("enabled").asBoolean()).isTrue();
        assertThat(health.path(probe + "ProbeEnabled").asBoolean()).isTrue();
        assertThat(health.path(probe + "Port").asInt()).isEqualTo(9876);
        assertThat(http.path("port").asString()).isEqualTo("observe");
        assertThat(http.path("path")).isEqualTo(health.path(probe + "Probe"));
        try (ManagementPort management = ManagementPort.open()) {
            assertThat(management.statusOf(http.path("path").stringValue())).isEqualTo(200);
        }
    }

    @Test
    void nothingRunsAsRootOrWritesBesideItsVolumes() {
        Manifests camelK = Manifests.build(Manifests.CAMEL_K);
        JsonNode traits = traits(camelK);
        assertThat(List.of(traits.path("container"), traits.path("security-context")))
                .allSatisfy(context -> {
                    assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
                    assertThat(context.path("runAsUser").asInt()).isEqualTo(1001);
                });
        assertThat(traits.at("/container/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(pod(camelK).at("/containers/0/name")).isEqualTo(traits.at("/container/name"));

        JsonNode plain = pod(Manifests.build(Manifests.PLAIN));
        assertThat(plain.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(plain.at("/securityContext/runAsUser").asInt()).isEqualTo(1001);
        assertThat(plain.at("/containers/0/securityContext/allowPrivilegeEscalation")
                        .asBoolean(true))
                .isFalse();

        assertThat(List.of(pod(camelK), plain)).allSatisfy(pod -> {
            assertThat(pod.at("/containers/0/securityContext/readOnlyRootFilesystem")
                            .asBoolean())
                    .isTrue();
            // else the volume of the inbox would belong to root
            assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(1001);
        });
    }

    @Test
    void whatIsMountedExists() {
        Manifests camelK = Manifests.build(Manifests.CAMEL_K);
        assertThat(Manifests.strings(traits(camelK).at("/mount/volumes"))).containsExactly("tandem-data:/data");
        camelK.the("PersistentVolumeClaim", "tandem-data");

        Manifests plain = Manifests.build(Manifests.PLAIN);
        pod(plain).path("volumes").forEach(volume -> {
            if (volume.has("persistentVolumeClaim")) {
                plain.the(
                        "PersistentVolumeClaim",
                        volume.at("/persistentVolumeClaim/claimName").stringValue());
            }
            if (volume.has("secret")) {
                assertThat(volume.at("/secret/secretName"))
                        .isEqualTo(Manifests.read(Manifests.SECRET_EXAMPLE).at("/metadata/name"));
            }
        });
        assertThat(settings(plain).inbox().dir()).startsWithRaw(Path.of("/data"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel-k/base", "camel-k/prod", "plain"})
    void podIsGivenTheTimeItNeedsToEnd(String folder) {
        Manifests built = Manifests.build(folder);
        Settings.Http http = settings(built).http();

        // what follows the drain is done in a few seconds
        assertThat(pod(built).path("terminationGracePeriodSeconds").asLong())
                .isGreaterThanOrEqualTo(http.drainDelay()
                        .plus(http.drainTimeout())
                        .plus(Duration.ofSeconds(10))
                        .toSeconds());
        assertThat(http.drainDelay()).isPositive();
        assertThat(http.drainTimeout()).isGreaterThan(settings(built).deadline());
    }

    @ParameterizedTest
    @CsvSource({"camel-k/prod,Integration", "plain,Deployment"})
    void severalPodsShareWhatHasToBeShared(String folder, String kind) {
        Manifests built = Manifests.build(folder);

        assertThat(settings(built).journal().database()).isInstanceOf(Settings.Database.Postgres.class);
        assertThat(built.the("PersistentVolumeClaim", "tandem-data").at("/spec/accessModes/0"))
                .hasToString("\"ReadWriteMany\"");
        JsonNode target = built.the("HorizontalPodAutoscaler", "tandem").at("/spec/scaleTargetRef");
        assertThat(target.path("kind").stringValue()).isEqualTo(kind);
        JsonNode scaled = built.the(kind, target.path("name").stringValue());
        assertThat(target.path("apiVersion")).isEqualTo(scaled.path("apiVersion"));
        assertThat(scaled.at("/spec/replicas").asInt())
                .isEqualTo(built.the("HorizontalPodAutoscaler", "tandem")
                        .at("/spec/minReplicas")
                        .asInt());
    }

    @ParameterizedTest
    @CsvSource({
        "camel-k/base,camel.apache.org/integration",
        "camel-k/prod,camel.apache.org/integration",
        "plain,app.kubernetes.io/name"
    })
    void whatSelectsPodsFindsThem(String folder, String label) {
        Manifests built = Manifests.build(folder);

        for (JsonNode resource : built.resources()) {
            JsonNode selector = resource.path("kind").asString().equals("NetworkPolicy")
                    ? resource.at("/spec/podSelector/matchLabels")
                    : resource.at("/spec/selector/matchLabels");
            if (!selector.isMissingNode()) {
                assertThat(selector.propertyNames())
                        .as(resource.path("kind").asString())
                        .containsExactly(label);
                assertThat(selector.path(label).stringValue()).isEqualTo("tandem");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel-k/base", "plain"})
    void podReachesNamesAndTargetsAlone(String folder) {
        JsonNode policy = Manifests.build(folder).the("NetworkPolicy", "tandem").path("spec");

        assertThat(Manifests.strings(policy.path("policyTypes"))).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(policy.path("egress")).allSatisfy(rule -> {
            assertThat(rule.path("to")).isNotEmpty();
            assertThat(rule.path("ports")).isNotEmpty();
            assertThat(rule.toString()).doesNotContain("0.0.0.0/0", "::/0");
        });
        assertThat(policy.path("ingress")
                        .valueStream()
                        .filter(rule -> rule.at("/ports/0/port").asInt() != 8080))
                .allSatisfy(rule -> assertThat(rule.path("from")).isNotEmpty());
    }

    /** As it is used: in an overlay of one's own. */
    @ParameterizedTest
    @CsvSource({
        "camel-k/prod,Integration,/spec/serviceAccountName",
        "plain,Deployment,/spec/template/spec/serviceAccountName"
    })
    void electionsMayAskForPodsAndLeases(String folder, String kind, String account) throws IOException {
        Path overlay = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "overlay");
        try {
            Path k8s = overlay.toAbsolutePath().relativize(Manifests.FOLDER.toAbsolutePath());
            Files.writeString(
                    overlay.resolve("kustomization.yaml"),
                    "resources: [%s]%ncomponents: [%s]%n".formatted(k8s.resolve(folder), k8s.resolve("leader")));
            Manifests built =
                    Manifests.build(Manifests.FOLDER.relativize(overlay).toString());

            assertThat(built.resources().stream().filter(NativeResources::isNative))
                    .allSatisfy(resource ->
                            assertThat(NativeResources.faults(resource)).isEmpty());
            assertThat(settings(built).cluster().election()).isEqualTo(Settings.Election.KUBERNETES);
            String name =
                    built.the("ServiceAccount", "tandem").at("/metadata/name").stringValue();
            assertThat(built.the(kind, "tandem").at(account).stringValue()).isEqualTo(name);
            assertThat(pod(built).path("automountServiceAccountToken").asBoolean())
                    .isTrue();
            assertThat(built.the("RoleBinding", "tandem").at("/subjects/0/name").stringValue())
                    .isEqualTo(name);
            assertThat(built.the("Role", "tandem")
                            .path("rules")
                            .valueStream()
                            .flatMap(rule -> Manifests.strings(rule.path("resources")).stream()))
                    .containsExactly("pods", "leases");
        } finally {
            Files.delete(overlay.resolve("kustomization.yaml"));
            Files.delete(overlay);
        }
    }

    @Test
    void everyClientHasItsSecret() {
        Properties single = Manifests.build(Manifests.CAMEL_K).configuration();
        Stream<String> clients = single.stringPropertyNames().stream()
                .filter(key -> key.endsWith(".oauth.client-id"))
                .map(key -> key.replaceFirst("client-id$", "client-secret"));
        List<String> expected =
                Stream.concat(clients, Stream.of("tandem.auth.callers")).toList();

        assertThat(Manifests.read(Manifests.SECRET_EXAMPLE).path("stringData").propertyNames())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyTargetOfTheRoutesIsConfigured() {
        TreeSet<String> used = new TreeSet<>();
        Pattern delivery = Pattern.compile("kamelet:deliver/[^?]+\\?target=([a-z0-9-]+)");
        Manifests.routeFiles()
                .forEach(file ->
                        delivery.matcher(Manifests.text(file)).results().forEach(result -> used.add(result.group(1))));
        Properties configuration = Manifests.build(Manifests.CAMEL_K).configuration();

        assertThat(used).isNotEmpty().allSatisfy(target -> assertThat(configuration)
                .containsKey("target.%s.url".formatted(target)));
    }

    /** jib is told by the pom what the Containerfile says. */
    @Test
    void bothImagesStartTheSame() throws IOException {
        Container.Config config = Container.Config.ofContainerfile();
        String pom = Files.readString(Path.of("pom.xml"));
        String container = pom.substring(pom.indexOf("<container>"), pom.indexOf("</container>"));

        config.command().forEach(word -> assertThat(container).contains("<arg>" + word + "</arg>"));
        config.environment()
                .forEach((name, value) -> assertThat(container).contains("<%s>%s</%s>".formatted(name, value, name)));
        assertThat(container).contains("<user>" + config.user() + "</user>");
        assertThat(config.user()).isEqualTo("1001:0");
        assertThat(container).contains("<workingDirectory>" + config.workingDirectory() + "</workingDirectory>");
    }
}
