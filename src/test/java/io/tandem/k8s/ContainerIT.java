package io.tandem.k8s;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the image brings works as a pod runs it, with the files that the manifests mount. */
class ContainerIT {
    @TempDir
    private static Path folder;

    private static Path image;

    @TempDir
    private Path pod;

    private final StubTargets targets = new StubTargets();

    @BeforeAll
    static void layOut() throws Exception {
        Container.assumePossible();
        // the temporary folder is for its owner alone
        image = folder.resolve("root");
        run("k8s/image/files.sh", image.resolve("opt/tandem").toString());
    }

    @AfterEach
    void stop() {
        targets.close();
    }

    static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** In place of the addresses that nobody has, and of the credentials that are asked for there. */
    static Map<String, String> environment(StubTargets targets) {
        targets.server()
                .stubFor(post(urlPathEqualTo("/token"))
                        .willReturn(
                                okJson("{\"access_token\":\"t0ken\",\"token_type\":\"Bearer\",\"expires_in\":3600}")));
        Map<String, String> environment = new HashMap<>();
        for (String target : new String[] {"api-one", "api-two"}) {
            String prefix = "TARGET_" + target.replace('-', '_').toUpperCase(Locale.ROOT);
            environment.put(prefix + "_URL", targets.url(target));
            environment.put(prefix + "_OAUTH_TOKEN_URL", targets.url("token"));
        }
        environment.put("TANDEM_HTTP_DRAIN_DELAY", "100ms");
        return environment;
    }

    @Test
    void messagesAreServedInThePodThatCamelKMakes() throws Exception {
        PodFiles.write(Manifests.build("camel-k/base"), ExampleSecret.filled(), pod.resolve("camel"));
        try (Container container =
                Container.start(image, pod, Container.Config.ofContainerfile(), environment(targets))) {
            container.awaitReady();

            assertThat(container.post("{\"order\":1}", "wrong").statusCode()).isEqualTo(401);
            HttpResponse<String> reply = container.post("{\"order\":1}", ExampleSecret.key());
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).contains("\"outcome\":\"complete\"", "{\"from\":\"one\"}", "{\"from\":\"two\"}");
            assertThat(targets.received("api-two")).singleElement().satisfies(request -> assertThat(
                            request.getHeader("Authorization"))
                    .isEqualTo("Bearer t0ken"));
            dropFile();

            assertThat(container.status("Uid")).isEqualTo("1001\t1001\t1001\t1001");
            assertThat(container.status("Gid")).isEqualTo("0\t0\t0\t0");
            assertThat(container.status("CapEff")).matches("0+");
            assertThat(pod.resolve("data/journal/tandem.db")).exists();
            assertThat(container.terminate()).isZero();
            assertThat(container.log()).doesNotContain("s3cr3t", "t0ken", ExampleSecret.key(), "WARNING", "Read-only");
        }
    }

    private void dropFile() throws IOException {
        Files.writeString(pod.resolve("data/inbox/order.json"), "{\"order\":2}");
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pod.resolve("data/done/order.json")));
        assertThat(pod.resolve("data/replies/order.json.reply.json")).content().contains("\"outcome\":\"complete\"");
    }

    /** The kubelet puts another version of a ConfigMap in place of the one that is mounted. */
    @Test
    void editOfARouteTakesEffectWhereRoutesAreAConfigMap() throws Exception {
        Manifests dev = Manifests.build("camel-k/dev");
        PodFiles.write(dev, ExampleSecret.filled(), pod.resolve("camel"));
        try (Container container =
                Container.start(image, pod, Container.Config.ofContainerfile(), environment(targets))) {
            container.awaitReady();
            assertThat(container.post("{\"order\":1}", ExampleSecret.key()).body())
                    .contains("api-one", "api-two");

            Map<String, String> files = new HashMap<>();
            for (Path file : Manifests.routeFiles()) {
                files.put(
                        file.getFileName().toString(),
                        Manifests.text(file).replaceAll("(?m)^.*kamelet:deliver/api-two.*\n", ""));
            }
            for (Path file : Manifests.kameletFiles()) {
                files.put("kamelets/" + file.getFileName(), Manifests.text(file));
            }
            PodFiles.mount(pod.resolve("camel/sources"), files, "..2");

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            container.post("{\"order\":1}", ExampleSecret.key()).body())
                    .contains("api-one")
                    .doesNotContain("api-two"));
            assertThat(container.terminate()).isZero();
        }
    }
}
