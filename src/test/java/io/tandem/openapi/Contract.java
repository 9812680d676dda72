package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** The document that an instance serves, and what it says of replies. */
final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOCATION = "https://tandem.test/openapi.json";

    private final JsonNode document;
    private final SchemaRegistry registry;

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
        return new Contract(JSON.readTree(response.body()));
    }

    JsonNode document() {
        return document;
    }

    /** Status, media type, body and headers of a reply to who sent a message. */
    void assertDocuments(HttpResponse<String> reply) throws IOException {
        JsonNode response = document.at("/paths/~1messages/post/responses").path(Integer.toString(reply.statusCode()));
        assertThat(response.isObject()).as("status %s", reply.statusCode()).isTrue();
        String contentType = reply.headers().firstValue("Content-Type").orElseThrow();
        JsonNode schema = response.path("content").path(contentType).path("schema");
        assertThat(schema.isObject()).as(contentType).isTrue();
        assertFits(JSON.readTree(reply.body()), schema, reply.body());
        for (String header : names(response.path("headers"))) {
            assertThat(reply.headers().firstValue(header)).as(header).isPresent();
        }
    }

    /** That a value is what a schema says, with no member that the schema does not know. */
    void assertFits(JsonNode value, JsonNode schema, String what) {
        ObjectNode closed = JSON.createObjectNode();
        closed.put("$ref", LOCATION + schema.path("$ref").asText());
        closed.put("unevaluatedProperties", false);
        assertThat(registry.getSchema(
                                SchemaLocation.of("https://tandem.test/reply.json"),
                                closed.toString(),
                                InputFormat.JSON)
                        .validate(value.toString(), InputFormat.JSON))
                .as(what)
                .isEmpty();
    }

    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String withClosedObjects(JsonNode document) {
        JsonNode copy = document.deepCopy();
        ObjectNode delivery = (ObjectNode) copy.at("/components/schemas/Delivery");
        delivery.put("unevaluatedProperties", false);
        ((ObjectNode) delivery.at("/properties/problem")).put("unevaluatedProperties", false);
        return copy.toString();
    }
}
