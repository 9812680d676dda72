package io.tandem.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.Predicate;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Language;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;

/**
 * JSLT as a language of routes: makes JSON of the JSON in the body. Camel's own camel-jslt is a component, which needs a
 * file per template. In YAML:
 *
 * <pre>{@code
 * - setBody:
 *     language:
 *       language: jslt
 *       expression: '{"text": .message, * : .}'
 * }</pre>
 *
 * <p>An object or array becomes a body of UTF-8 bytes, a text or number a value of its own. As a predicate, everything is
 * true but {@code false} and {@code null}; what is not JSON is not true. Thread-safe; an expression is compiled once, when its route is built.
 */
public final class JsltLanguage implements Language {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Predicate createPredicate(String expression) {
        com.schibsted.spt.data.jslt.Expression compiled = compile(expression);
        return new Predicate() {
            @Override
            public boolean matches(Exchange exchange) {
                JsonNode body = json(exchange.getMessage().getBody());
                if (body == null) {
                    return false;
                }
                JsonNode value = apply(compiled, body, expression);
                return !value.isNull() && !(value.isBoolean() && !value.booleanValue());
            }

            @Override
            public String toString() {
                return expression;
            }
        };
    }

    @Override
    public Expression createExpression(String expression) {
        com.schibsted.spt.data.jslt.Expression compiled = compile(expression);
        return new ExpressionAdapter() {
            @Override
            public @Nullable Object evaluate(Exchange exchange) {
                return value(apply(compiled, body(exchange), expression));
            }

            @Override
            public String toString() {
                return expression;
            }
        };
    }

    private static com.schibsted.spt.data.jslt.Expression compile(String expression) {
        try {
            return Parser.compileString(expression);
        } catch (JsltException e) {
            throw new ExpressionIllegalSyntaxException(expression + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode apply(com.schibsted.spt.data.jslt.Expression compiled, JsonNode body, String expression) {
        try {
            return compiled.apply(body);
        } catch (JsltException e) {
            // without its message, which quotes the body
            throw new RuntimeCamelException(
                    "jslt: the body can't be made into " + expression.strip().replaceAll("\\s+", " "));
        }
    }

    private static @Nullable Object value(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }
        if (value.isNumber()) {
            return value.numberValue();
        }
        return value.isNull() ? null : value.isBoolean() ? (Object) value.booleanValue() : value.asText();
    }

    private static JsonNode body(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        JsonNode json = json(body);
        if (json == null) {
            throw new RuntimeCamelException(
                    body instanceof InputStream
                            ? "jslt: a reply that streams must be read first, as the Kamelet call does"
                            : "jslt: the body is not JSON");
        }
        return json;
    }

    /** Null when it is none. */
    private static @Nullable JsonNode json(@Nullable Object body) {
        try {
            if (body instanceof byte[] bytes && bytes.length > 0) {
                return JSON.readTree(bytes);
            }
            return body instanceof String text && !text.isBlank() ? JSON.readTree(text) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
