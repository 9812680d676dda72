package io.tandem.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Everything that is applied is what it claims to be. */
class NativeResourcesTest {
    /** Of operators: Camel K's are checked against its CRDs, Traefik's against the files for one on the spot, KEDA's by {@link ScaledObjectTest}. */
    private static final Set<String> OF_OPERATORS =
            Set.of("camel.apache.org/v1", "keda.sh/v1alpha1", "monitoring.coreos.com/v1", "traefik.io/v1alpha1");

    static List<String> folders() {
        return Manifests.folders();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void resourcesAreKnownToTheLastField(String folder) {
        for (JsonNode resource : Manifests.build(folder).resources()) {
            if (OF_OPERATORS.contains(resource.path("apiVersion").asString())) {
                continue;
            }
            assertThat(NativeResources.isNative(resource))
                    .as(resource.toString())
                    .isTrue();
            assertThat(NativeResources.faults(resource)).as(resource.toString()).isEmpty();
        }
    }

    @Test
    void exampleIsASecret() {
        assertThat(NativeResources.faults(Manifests.read(Manifests.SECRET_EXAMPLE)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment,/spec/template/spec/containers/0,readinessprobe",
        "Deployment,/spec/template/spec,terminationGraceSeconds",
        "NetworkPolicy,/spec/egress/0,port",
        "HorizontalPodAutoscaler,/spec,minimumReplicas"
    })
    void unknownFieldIsRefused(String kind, String place, String field) {
        JsonNode resource = Manifests.build(Manifests.PLAIN).the(kind, "tandem");
        ((ObjectNode) resource.at(place)).put(field, 1);

        assertThat(NativeResources.faults(resource)).singleElement().asString().contains(field);
    }
}
