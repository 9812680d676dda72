package io.tandem.k8s;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas in Camel K's CRDs, made strict: where the API server would drop an unknown field in silence, here it is
 * an error.
 */
final class CustomResourceSchemas {
    /** The CRDs are too large to be part of the project. */
    private static final Path SHARED = Path.of(System.getProperty(
            "tandem.shared", Objects.requireNonNullElse(System.getenv("TANDEM_SHARED"), "../shared")));

    static final Path CRDS = SHARED.resolve("schemas/camel-k-2.10.1-crds.yaml");

    private static final String EXTENSION = "x-kubernetes-";

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** By {@code apiVersion/kind}. */
    private final Map<String, JsonNode> schemas = new HashMap<>();

    private CustomResourceSchemas() {}

    static boolean available() {
        return Files.isRegularFile(CRDS);
    }

    static CustomResourceSchemas load() {
        CustomResourceSchemas loaded = new CustomResourceSchemas();
        for (JsonNode crd : Manifests.readAll(CRDS)) {
            String group = crd.at("/spec/group").stringValue();
            String kind = crd.at("/spec/names/kind").stringValue();
            for (JsonNode version : crd.at("/spec/versions")) {
                ObjectNode schema =
                        (ObjectNode) version.at("/schema/openAPIV3Schema").deepCopy();
                // checked by the API server as what it is, ObjectMeta
                ((ObjectNode) schema.path("properties")).remove("metadata");
                makeStrict(schema);
                ((ObjectNode) schema.path("properties")).putObject("metadata").put("type", "object");
                loaded.schemas.put(
                        "%s/%s/%s".formatted(group, version.path("name").stringValue(), kind), schema);
            }
        }
        return loaded;
    }

    /** What is wrong with a resource; one of an unknown kind is wrong as well. */
    List<String> faults(JsonNode resource) {
        String kind = "%s/%s"
                .formatted(
                        resource.path("apiVersion").stringValue(),
                        resource.path("kind").stringValue());
        JsonNode schema = schemas.get(kind);
        return schema == null
                ? List.of("there is no " + kind)
                : registry.getSchema(schema).validate(resource).stream()
                        .map(Error::toString)
                        .toList();
    }

    private static void makeStrict(ObjectNode schema) {
        boolean open = schema.path(EXTENSION + "preserve-unknown-fields").asBoolean(false);
        boolean intOrString = schema.path(EXTENSION + "int-or-string").asBoolean(false);
        if (intOrString) {
            schema.remove("type");
        }
        // formats are Go's (int32, byte), not JSON Schema's
        schema.remove("format");
        schema.remove(List.copyOf(schema.propertyNames()).stream()
                .filter(name -> name.startsWith(EXTENSION))
                .toList());
        schema.path("properties").forEach(CustomResourceSchemas::makeStrictIfSchema);
        makeStrictIfSchema(schema.path("items"));
        makeStrictIfSchema(schema.path("additionalProperties"));
        if (!open
                && schema.path("type").equals(JsonNodeFactory.instance.stringNode("object"))
                && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
    }

    private static void makeStrictIfSchema(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            makeStrict(schema);
        }
    }
}
