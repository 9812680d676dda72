package io.tandem.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the environment variables that stand for keys: {@code TARGET_API_ONE_URL} is {@code target.api-one.url}. Since
 * dots and hyphens can't be told apart in such a name, the known keys are translated, not the variables.
 */
final class EnvironmentVariables {
    private static final String TARGET = "TARGET_";
    private static final String TANDEM = "TANDEM_";

    /** What Kubernetes sets for a service named tandem-http, say, as TANDEM_HTTP_PORT. */
    private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> environment = new TreeMap<>();
    private final Faults faults;
    private final Map<String, String> keyByVariable = new LinkedHashMap<>();
    // Longest first, so that TARGET_A_B_HEADER_X belongs to a-b although there is also a target a
    private final TreeSet<String> targets =
            new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    private EnvironmentVariables(Map<String, String> environment, Collection<String> knownKeys, Faults faults) {
        this.faults = faults;
        environment.forEach((name, value) -> {
            if (!value.isBlank() && !SERVICE_LINK.matcher(value).matches()) {
                this.environment.put(name, value);
            }
        });
        for (String key : knownKeys) {
            Catalogue.Match match = Catalogue.match(key);
            if (match != null && !match.target().isEmpty()) {
                targets.add(match.target());
            }
        }
        this.environment.keySet().forEach(this::discoverTarget);
        Catalogue.KEYS.stream().filter(key -> !key.ofTarget()).forEach(key -> know(key.name()));
        for (String target : targets) {
            Catalogue.KEYS.stream()
                    .filter(key -> key.ofTarget() && !key.openEnded())
                    .forEach(key -> know(key.at(target)));
        }
        knownKeys.forEach(this::know);
    }

    /** {@code knownKeys}: those that the other layers give, so that these can be overridden too. */
    static List<RawValue> read(Map<String, String> environment, Collection<String> knownKeys, Faults faults) {
        return new EnvironmentVariables(environment, knownKeys, faults).read();
    }

    /** The name under which a key is looked for. */
    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private void know(String key) {
        keyByVariable.put(variable(key), key);
    }

    /** A target may come from the environment alone; its name then is what stands before the longest known key. */
    private void discoverTarget(String variable) {
        if (!variable.startsWith(TARGET) || targets.stream().anyMatch(target -> isOf(target, variable))) {
            return;
        }
        Catalogue.KEYS.stream()
                .filter(key -> key.ofTarget() && !key.openEnded())
                .map(key -> "_" + variable(key.rest()))
                .filter(suffix -> variable.endsWith(suffix) && variable.length() > TARGET.length() + suffix.length())
                .max(Comparator.comparingInt(String::length))
                .map(suffix -> variable.substring(TARGET.length(), variable.length() - suffix.length()))
                .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                .filter(TargetNames::valid)
                .ifPresent(targets::add);
    }

    /** Whether the variable is a key of the target, not one of another target whose name starts the same. */
    private static boolean isOf(String target, String variable) {
        String prefix = TARGET + variable(target) + "_";
        return variable.startsWith(prefix)
                && Catalogue.KEYS.stream()
                        .filter(Key::ofTarget)
                        .anyMatch(key -> key.openEnded()
                                ? variable.startsWith(prefix + variable(key.stem()))
                                : variable.equals(prefix + variable(key.rest())));
    }

    private List<RawValue> read() {
        List<RawValue> values = new ArrayList<>();
        environment.forEach((variable, value) -> {
            Origin origin = Origin.of(Layer.ENVIRONMENT, "environment variable " + variable);
            String key = keyByVariable.get(variable);
            if (key == null) {
                key = openEnded(variable);
            }
            if (key != null) {
                values.add(RawValue.of(key, value, origin));
            } else {
                nearMiss(variable)
                        .ifPresent(meant -> faults.add(
                                origin, "", "unknown variable '%s'; did you mean '%s'?".formatted(variable, meant)));
            }
        });
        return values;
    }

    private @Nullable String openEnded(String variable) {
        for (String target : targets) {
            String headers = variable(Catalogue.HEADER.at(target).replaceFirst("<.*", ""));
            if (isLonger(variable, headers)) {
                return "target.%s.header.%s".formatted(target, headerName(variable.substring(headers.length())));
            }
            String parameters = variable(Catalogue.OAUTH_PARAMETER.at(target).replaceFirst("<.*", ""));
            if (isLonger(variable, parameters)) {
                // OAuth2 writes its parameters with underscores
                String parameter = variable.substring(parameters.length()).toLowerCase(Locale.ROOT);
                return "target.%s.oauth.parameter.%s".formatted(target, parameter);
            }
        }
        return null;
    }

    private static boolean isLonger(String variable, String prefix) {
        return variable.startsWith(prefix) && variable.length() > prefix.length();
    }

    /** X_TENANT: X-Tenant. */
    private static String headerName(String part) {
        StringBuilder name = new StringBuilder();
        boolean first = true;
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            name.append(c == '_' ? '-' : first ? Character.toUpperCase(c) : Character.toLowerCase(c));
            first = c == '_';
        }
        return name.toString();
    }

    /**
     * Other software may well use the same prefixes (Kubernetes does for its services), so that only what is a slip
     * away from a known name is an error.
     */
    private Optional<String> nearMiss(String variable) {
        String prefix = variable.startsWith(TANDEM)
                ? TANDEM
                : targets.stream()
                        .map(target -> TARGET + variable(target) + "_")
                        .filter(variable::startsWith)
                        .findFirst()
                        .orElse("");
        if (prefix.isEmpty()) {
            return Optional.empty();
        }
        String rest = variable.substring(prefix.length());
        List<String> candidates = keyByVariable.keySet().stream()
                .filter(known -> known.startsWith(prefix))
                .map(known -> known.substring(prefix.length()))
                .toList();
        return NearestKey.among(candidates, rest, rest.length() < 8 ? 1 : 2).map(prefix::concat);
    }
}
