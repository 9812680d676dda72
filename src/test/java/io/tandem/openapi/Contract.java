package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.tandem.support.RawHttp;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The document that an instance serves, and what it says of replies. Thread-safe. */
public final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOCATION = "https://tandem.test/openapi.json";

    private final JsonNode document;
    private final SchemaRegistry registry;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private Contract(JsonNode document) {
        this.document = document;
        String closed = withClosedObjects(document);
        this.registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(location -> location.equals(LOCATION) ? closed : null));
    }

    static Contract of(Instance instance) throws IOException, InterruptedException {
        HttpResponse<String> response = instance.get("/openapi.json");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return of(response.body());
    }

    /** Of a document as it is served. */
    public static Contract of(String document) throws IOException {
        return new Contract(JSON.readTree(document));
    }

    public JsonNode document() {
        return document;
    }

    /** An answer, however it was had; names of headers in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {
        static Answer of(HttpResponse<String> response) {
            Map<String, String> headers = new HashMap<>();
            response.headers()
                    .map()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            return new Answer(response.statusCode(), headers, response.body());
        }

        public static Answer of(RawHttp.Reply reply) {
            return new Answer(reply.status(), reply.headers(), reply.body());
        }

        private boolean has(String header) {
            return headers.containsKey(header.toLowerCase(Locale.ROOT));
        }
    }

    /** Status, media type, body and headers of a reply to who sent a message. */
    void assertDocuments(HttpResponse<String> reply) throws IOException {
        assertDocuments("post /messages", Answer.of(reply));
    }

    /** @param call such as {@code get /messages/{id}} */
    public void assertDocuments(String call, Answer answer) throws IOException {
        JsonNode response = operation(call).path("responses").path(Integer.toString(answer.status()));
        assertThat(response.isObject()).as("status %s", answer.status()).isTrue();
        String contentType = answer.headers().getOrDefault("content-type", "").split(";", 2)[0];
        JsonNode content = response.path("content");
        JsonNode media = content.has(contentType) ? content.path(contentType) : content.path("*/*");
        assertThat(media.isObject()).as(contentType).isTrue();
        if (media.has("schema")) {
            JsonNode value =
                    contentType.endsWith("json") ? JSON.readTree(answer.body()) : TextNode.valueOf(answer.body());
            assertFits(value, media.path("schema"), answer.body());
        }
        JsonNode documented = response.path("headers");
        for (Map.Entry<String, JsonNode> header :
                document.at("/components/headers").properties()) {
            String name = header.getKey();
            if (answer.has(name)) {
                assertThat(documented.has(name)).as(name).isTrue();
            } else if (header.getValue().path("required").asBoolean()) {
                assertThat(documented.has(name)).as(name).isFalse();
            }
        }
    }

    /** @param call such as {@code get /messages/{id}} */
    JsonNode operation(String call) {
        String[] parts = call.split(" ", 2);
        return document.path("paths").path(parts[1]).path(parts[0]);
    }

    /** Every call and what is documented of it. */
    public Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new LinkedHashMap<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> operations.put(method.getKey() + " " + path.getKey(), method.getValue())));
        return operations;
    }

    /** That a value is what a schema says, with no member that the schema does not know. */
    public void assertFits(JsonNode value, JsonNode schema, String what) {
        assertThat(schemas.computeIfAbsent(schema.toString(), text -> schema(schema))
                        .validate(value.toString(), InputFormat.JSON))
                .as(what)
                .isEmpty();
    }

    private Schema schema(JsonNode schema) {
        ObjectNode closed = schema.deepCopy();
        if (schema.has("$ref")) {
            closed.put("$ref", LOCATION + schema.path("$ref").asText());
        }
        if (schema.has("anyOf")) {
            closed.set("anyOf", absolute(schema.path("anyOf")));
        }
        // whatever it is, is not described by members
        if (schema.has("$ref") || schema.has("anyOf")) {
            closed.put("unevaluatedProperties", false);
        }
        return registry.getSchema(
                SchemaLocation.of("https://tandem.test/reply.json"), closed.toString(), InputFormat.JSON);
    }

    private static JsonNode absolute(JsonNode references) {
        ArrayNode absolute = JSON.createArrayNode();
        references.forEach(reference -> absolute.addObject()
                .put("$ref", LOCATION + reference.path("$ref").asText()));
        return absolute;
    }

    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String withClosedObjects(JsonNode document) {
        JsonNode copy = document.deepCopy();
        for (String schema : List.of("Delivery", "JournaledMessage", "JournaledDelivery")) {
            ((ObjectNode) copy.at("/components/schemas").path(schema)).put("unevaluatedProperties", false);
        }
        for (String schema : List.of("Delivery", "JournaledDelivery")) {
            ((ObjectNode) copy.at("/components/schemas/" + schema + "/properties/problem"))
                    .put("unevaluatedProperties", false);
        }
        return copy.toString();
    }
}
