package io.tandem.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves <code>{{env:NAME}}</code> and <code>{{other.key}}</code>, each with an optional default after a colon. What
 * an environment variable holds is taken as it is; what another key holds may have placeholders itself.
 */
final class Placeholders {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String ENV = "env:";

    /** Functions that Camel offers under such names. With a default they would pass for a key that is not there. */
    private static final Set<String> FUNCTIONS_OF_CAMEL = Set.of("sys", "bean", "service", "secret", "configmap");

    private final Map<String, RawValue> given;
    private final Map<String, String> environment;

    Placeholders(Map<String, RawValue> given, Map<String, String> environment) {
        this.given = Map.copyOf(given);
        this.environment = environment;
    }

    /** A placeholder has no value. Knows the value it is written in, which may be another than the one asked for. */
    static final class UnresolvedException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient RawValue at;
        private final String problem;

        UnresolvedException(RawValue at, String problem) {
            super(problem);
            this.at = at;
            this.problem = problem;
        }

        RawValue at() {
            return at;
        }

        String problem() {
            return problem;
        }
    }

    String resolve(RawValue value) throws UnresolvedException {
        return value.literal() ? value.value() : expand(value.value(), List.of(value));
    }

    /** {@code path}: from the value asked for to the one that {@code text} is written in. */
    private String expand(String text, List<RawValue> path) throws UnresolvedException {
        RawValue at = path.get(path.size() - 1);
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
            int close = closing(text, open);
            if (close < 0) {
                throw new UnresolvedException(at, "a placeholder that starts with {{ has no }}");
            }
            result.append(text, from, open).append(lookUp(text.substring(open + OPEN.length(), close), path));
            from = close + CLOSE.length();
        }
        return result.append(text, from, text.length()).toString();
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length() - 1; i++) {
            if (text.startsWith(OPEN, i)) {
                depth++;
                i++;
            } else if (text.startsWith(CLOSE, i)) {
                depth--;
                if (depth == 0) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private String lookUp(String placeholder, List<RawValue> path) throws UnresolvedException {
        RawValue at = path.get(path.size() - 1);
        boolean fromEnvironment = placeholder.startsWith(ENV);
        String reference = fromEnvironment ? placeholder.substring(ENV.length()) : placeholder;
        int colon = reference.indexOf(':');
        String name = (colon < 0 ? reference : reference.substring(0, colon)).strip();
        if (!fromEnvironment && FUNCTIONS_OF_CAMEL.contains(name) && colon >= 0) {
            throw new UnresolvedException(
                    at, "{{%s:…}} is not known here; use {{env:NAME}} or {{other.key}}".formatted(name));
        }
        String value = fromEnvironment ? variable(name) : valueOf(name, path);
        if (value != null) {
            return value;
        }
        if (colon >= 0) {
            return expand(reference.substring(colon + 1), path);
        }
        throw new UnresolvedException(
                at,
                fromEnvironment
                        ? "the environment variable %1$s is not set; set it, or write {{env:%1$s:a default}}"
                                .formatted(name)
                        : "there is no key '%1$s'; add it, or write {{%1$s:a default}}".formatted(name));
    }

    /** An empty variable counts as not set: that is how Compose files and shells pass on one that is missing. */
    private @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value;
    }

    private @Nullable String valueOf(String key, List<RawValue> path) throws UnresolvedException {
        RawValue value = given.get(key);
        if (value == null) {
            Catalogue.Match match = Catalogue.match(key);
            String standard = match == null ? null : match.key().standard();
            return standard == null ? null : expand(standard, path);
        }
        RawValue asked = path.get(0);
        // Else the secret would end up in messages, or in what routes can refer to
        if (Catalogue.sensitivity(key) != Sensitivity.OPEN && Catalogue.sensitivity(asked.key()) == Sensitivity.OPEN) {
            throw new UnresolvedException(
                    path.get(path.size() - 1),
                    "it refers to the secret '%s', which only another secret may".formatted(key));
        }
        if (path.contains(value)) {
            throw cycle(path.subList(path.indexOf(value), path.size()));
        }
        if (value.literal()) {
            return value.value();
        }
        List<RawValue> longer = new ArrayList<>(path);
        longer.add(value);
        return expand(value.value(), longer);
    }

    /** Told the same way wherever one enters it, so that each cycle is reported once. */
    private static UnresolvedException cycle(List<RawValue> members) {
        List<RawValue> rotated = new ArrayList<>(members);
        RawValue first = Collections.min(members, (a, b) -> a.origin().compareTo(b.origin()));
        Collections.rotate(rotated, -members.indexOf(first));
        StringBuilder round = new StringBuilder();
        rotated.forEach(member -> round.append(member.key()).append(" → "));
        return new UnresolvedException(first, "its placeholders go in a circle: " + round + first.key());
    }
}
