package io.tandem.entry.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path as the Rest DSL writes it: {@code /messages/{id}}. A parameter stands for one whole segment. Immutable.
 */
final class PathTemplate {
    private final String text;
    private final List<String> segments;
    private final boolean exact;
    private final boolean prefix;

    PathTemplate(String text, boolean prefix) {
        this.text = text.startsWith("/") ? text : "/" + text;
        this.segments = List.of(this.text.substring(1).split("/", -1));
        this.prefix = prefix;
        this.exact = !prefix && segments.stream().noneMatch(PathTemplate::isParameter);
    }

    String text() {
        return text;
    }

    /** Whether it stands for just one path. */
    boolean isExact() {
        return exact;
    }

    /** The parameters' values, or null when the path does not match. */
    @Nullable
    Map<String, String> match(String path) {
        if (prefix && (path.equals(text) || path.startsWith(text.endsWith("/") ? text : text + "/"))) {
            return Map.of();
        }
        List<String> actual = List.of(path.substring(1).split("/", -1));
        if (actual.size() != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (isParameter(segment)) {
                if (actual.get(i).isEmpty()) {
                    return null;
                }
                parameters.put(segment.substring(1, segment.length() - 1), actual.get(i));
            } else if (!segment.equals(actual.get(i))) {
                return null;
            }
        }
        return parameters;
    }

    private static boolean isParameter(String segment) {
        return segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
    }
}
