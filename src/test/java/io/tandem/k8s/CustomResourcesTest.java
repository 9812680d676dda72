package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Every resource of Camel K is one that its operator understands, to the last field. */
class CustomResourcesTest {
    private static CustomResourceSchemas schemas;

    @BeforeAll
    static void loadSchemas() {
        assumeTrue(
                CustomResourceSchemas.available(),
                () -> "Camel K's CRDs are not at %s; set TANDEM_SHARED to the folder that has schemas/"
                        .formatted(CustomResourceSchemas.CRDS.toAbsolutePath().normalize()));
        schemas = CustomResourceSchemas.load();
    }

    @Test
    void resourcesOfCamelKFitTheirSchemas() {
        List<JsonNode> resources = new ArrayList<>();
        for (String folder : Manifests.folders()) {
            resources.addAll(Manifests.build(folder).resources());
        }
        Manifests.kameletFiles().forEach(file -> resources.add(Manifests.read(file)));

        List<String> kinds = new ArrayList<>();
        for (JsonNode resource : resources) {
            if (resource.path("apiVersion").asString("").startsWith("camel.apache.org/")) {
                kinds.add(resource.path("kind").stringValue());
                assertThat(schemas.faults(resource)).as(resource.toString()).isEmpty();
            }
        }

        assertThat(kinds).contains("Integration", "Kamelet");
    }

    @Test
    void unknownTraitIsRefused() {
        ObjectNode integration = integration();
        ((ObjectNode) integration.at("/spec/traits")).putObject("healthy").put("enabled", true);

        assertThat(schemas.faults(integration)).singleElement().asString().contains("healthy");
    }

    @Test
    void unknownFieldOfATraitIsRefused() {
        ObjectNode integration = integration();
        ((ObjectNode) integration.at("/spec/traits/health")).put("livenessPath", "/observe/health/live");

        assertThat(schemas.faults(integration)).singleElement().asString().contains("livenessPath");
    }

    @Test
    void wrongTypeIsRefused() {
        ObjectNode integration = integration();
        ((ObjectNode) integration.at("/spec/traits/container")).put("port", "8080");

        assertThat(schemas.faults(integration)).singleElement().asString().contains("port");
    }

    @Test
    void unknownFieldOfThePodIsRefused() {
        ObjectNode integration = integration();
        ((ObjectNode) integration.at("/spec/template/spec/containers/0/securityContext")).put("readOnly", true);

        assertThat(schemas.faults(integration)).singleElement().asString().contains("readOnly");
    }

    @Test
    void unknownKindIsRefused() {
        assertThat(schemas.faults(integration().put("kind", "Integrations")))
                .singleElement()
                .asString()
                .contains("Integrations");
    }

    private static ObjectNode integration() {
        return (ObjectNode) Manifests.build("camel-k/prod").the("Integration", "tandem");
    }
}
