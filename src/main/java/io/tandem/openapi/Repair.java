package io.tandem.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Mends what camel-openapi-java leaves broken in a document of OpenAPI 3.1: types that it sets as 3.0 wants them, which
 * are then not written; responses without a description, which must have one; and one operationId, that of the rest
 * block, for each operation that has none of its own.
 */
final class Repair {
    private final Set<String> operationIds = new HashSet<>();
    private final Set<Schema<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Repair() {}

    static void repair(OpenAPI api) {
        Repair repair = new Repair();
        if (api.getComponents() != null && api.getComponents().getSchemas() != null) {
            api.getComponents().getSchemas().values().forEach(repair::schema);
        }
        api.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            repair.operationId(method, path, operation);
            repair.operation(operation);
        }));
    }

    /** Generated clients name their methods by it, so a second one gets {@code getOrdersId} rather than none. */
    private void operationId(PathItem.HttpMethod method, String path, Operation operation) {
        if (!operationIds.add(operation.getOperationId())) {
            StringBuilder id = new StringBuilder(method.name().toLowerCase(Locale.ROOT));
            for (String word : path.split("[^A-Za-z0-9]+")) {
                if (!word.isEmpty()) {
                    id.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
                }
            }
            operation.setOperationId(id.toString());
            operationIds.add(id.toString());
        }
    }

    private void operation(Operation operation) {
        if (operation.getParameters() != null) {
            operation.getParameters().forEach(parameter -> schema(parameter.getSchema()));
        }
        if (operation.getRequestBody() != null) {
            content(operation.getRequestBody().getContent());
        }
        operation.getResponses().values().forEach(this::response);
    }

    private void response(ApiResponse response) {
        if (response.getDescription() == null) {
            response.setDescription("What the route answers.");
        }
        if (response.getHeaders() != null) {
            response.getHeaders().values().forEach(header -> schema(header.getSchema()));
        }
        content(response.getContent());
    }

    private void content(@Nullable Content content) {
        if (content != null) {
            content.values().forEach(media -> schema(media.getSchema()));
        }
    }

    private void schema(@Nullable Schema<?> schema) {
        if (schema == null || !seen.add(schema)) {
            return;
        }
        if (schema.getTypes() == null && schema.getType() != null) {
            schema.addType(schema.getType());
        }
        schema(schema.getItems());
        if (schema.getAdditionalProperties() instanceof Schema<?> values) {
            schema(values);
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(this::schema);
        }
        all(schema.getAllOf());
        all(schema.getAnyOf());
        all(schema.getOneOf());
    }

    @SuppressWarnings("rawtypes") // as swagger-core has it
    private void all(@Nullable List<Schema> schemas) {
        if (schemas != null) {
            schemas.forEach(this::schema);
        }
    }
}
