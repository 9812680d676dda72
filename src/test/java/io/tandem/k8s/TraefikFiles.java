package io.tandem.k8s;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The static and the dynamic configuration of a Traefik, looked at together: what its JSON schemas say, and what they
 * don't see, which Traefik only logs while it serves nothing.
 */
record TraefikFiles(JsonNode fixed, JsonNode dynamic) {
    /** https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/ */
    private static final Set<String> MATCHERS = Set.of(
            "Header",
            "HeaderRegexp",
            "Host",
            "HostRegexp",
            "Method",
            "Path",
            "PathPrefix",
            "PathRegexp",
            "Query",
            "QueryRegexp",
            "ClientIP");

    private static final Pattern MATCHER = Pattern.compile("([A-Za-z]+)\\((`[^`]+`(?:\\s*,\\s*`[^`]+`)*)\\)");
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m)");

    static Path schema(String name) {
        return CustomResourceSchemas.CRDS.resolveSibling(name);
    }

    /** What the schemas say. */
    List<String> schemaFaults() {
        List<String> faults = new ArrayList<>();
        faults.addAll(validate("traefik-v3.schema.json", SpecificationVersion.DRAFT_2020_12, fixed));
        faults.addAll(validate("traefik-v3-file-provider.schema.json", SpecificationVersion.DRAFT_7, dynamic));
        return faults;
    }

    private static List<String> validate(String name, SpecificationVersion version, JsonNode instance) {
        JsonNode schema = Manifests.read(schema(name));
        return SchemaRegistry.withDefaultDialect(version).getSchema(schema).validate(instance).stream()
                .map(Error::toString)
                .toList();
    }

    /** What the schemas don't see. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        dynamic.at("/http/routers").forEachEntry((name, router) -> checkRouter(name, router, faults));
        dynamic.at("/http/services").forEachEntry((name, service) -> checkService(name, service, faults));
        checkUse("services", "service", faults);
        checkUse("middlewares", "middlewares", faults);
        return faults;
    }

    private void checkRouter(String name, JsonNode router, List<String> faults) {
        for (JsonNode entryPoint : router.path("entryPoints")) {
            if (!fixed.path("entryPoints").has(entryPoint.stringValue())) {
                faults.add("router %s: there is no entry point '%s'".formatted(name, entryPoint.stringValue()));
            }
        }
        if (router.path("entryPoints").isEmpty()) {
            faults.add("router %s: without entryPoints it listens everywhere".formatted(name));
        }
        checkKnown(name, router.path("service"), "services", faults);
        router.path("middlewares").forEach(middleware -> checkKnown(name, middleware, "middlewares", faults));
        String rule = router.path("rule").asString();
        String reason = ruleFault(rule);
        if (reason != null) {
            faults.add("router %s: %s in the rule %s".formatted(name, reason, rule));
        }
    }

    private void checkKnown(String router, JsonNode reference, String kind, List<String> faults) {
        String name = reference.asString();
        // those of other providers are theirs
        if (!name.contains("@") && !dynamic.path("http").path(kind).has(name)) {
            faults.add("router %s: there is no '%s' among the %s".formatted(router, name, kind));
        }
    }

    /** Why a rule is none, or null. */
    private static String ruleFault(String rule) {
        Matcher matcher = MATCHER.matcher(rule);
        StringBuilder rest = new StringBuilder();
        while (matcher.find()) {
            if (!MATCHERS.contains(matcher.group(1))) {
                return "there is no matcher " + matcher.group(1);
            }
            matcher.appendReplacement(rest, "M");
        }
        matcher.appendTail(rest);
        String left = rest.toString().replaceAll("\\s", "");
        // what is in parentheses becomes one, until nothing changes
        String before;
        do {
            before = left;
            left = left.replaceAll("\\((M)\\)|!(M)", "M").replaceAll("M(&&|\\|\\|)M", "M");
        } while (!left.equals(before));
        return left.equals("M") ? null : "matchers don't fit together";
    }

    private static void checkService(String name, JsonNode service, List<String> faults) {
        JsonNode balancer = service.path("loadBalancer");
        for (JsonNode server : balancer.path("servers")) {
            String url = server.path("url").asString();
            String scheme;
            try {
                scheme = String.valueOf(URI.create(url).getScheme()).toLowerCase(Locale.ROOT);
            } catch (IllegalArgumentException e) {
                scheme = "";
            }
            if (!Set.of("http", "https", "h2c").contains(scheme) || !url.contains("://")) {
                faults.add("service %s: the server '%s' needs http:// or https://".formatted(name, url));
            }
        }
        if (balancer.has("sticky")) {
            faults.add("service %s: sticky".formatted(name));
        }
        JsonNode health = balancer.path("healthCheck");
        if (health.isMissingNode()) {
            faults.add(
                    "service %s: without a health check it goes on sending to a server that is down".formatted(name));
        } else if (duration(health.path("interval").asString("30s"))
                        .compareTo(duration(health.path("timeout").asString("5s")))
                <= 0) {
            faults.add("service %s: the health check's interval must be longer than its timeout".formatted(name));
        }
    }

    private void checkUse(String kind, String field, List<String> faults) {
        Set<String> used = new HashSet<>();
        for (JsonNode router : dynamic.at("/http/routers")) {
            JsonNode value = router.path(field);
            if (value.isArray()) {
                value.forEach(name -> used.add(name.asString()));
            } else {
                used.add(value.asString());
            }
        }
        StreamSupport.stream(dynamic.path("http").path(kind).propertyNames().spliterator(), false)
                .filter(name -> !used.contains(name))
                .forEach(name -> faults.add("nothing uses '%s' among the %s".formatted(name, kind)));
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }
}
