package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of documents that are records written as JSON: a component that may be null is left out then, every other is
 * required. For one thread and one document.
 */
final class RecordSchemas {
    private static final String PREFIX = "Status";

    private final Components components;

    RecordSchemas(Components components) {
        this.components = components;
    }

    /**
     * Adds the schema of a record, and those of the records in it.
     *
     * @return its name
     */
    String add(Class<?> type) {
        String simple = type.getSimpleName();
        String name = simple.startsWith(PREFIX) ? simple : PREFIX + simple;
        if (components.getSchemas() == null || !components.getSchemas().containsKey(name)) {
            Schema<?> schema = typed("object");
            components.addSchemas(name, schema);
            List<String> required = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                schema.addProperty(component.getName(), of(component.getAnnotatedType()));
                if (!isNullable(component.getAnnotatedType())) {
                    required.add(component.getName());
                }
            }
            schema.setRequired(required);
        }
        return name;
    }

    private Schema<?> of(AnnotatedType annotated) {
        Type type = annotated.getType();
        if (annotated instanceof AnnotatedParameterizedType parameterized
                && type instanceof ParameterizedType container) {
            AnnotatedType[] arguments = parameterized.getAnnotatedActualTypeArguments();
            AnnotatedType element = arguments[arguments.length - 1];
            Schema<?> ofElement = of(element);
            if (isNullable(element)) {
                // the specification's only way to say so of what is in a list
                ofElement.addType("null");
            }
            if (container.getRawType() == Map.class) {
                Schema<?> map = typed("object");
                map.setAdditionalProperties(ofElement);
                return map;
            }
            Schema<?> list = typed("array");
            list.setItems(ofElement);
            return list;
        }
        return of((Class<?>) type);
    }

    private Schema<?> of(Class<?> type) {
        if (type.isRecord()) {
            return Schemas.ref(add(type));
        }
        if (type == Instant.class) {
            Schema<?> time = typed("string");
            time.setFormat("date-time");
            return time;
        }
        if (type == boolean.class || type == Boolean.class) {
            return typed("boolean");
        }
        if (type == int.class || type == long.class || type == Long.class) {
            return typed("integer");
        }
        if (type == double.class || type == Double.class) {
            return typed("number");
        }
        if (type == String.class) {
            return typed("string");
        }
        throw new IllegalArgumentException(type + " has no schema");
    }

    private static Schema<?> typed(String type) {
        Schema<?> schema = new JsonSchema();
        schema.addType(type);
        return schema;
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }
}
