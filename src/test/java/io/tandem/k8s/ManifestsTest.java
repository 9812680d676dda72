package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.caller.NewCredential;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The manifests fit together, and hold nothing that they should not. */
class ManifestsTest {
    private static final Pattern SECRET_KEY = Pattern.compile(".*(secret|password|api-key\\.value|private-key).*");

    @Test
    void kustomizationListsEverythingButTheExample() {
        JsonNode kustomization = Manifests.read(Manifests.KUSTOMIZATION);
        List<String> expected = Manifests.files().stream()
                .filter(file -> !file.equals(Manifests.KUSTOMIZATION) && !file.equals(Manifests.SECRET_EXAMPLE))
                .map(file -> String.valueOf(file.getFileName()))
                .toList();

        assertThat(Manifests.strings(kustomization.path("resources"))).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** The real thing, where it is installed. */
    @Test
    void kustomizationBuilds() throws Exception {
        assumeTrue(onPath("kubectl"), "kubectl is not installed");
        Path log = Files.createTempFile("kustomize", ".log");
        try {
            Process kubectl = new ProcessBuilder("kubectl", "kustomize", Manifests.FOLDER.toString())
                    .redirectError(log.toFile())
                    .start();
            String built = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(kubectl.waitFor()).as(() -> Manifests.text(log)).isZero();
            assertThat(built).contains("kind: Integration");
        } finally {
            Files.delete(log);
        }
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @Test
    void whatTheIntegrationMountsExists() {
        JsonNode mount = Manifests.traits().path("mount");

        assertThat(Manifests.strings(mount.path("configs")))
                .containsExactly("configmap:" + name(Manifests.CONFIG_MAP), "secret:" + name(Manifests.SECRET_EXAMPLE));
        assertThat(Manifests.strings(mount.path("resources")))
                .containsExactly(
                        "configmap:%s@%s/kamelets".formatted(name(Manifests.KAMELETS), configuration("tandem.routes")));
        assertThat(Manifests.strings(mount.path("volumes"))).containsExactly(name(Manifests.VOLUME_CLAIM) + ":/data");
        assertThat(Path.of(configuration("tandem.inbox.dir"))).startsWithRaw(Path.of("/data"));
        // where Camel K mounts sources
        assertThat(configuration("tandem.routes")).isEqualTo("/etc/camel/sources");
    }

    @Test
    void changesOfTheConfigMapsAreFollowed() {
        String integration = name(Manifests.INTEGRATION);

        assertThat(Manifests.traits().at("/mount/hotReload").asBoolean()).isTrue();
        assertThat(Stream.of(Manifests.CONFIG_MAP, Manifests.KAMELETS)
                        .map(file -> Manifests.read(file).at("/metadata/labels/camel.apache.org~1integration")))
                .allSatisfy(label -> assertThat(label.stringValue()).isEqualTo(integration));
    }

    @Test
    void secretsAreOnlyPlaceholders() {
        JsonNode secret = Manifests.read(Manifests.SECRET_EXAMPLE);

        assertThat(secret.has("data")).isFalse();
        assertThat(secret.path("stringData").valueStream().map(JsonNode::stringValue))
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value).matches("<[a-z0-9 -]+>"));
        assertThat(Manifests.configuration().stringPropertyNames())
                .noneMatch(key -> SECRET_KEY.matcher(key).matches());
        assertThat(Manifests.files().stream()
                        .filter(file -> !file.equals(Manifests.SECRET_EXAMPLE))
                        .flatMap(file -> Manifests.readAll(file).stream())
                        .map(resource -> resource.path("kind").asString("")))
                .doesNotContain("Secret");
    }

    @Test
    void everyClientHasItsSecret() {
        Stream<String> clients = Manifests.configuration().stringPropertyNames().stream()
                .filter(key -> key.endsWith(".oauth.client-id"))
                .map(key -> key.replaceFirst("client-id$", "client-secret"));
        List<String> expected =
                Stream.concat(clients, Stream.of("tandem.auth.callers")).toList();

        assertThat(Manifests.read(Manifests.SECRET_EXAMPLE).path("stringData").propertyNames())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Open to other machines, it has to ask who calls. */
    @Test
    void configurationIsAcceptedWithTheSecrets() {
        Map<String, String> all = new HashMap<>();
        Manifests.configuration().forEach((key, value) -> all.put(key.toString(), value.toString()));
        Manifests.read(Manifests.SECRET_EXAMPLE)
                .path("stringData")
                .propertyNames()
                .forEach(key -> all.put(key, "secret"));
        NewCredential credential = new NewCredential();
        all.put(
                "tandem.auth.callers",
                credential.ofKey("shop", credential.key(), List.of()).line());

        Settings settings = ConfigurationLoader.load(
                ConfigurationSources.of(Path.of("").toAbsolutePath(), Map.of()).withOverrides(all));

        assertThat(settings.http().host()).isEqualTo("0.0.0.0");
        assertThat(settings.callers().anonymous()).isFalse();
    }

    @Test
    void everyTargetOfTheRoutesIsConfigured() {
        TreeSet<String> used = new TreeSet<>();
        Pattern delivery = Pattern.compile("kamelet:deliver/[^?]+\\?target=([a-z0-9-]+)");
        Manifests.routeFiles()
                .forEach(file ->
                        delivery.matcher(Manifests.text(file)).results().forEach(result -> used.add(result.group(1))));

        assertThat(used).isNotEmpty().allSatisfy(target -> assertThat(Manifests.configuration())
                .containsKey("target.%s.url".formatted(target)));
    }

    @Test
    void imageIsPinned() {
        assertThat(Manifests.traits().at("/container/image").stringValue())
                .matches(".+(:\\d+\\.\\d+\\.\\d+|@sha256:[0-9a-f]{64})");
    }

    @Test
    void portsAreThoseTandemListensOn() {
        JsonNode container = Manifests.traits().path("container");

        assertThat(configuration("tandem.http.host")).isEqualTo("0.0.0.0");
        assertThat(configuration("tandem.http.port"))
                .isEqualTo(container.path("port").asString());
        assertThat(configuration("tandem.management.host")).isEqualTo("0.0.0.0");
        assertThat(Manifests.strings(container.path("ports")))
                .containsExactly("observe;" + configuration("tandem.management.port"));
    }

    @Test
    void serviceIsMade() {
        assertThat(Manifests.traits().at("/service/enabled").asBoolean()).isTrue();
        assertThat(Manifests.traits().at("/service/auto").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"startup", "liveness", "readiness"})
    void probeAsksWhatTandemServes(String probe) throws Exception {
        JsonNode health = Manifests.traits().path("health");

        assertThat(health.path("enabled").asBoolean()).isTrue();
        assertThat(health.path(probe + "ProbeEnabled").asBoolean()).isTrue();
        assertThat(health.path(probe + "Port").asString()).isEqualTo(configuration("tandem.management.port"));
        try (ManagementPort management = ManagementPort.open()) {
            assertThat(management.statusOf(health.path(probe + "Probe").stringValue()))
                    .isEqualTo(200);
        }
    }

    @Test
    void nothingRunsAsRootOrWritesBesideItsVolumes() {
        JsonNode traits = Manifests.traits();
        JsonNode pod = Manifests.read(Manifests.INTEGRATION).at("/spec/template/spec");

        assertThat(List.of(traits.path("container"), traits.path("security-context")))
                .allSatisfy(context -> {
                    assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
                    assertThat(context.path("runAsUser").asInt()).isEqualTo(1001);
                });
        assertThat(traits.at("/container/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(pod.at("/containers/0/name")).isEqualTo(traits.at("/container/name"));
        assertThat(pod.at("/containers/0/securityContext/readOnlyRootFilesystem")
                        .asBoolean())
                .isTrue();
        // else the volume of the inbox would belong to root
        assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(1001);
    }

    private static String name(Path file) {
        return Manifests.read(file).at("/metadata/name").stringValue();
    }

    private static String configuration(String key) {
        Properties configuration = Manifests.configuration();
        assertThat(configuration).containsKey(key);
        return configuration.getProperty(key);
    }
}
