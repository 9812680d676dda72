package io.tandem.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.assertj.core.api.Assertions;

/**
 * Compares JSON exactly (order of members too), but for placeholders in what is expected: {@code "@ulid"},
 * {@code "@millis"} (0 to 60,000), {@code "@text"}.
 */
public final class JsonMatch {
    private JsonMatch() {}

    public static void assertMatches(JsonNode actual, JsonNode expected) {
        List<String> differences = new ArrayList<>();
        compare("", actual, expected, differences);
        Assertions.assertThat(differences)
                .as("%nactual:   %s%nexpected: %s", actual, expected)
                .isEmpty();
    }

    private static void compare(String at, JsonNode actual, JsonNode expected, List<String> differences) {
        if (expected.isTextual() && expected.asText().startsWith("@")) {
            boolean fits =
                    switch (expected.asText()) {
                        case "@ulid" -> actual.asText().matches("[0-7][0-9A-HJKMNP-TV-Z]{25}");
                        case "@millis" -> actual.isInt() && actual.asInt() >= 0 && actual.asInt() <= 60_000;
                        case "@text" -> actual.isTextual();
                        default -> throw new IllegalArgumentException("no such matcher: " + expected);
                    };
            if (!fits) {
                differences.add(at + ": " + actual + " is no " + expected.asText());
            }
        } else if (expected.isObject() && actual.isObject()) {
            List<String> expectedNames = new ArrayList<>();
            expected.fieldNames().forEachRemaining(expectedNames::add);
            List<String> actualNames = new ArrayList<>();
            actual.fieldNames().forEachRemaining(actualNames::add);
            if (!actualNames.equals(expectedNames)) {
                differences.add(at + ": members " + actualNames + " instead of " + expectedNames);
            }
            TreeSet<String> common = new TreeSet<>(expectedNames);
            common.retainAll(actualNames);
            common.forEach(name -> compare(at + "/" + name, actual.get(name), expected.get(name), differences));
        } else if (!actual.equals(expected)) {
            differences.add(at + ": " + actual + " instead of " + expected);
        }
    }
}
