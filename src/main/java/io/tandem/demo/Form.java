package io.tandem.demo;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a form (application/x-www-form-urlencoded). Immutable. */
final class Form {
    static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

    private final Map<String, String> parameters;

    private Form(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * @throws IllegalArgumentException when it is malformed or names a parameter twice, which RFC 6749 §3.2 forbids
     */
    static Form parse(byte[] body) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (parameters.putIfAbsent(name, value) != null) {
                throw new IllegalArgumentException("a parameter is repeated");
            }
        }
        // sent without a value is not sent (§3.2)
        parameters.values().removeIf(String::isEmpty);
        return new Form(parameters);
    }

    /** @throws IllegalArgumentException when it is malformed */
    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Nullable
    String get(String name) {
        return parameters.get(name);
    }
}
