package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Compares JSON with what is expected. A text that begins with {@code @} is a matcher: it stands for any value of a kind.
 * Stateless.
 */
final class JsonMatch {
    /** How much of what came must be expected. */
    enum Mode {
        /** All of it, with its members in the order that is expected. */
        EXACT,
        /** Members of objects may be there that nobody expects. */
        SUBSET
    }

    private static final String ABSENT = "@absent";
    private static final String REGEX = "@regex:";

    private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
    private static final Pattern UUID = Pattern.compile("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MAX_MILLIS = 60_000;

    /** The matchers without a parameter. */
    static final List<String> MATCHERS = List.of(
            "@any", ABSENT, "@text", "@number", "@boolean", "@object", "@array", "@ulid", "@uuid", "@time", "@millis");

    private final Mode mode;
    private final List<Difference> differences = new ArrayList<>();

    private JsonMatch(Mode mode) {
        this.mode = mode;
    }

    /** What differs, in the order of what is expected; empty when nothing does. */
    static List<Difference> compare(String at, JsonNode actual, JsonNode expected, Mode mode) {
        JsonMatch match = new JsonMatch(mode);
        match.compare(at, actual, expected);
        return match.differences;
    }

    static boolean matches(JsonNode actual, JsonNode expected, Mode mode) {
        return compare("", actual, expected, mode).isEmpty();
    }

    /** Why a text can't be what is expected; empty when it can. */
    static String fault(String expected) {
        if (expected.startsWith(REGEX)) {
            try {
                Pattern unused = Pattern.compile(expected.substring(REGEX.length()));
                return "";
            } catch (PatternSyntaxException e) {
                return "'" + expected + "' has a bad regular expression: " + e.getDescription();
            }
        }
        return expected.startsWith("@") && !expected.startsWith("@@") && !MATCHERS.contains(expected)
                ? "there is no matcher '" + expected + "': expected one of " + String.join(", ", MATCHERS)
                        + ", @regex:…; a text that begins with @ is written with @@"
                : "";
    }

    private void compare(String at, JsonNode actual, JsonNode expected) {
        if (expected.isTextual() && expected.asText().startsWith("@")) {
            if (!fits(actual, expected.asText())) {
                differ(at, expected, actual);
            }
        } else if (expected.isObject() && actual.isObject()) {
            members(at, actual, expected);
        } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                compare(at + "/" + i, actual.get(i), expected.get(i));
            }
        } else if (!same(actual, expected)) {
            differ(at, expected, actual);
        }
    }

    private void members(String at, JsonNode actual, JsonNode expected) {
        for (Map.Entry<String, JsonNode> member : expected.properties()) {
            compare(at + "/" + member.getKey(), actual.path(member.getKey()), member.getValue());
        }
        if (mode == Mode.SUBSET) {
            return;
        }
        List<String> named = new ArrayList<>();
        expected.properties().forEach(member -> {
            if (!member.getValue().asText().equals(ABSENT)) {
                named.add(member.getKey());
            }
        });
        List<String> there = new ArrayList<>();
        actual.fieldNames().forEachRemaining(there::add);
        for (String name : there) {
            if (!named.contains(name)) {
                differences.add(new Difference(at + "/" + name, "nothing", shown(actual.get(name))));
            }
        }
        if (there.size() == named.size() && !there.equals(named) && there.containsAll(named)) {
            differences.add(new Difference(at, "members in the order " + named, "the order " + there));
        }
    }

    private void differ(String at, JsonNode expected, JsonNode actual) {
        differences.add(new Difference(at, shown(expected), shown(actual)));
    }

    /** 1 and 1.0 are the same number. */
    private static boolean same(JsonNode actual, JsonNode expected) {
        if (actual.isNumber() && expected.isNumber()) {
            return actual.decimalValue().compareTo(expected.decimalValue()) == 0;
        }
        return actual.equals(expected);
    }

    private static boolean fits(JsonNode actual, String matcher) {
        if (matcher.startsWith("@@")) {
            return actual.isTextual() && actual.asText().equals(matcher.substring(1));
        }
        if (matcher.startsWith(REGEX)) {
            return actual.isValueNode()
                    && Pattern.compile(matcher.substring(REGEX.length()))
                            .matcher(actual.asText())
                            .matches();
        }
        return switch (matcher) {
            case ABSENT -> actual.isMissingNode();
            case "@any" -> !actual.isMissingNode();
            case "@text" -> actual.isTextual();
            case "@number" -> actual.isNumber();
            case "@boolean" -> actual.isBoolean();
            case "@object" -> actual.isObject();
            case "@array" -> actual.isArray();
            case "@ulid" -> isText(actual, ULID);
            case "@uuid" -> isText(actual, UUID);
            case "@time" -> isTime(actual);
            case "@millis" -> actual.isInt() && actual.asInt() >= 0 && actual.asInt() <= MAX_MILLIS;
            default -> throw new IllegalArgumentException("no such matcher: " + matcher);
        };
    }

    private static boolean isText(JsonNode actual, Pattern pattern) {
        Matcher matcher = pattern.matcher(actual.asText());
        return actual.isTextual() && matcher.matches();
    }

    private static boolean isTime(JsonNode actual) {
        try {
            OffsetDateTime unused = OffsetDateTime.parse(actual.asText());
            return actual.isTextual();
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String shown(JsonNode node) {
        return node instanceof MissingNode ? "nothing" : node.toString();
    }
}
