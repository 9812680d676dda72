package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The pair of files for a Traefik on the spot, and the resources for one in the cluster. */
class TraefikTest {
    private static final Path LOCAL = Manifests.FOLDER.resolve("traefik/local");
    private static final YAMLMapper YAML = new YAMLMapper();

    private static JsonNode dynamicFile() {
        return Manifests.read(LOCAL.resolve("dynamic.yaml"));
    }

    private static TraefikFiles files() {
        return new TraefikFiles(Manifests.read(LOCAL.resolve("traefik.yaml")), dynamicFile());
    }

    @Test
    void filesFitTheirSchemas() {
        Path schema = TraefikFiles.schema("traefik-v3.schema.json");
        assumeTrue(
                Files.isRegularFile(schema),
                () -> "Traefik's schemas are not at %s; set TANDEM_SHARED to the folder that has schemas/"
                        .formatted(schema.toAbsolutePath().normalize().getParent()));

        assertThat(files().schemaFaults()).isEmpty();
        String text = Manifests.text(LOCAL.resolve("dynamic.yaml")).replace("attempts:", "tries:");
        assertThat(new TraefikFiles(files().fixed(), YAML.readTree(text)).schemaFaults())
                .anySatisfy(fault -> assertThat(fault).contains("tries"));
    }

    @Test
    void filesFitTogether() {
        assertThat(files().faults()).isEmpty();
    }

    @Test
    void bothApisHaveSeveralServers() {
        for (String api : new String[] {"api-one", "api-two"}) {
            assertThat(dynamicFile().at("/http/routers/" + api + "/rule").stringValue())
                    .isEqualTo("Host(`%s.example.com`)".formatted(api));
            assertThat(dynamicFile().at("/http/services/" + api + "/loadBalancer/servers"))
                    .hasSizeGreaterThan(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "service: api-one; service: api-on; there is no 'api-on' among the services",
                "middlewares: [rate-limit, retry]; middlewares: [rate-limit, retries]; there is no 'retries' among the middlewares",
                "middlewares: [rate-limit, retry]; middlewares: [retry]; nothing uses 'rate-limit' among the middlewares",
                "entryPoints: [websecure]; entryPoints: [webSecure]; there is no entry point 'webSecure'",
                "Host(`api-one.example.com`); Host(api-one.example.com); matchers don't fit together",
                "Host(`api-one.example.com`); Hosts(`api-one.example.com`); there is no matcher Hosts",
                "(PathPrefix(`/messages`) ||; PathPrefix(`/messages`) ||; matchers don't fit together",
                "http://127.0.0.1:9101; 127.0.0.1:9101; needs http:// or https://",
                "interval: 1s; interval: 500ms; must be longer than its timeout"
            })
    void whatNoSchemaSeesIsFound(String right, String wrong, String told) {
        String text = Manifests.text(LOCAL.resolve("dynamic.yaml"));
        assertThat(text).contains(right);
        JsonNode broken = YAML.readTree(text.replaceFirst(Pattern.quote(right), wrong));

        assertThat(new TraefikFiles(files().fixed(), broken).faults())
                .anySatisfy(fault -> assertThat(fault).contains(told));
    }

    /** What is true on the spot is so in the cluster. */
    @Test
    void clusterRoutesAsTheFilesDo() {
        Manifests built = Manifests.build("traefik");
        JsonNode route = built.the("IngressRoute", "tandem").at("/spec/routes/0");

        assertThat(route.path("match")).isEqualTo(dynamicFile().at("/http/routers/tandem/rule"));
        assertThat(built.the("IngressRoute", "tandem").at("/spec/entryPoints"))
                .isEqualTo(dynamicFile().at("/http/routers/tandem/entryPoints"));
        for (JsonNode middleware : route.path("middlewares")) {
            String name = middleware.path("name").stringValue();
            assertThat(built.the("Middleware", name).path("spec"))
                    .isEqualTo(dynamicFile().at("/http/middlewares/" + name.replaceFirst("^tandem-", "")));
        }
        assertThat(route.at("/services/0/port"))
                .isEqualTo(Manifests.build(Manifests.PLAIN)
                        .the("Service", "tandem")
                        .at("/spec/ports/0/name"));
    }
}
