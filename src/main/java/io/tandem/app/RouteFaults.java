package io.tandem.app;

import io.tandem.app.RouteFiles.Entry;
import io.tandem.config.Fault;
import io.tandem.config.NearestKey;
import io.tandem.config.Settings;
import java.io.FileNotFoundException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Puts what Camel throws when it can't build a route into a line for people: the file and line, what is wrong, what to
 * do. The reasons are wrapped several times, and tell neither file nor line when they are about what a step refers to:
 * that is looked up in the files. For one thread.
 */
final class RouteFaults {
    private static final Pattern TARGET_BEAN = Pattern.compile("(?:deliver-to|client-of)-(.+)");
    private static final Pattern TARGET_PROPERTY = Pattern.compile("target\\.([^.{}]+)\\.[a-z]+");
    private static final Pattern STRATEGY =
            Pattern.compile("Cannot find AggregationStrategy in Registry with name: (\\S+)");
    private static final Pattern EXECUTOR = Pattern.compile("ExecutorServiceRef (\\S+) not found in registry");
    private static final Pattern COMPONENT = Pattern.compile("No endpoint could be found for: ([a-z0-9.+-]+):");
    private static final Pattern OPTION = Pattern.compile("Unknown parameters=\\[\\{([^=}]+)=");
    private static final Pattern KAMELET_FILE = Pattern.compile("Resource not found: .*/([^/]+)\\.kamelet\\.yaml");
    private static final Pattern KAMELET_PARAMETER =
            Pattern.compile("Route template (\\S+) the following mandatory parameters must be provided: (.+)");
    private static final Pattern PROPERTY = Pattern.compile("Property with key \\[([^]]+)] not found");
    private static final Pattern NOT_BOOLEAN = Pattern.compile("Error parsing \\[(.*)] as a java\\.lang\\.(\\w+)");
    private static final Pattern SCHEME = Pattern.compile("^([a-z0-9.+-]+):.*");
    private static final Set<String> COMPONENTS =
            Set.of("bean", "direct", "file", "http", "https", "kamelet", "log", "micrometer", "platform-http", "rest");
    private static final int LONGEST = 300;

    private final Settings settings;
    private final RouteFiles files;
    private final Collection<String> beans;

    RouteFaults(Settings settings, RouteFiles files, Collection<String> beans) {
        this.settings = settings;
        this.files = files;
        this.beans = beans.stream()
                .filter(name -> !TARGET_BEAN.matcher(name).matches())
                .sorted()
                .toList();
    }

    /**
     * What is wrong.
     *
     * @param file the only one that was being built; null when it may be any
     */
    Fault of(Throwable thrown, @Nullable Path file) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(0, cause);
        }
        String route = route(chain);
        for (Throwable cause : chain) {
            Fault fault = cause instanceof MarkedYamlEngineException marked ? yaml(marked) : known(cause, route, file);
            if (fault != null) {
                return fault;
            }
        }
        Throwable root = chain.get(0);
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        return fault(
                find(
                        file,
                        route,
                        entry -> entry.key().equals("id") && entry.value().equals(route)),
                file,
                text);
    }

    private static String route(List<Throwable> chain) {
        for (Throwable cause : chain) {
            String id = cause instanceof FailedToCreateRouteException creating
                    ? creating.getRouteId()
                    : cause instanceof FailedToStartRouteException starting ? starting.getRouteId() : null;
            if (id != null) {
                return id;
            }
        }
        return "";
    }

    /** Faults in the YAML itself, and in how Camel's words are put together: these know their place. */
    private @Nullable Fault yaml(MarkedYamlEngineException marked) {
        Mark mark = marked.getProblemMark().orElse(null);
        if (mark == null) {
            return null;
        }
        String problem = String.valueOf(marked.getProblem());
        Path file = path(mark.getName());
        int line = mark.getLine() + 1;
        int column = mark.getColumn() + 1;
        Matcher field = Pattern.compile("Unsupported field: (.+)").matcher(problem);
        if (field.matches()) {
            // the mark is where the value starts, or the whole step
            Entry key = files.find(
                    "",
                    entry -> entry.file().equals(file)
                            && entry.line() >= line - 1
                            && entry.key().equals(field.group(1)));
            return key == null
                    ? at(file, line, column, "unknown field '" + field.group(1) + "'")
                    : at(key, "unknown field '" + field.group(1) + "'");
        }
        Matcher step = Pattern.compile("Unknown node id: (.+)").matcher(problem);
        if (step.matches()) {
            return at(file, line, column, "unknown step '" + step.group(1) + "'");
        }
        boolean tab = problem.contains("\\t");
        return at(file, line, column, "this is not YAML: " + (tab ? "a tab indents; use spaces" : problem));
    }

    private @Nullable Fault known(Throwable cause, String route, @Nullable Path file) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof NoSuchBeanException missing) {
            return bean(missing.getName(), route, file);
        }
        if (cause instanceof PropertyBindingException binding) {
            String option = String.valueOf(binding.getPropertyName());
            String value = String.valueOf(binding.getValue());
            return fault(
                    find(file, route, entry -> hasOption(entry, option)),
                    file,
                    "the option '" + option + "' can't be '" + value + "'");
        }
        if (cause instanceof SimpleIllegalSyntaxException simple) {
            String expression = String.valueOf(simple.getExpression());
            return fault(
                    find(file, route, entry -> entry.value().equals(expression)),
                    file,
                    "the expression '" + expression + "' is not Simple: "
                            + text.lines().findFirst().orElse(""));
        }
        Matcher matcher = STRATEGY.matcher(text);
        if (matcher.find()) {
            return bean(matcher.group(1), route, file);
        }
        matcher = EXECUTOR.matcher(text);
        if (matcher.find()) {
            return bean(matcher.group(1), route, file);
        }
        if (cause instanceof FileNotFoundException) {
            matcher = KAMELET_FILE.matcher(text);
            return matcher.find() ? kamelet(matcher.group(1), route, file) : null;
        }
        matcher = COMPONENT.matcher(text);
        if (matcher.find()) {
            return component(matcher.group(1), route, file);
        }
        matcher = OPTION.matcher(text);
        if (matcher.find()) {
            String option = matcher.group(1);
            Entry entry = find(file, route, candidate -> hasOption(candidate, option));
            return fault(entry, file, "unknown option '" + option + "'" + of(entry));
        }
        matcher = KAMELET_PARAMETER.matcher(text);
        if (matcher.find()) {
            String name = matcher.group(1);
            String parameter = matcher.group(2);
            return fault(
                    find(
                            file,
                            route,
                            entry -> entry.value().startsWith("kamelet:" + name) && !hasOption(entry, parameter)),
                    file,
                    "the Kamelet '" + name + "' needs the parameter '" + parameter + "'");
        }
        matcher = PROPERTY.matcher(text);
        if (matcher.find()) {
            return property(matcher.group(1), route, file);
        }
        matcher = NOT_BOOLEAN.matcher(text);
        if (matcher.find()) {
            String value = matcher.group(1);
            String type = matcher.group(2).toLowerCase(Locale.ROOT);
            return fault(
                    find(file, route, entry -> entry.value().equals(value)),
                    file,
                    "'" + value + "' is not " + (type.equals("boolean") ? "true or false" : "of the type " + type));
        }
        if (text.contains("uri must be specified and not empty")) {
            return fault(
                    find(
                            file,
                            route,
                            entry -> entry.scalar()
                                    && entry.value().isBlank()
                                    && Set.of("to", "uri", "from").contains(entry.key())),
                    file,
                    "the URI is missing");
        }
        return null;
    }

    private Fault bean(String name, String route, @Nullable Path file) {
        Matcher target = TARGET_BEAN.matcher(name);
        if (target.matches() && !settings.targets().containsKey(target.group(1))) {
            return target(target.group(1), route, file);
        }
        Entry entry = find(file, route, candidate -> stripped(candidate.value()).equals(name));
        if (entry == null) {
            entry = find(
                    file,
                    route,
                    candidate ->
                            candidate.value().contains("{{") && name.matches(template(stripped(candidate.value()))));
        }
        return fault(
                entry,
                file,
                "there is no bean '" + name + "'; "
                        + NearestKey.among(beans, name)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("routes can refer to " + String.join(", ", beans)));
    }

    private Fault target(String name, String route, @Nullable Path file) {
        Pattern option = Pattern.compile("[?&]target=" + Pattern.quote(name) + "(&.*)?$");
        return fault(
                find(
                        file,
                        route,
                        entry -> option.matcher(entry.value()).find()
                                || (entry.key().equals("target")
                                        && entry.value().equals(name))),
                file,
                "the target '%1$s' is not configured: add target.%1$s.url=… and its credentials to the properties, or name one that is there (%2$s)"
                        .formatted(name, String.join(", ", settings.targets().keySet())));
    }

    private Fault kamelet(String name, String route, @Nullable Path file) {
        Pattern uri = Pattern.compile("kamelet:" + Pattern.quote(name) + "([/?].*)?");
        return fault(
                find(file, route, entry -> uri.matcher(entry.value()).matches()),
                file,
                "there is no Kamelet '" + name + "' in "
                        + shown(settings.routes().resolve("kamelets")) + "; "
                        + NearestKey.among(files.kamelets(), name)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("there are: " + String.join(", ", files.kamelets())));
    }

    private Fault component(String scheme, String route, @Nullable Path file) {
        return fault(
                find(
                        file,
                        route,
                        entry -> entry.value().equals(scheme) || entry.value().startsWith(scheme + ":")),
                file,
                "there is no component '" + scheme + "'; "
                        + NearestKey.among(COMPONENTS, scheme)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("its jar (camel-" + scheme + ") is not part of Tandem"));
    }

    private Fault property(String key, String route, @Nullable Path file) {
        Matcher target = TARGET_PROPERTY.matcher(key);
        if (target.matches() && !settings.targets().containsKey(target.group(1))) {
            return target(target.group(1), route, file);
        }
        Pattern reference = Pattern.compile("\\{\\{\\??" + Pattern.quote(key) + "[:}]");
        Entry entry = find(
                file, route, candidate -> reference.matcher(candidate.value()).find());
        return fault(
                entry,
                file,
                "there is no setting '" + key + "'; "
                        + NearestKey.among(settings.placeholders().keySet(), key)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("add it to the properties, or write {{" + key + ":a default}}"));
    }

    private static String of(@Nullable Entry entry) {
        Matcher scheme = SCHEME.matcher(entry == null ? "" : entry.value());
        return scheme.matches() ? " of the component '" + scheme.group(1) + "'" : "";
    }

    private static boolean hasOption(Entry entry, String option) {
        return entry.key().equals(option)
                || entry.value().contains("?" + option + "=")
                || entry.value().contains("&" + option + "=");
    }

    private static String stripped(String value) {
        return value.startsWith("#bean:") ? value.substring(6) : value.startsWith("#") ? value.substring(1) : value;
    }

    private static String template(String value) {
        StringBuilder pattern = new StringBuilder();
        for (String literal : value.split("\\{\\{[^}]*}}", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return pattern.toString();
    }

    private @Nullable Entry find(@Nullable Path file, String route, Predicate<Entry> fits) {
        return files.find(
                route,
                entry -> (file == null || entry.file().equals(file) || files.inKamelet(entry)) && fits.test(entry));
    }

    private Fault fault(@Nullable Entry entry, @Nullable Path file, String reason) {
        if (entry != null) {
            return at(entry, reason);
        }
        return new Fault(shown(file == null ? settings.routes() : file), "", oneLine(reason));
    }

    /** A fault that is about an entry. */
    static Fault at(Entry entry, String reason) {
        return at(entry.file(), entry.line(), entry.column(), reason);
    }

    private static Fault at(Path file, int line, int column, String reason) {
        return new Fault(shown(file) + ":" + line + ":" + column, "", oneLine(reason));
    }

    /** A fault of the folder as a whole. */
    static Fault inFolder(Path folder, String reason) {
        return new Fault(shown(folder), "", oneLine(reason));
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", "; ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private static Path path(String name) {
        return name.startsWith("file:")
                ? Path.of(URI.create("file:" + name.substring(5).replace(" ", "%20")))
                : Path.of(name);
    }

    /** As one would type it here. */
    static String shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = file.toAbsolutePath().normalize();
        return (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
    }
}
