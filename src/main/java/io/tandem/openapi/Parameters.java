package io.tandem.openapi;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The parameters of calls. What a REST definition says of them stands. */
final class Parameters {
    /** OpenAPI describes these elsewhere, and ignores parameters of these names. */
    private static final Set<String> NOT_PARAMETERS = Set.of("accept", "authorization", "content-type");

    private Parameters() {}

    static void addHeader(Operation operation, String name, String description) {
        addHeader(operation, name, description, Schemas.string(null));
    }

    /** @param schema with the examples, if any: those of a parameter itself would be what Swagger UI sends at first */
    static void addHeader(Operation operation, String name, String description, Schema<?> schema) {
        if (!NOT_PARAMETERS.contains(name.toLowerCase(Locale.ROOT)) && !has(operation, "header", name)) {
            operation.addParametersItem(parameter("header", name, description, schema));
        }
    }

    static void addQuery(Operation operation, String name, String description, Schema<?> schema) {
        if (!has(operation, "query", name)) {
            operation.addParametersItem(parameter("query", name, description, schema));
        }
    }

    /** Camel has it, from the path, and knows nothing but its name. */
    static void describePath(Operation operation, String name, String description, Schema<?> schema) {
        known(operation).stream()
                .filter(parameter -> is(parameter, "path", name))
                .forEach(parameter -> {
                    if (parameter.getDescription() == null) {
                        parameter.description(description).schema(schema);
                    }
                });
    }

    private static Parameter parameter(String in, String name, String description, Schema<?> schema) {
        return new Parameter()
                .in(in)
                .name(name)
                .description(description)
                .required(false)
                .schema(schema);
    }

    private static boolean has(Operation operation, String in, String name) {
        return known(operation).stream().anyMatch(parameter -> is(parameter, in, name));
    }

    private static boolean is(Parameter parameter, String in, String name) {
        boolean sameName =
                in.equals("header") ? name.equalsIgnoreCase(parameter.getName()) : name.equals(parameter.getName());
        return in.equals(parameter.getIn()) && sameName;
    }

    private static List<Parameter> known(Operation operation) {
        return operation.getParameters() == null ? List.of() : operation.getParameters();
    }
}
