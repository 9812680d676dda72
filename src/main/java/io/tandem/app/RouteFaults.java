package io.tandem.app;

import io.tandem.app.RouteFiles.Entry;
import io.tandem.app.ScatterGathers.ForeignStrategyException;
import io.tandem.config.Fault;
import io.tandem.config.NearestKey;
import io.tandem.config.Place;
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
import java.util.stream.Stream;
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
    private static final Pattern NO_STRATEGY = Pattern.compile("The bean class (\\S+) has 2 or more methods");
    private static final Pattern NOT_PUBLIC =
            Pattern.compile("class org\\.apache\\.camel\\.\\S+ cannot access a member of class (\\S+)");
    private static final Pattern EXECUTOR = Pattern.compile("ExecutorServiceRef (\\S+) not found in registry");
    private static final Pattern COMPONENT = Pattern.compile("No endpoint could be found for: ([a-z0-9.+-]+):");
    private static final Pattern OPTION = Pattern.compile("Unknown parameters=\\[\\{([^=}]+)=");
    private static final Pattern KAMELET_FILE = Pattern.compile("Resource not found: .*/([^/]+)\\.kamelet\\.yaml");
    private static final Pattern KAMELET_PARAMETER =
            Pattern.compile("Route template (\\S+) the following mandatory parameters must be provided: (.+)");
    private static final Pattern PROPERTY = Pattern.compile("Property with key \\[([^]]+)] not found");
    private static final Pattern NOT_BOOLEAN = Pattern.compile("Error parsing \\[(.*)] as a java\\.lang\\.(\\w+)");
    private static final Pattern LANGUAGE = Pattern.compile("No language could be found for: (\\S+)");
    private static final Pattern DATA_FORMAT = Pattern.compile("Data format '([^']+)' could not be created");
    private static final Pattern DUPLICATE_ID = Pattern.compile("Duplicate id detected: (.+)\\. Please");
    private static final Pattern DUPLICATE_ROUTE = Pattern.compile("Duplicate route ids detected: (.+)\\. Please");
    private static final Pattern DUPLICATE_INPUT =
            Pattern.compile("Multiple consumers for the same endpoint is not allowed: (direct):(?://)?([^?\\s]+)");
    private static final Pattern TEMPLATE = Pattern.compile("Cannot find RouteTemplate with id (\\S+)");
    private static final Pattern SCHEME = Pattern.compile("^([a-z0-9.+-]+):.*");
    private static final Set<String> COMPONENTS = Set.of(
            "bean",
            "direct",
            "file",
            "http",
            "https",
            "kamelet",
            "log",
            "master",
            "micrometer",
            "platform-http",
            "rest",
            "timer");
    private static final Set<String> LANGUAGES = Set.of("constant", "csimple", "header", "jsonpath", "ref", "simple");
    private static final int LONGEST = 300;

    private final Settings settings;
    private final RouteFiles files;
    private final Collection<String> beans;

    RouteFaults(Settings settings, RouteFiles files, Collection<String> beans) {
        this.settings = settings;
        this.files = files;
        this.beans = Stream.of(
                        beans.stream(), files.beanNames().stream(), files.java().beans())
                .flatMap(names -> names)
                .filter(name -> !TARGET_BEAN.matcher(name).matches())
                .sorted()
                .toList();
    }

    /** What is wrong. */
    Fault of(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(0, cause);
        }
        String route = route(chain);
        for (Throwable cause : chain) {
            Fault fault = cause instanceof MarkedYamlEngineException marked ? yaml(marked) : known(cause, route);
            if (fault != null) {
                return fault;
            }
        }
        Throwable root = chain.get(0);
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        for (Throwable cause : chain) {
            Place place = files.java().thrownAt(cause);
            if (place != null) {
                return Fault.error(place, "", oneLine(text));
            }
        }
        return fault(
                find(route, entry -> entry.key().equals("id") && entry.value().equals(route)), route, text);
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
        String problem = String.valueOf(marked.getProblem());
        // what is not closed is missed at the end of the file; where it was opened tells more
        Mark mark =
                (problem.contains("end of stream") ? marked.getContextMark() : marked.getProblemMark()).orElse(null);
        if (mark == null) {
            return null;
        }
        Path file = path(mark.getName());
        int line = mark.getLine() + 1;
        Place place = files.place(file, line, mark.getColumn() + 1);
        Matcher field = Pattern.compile("Unsupported field: (.+)").matcher(problem);
        if (field.matches()) {
            // the mark is where the value starts, or the whole step
            Entry key = files.entries().stream()
                    .filter(entry -> entry.file().equals(file)
                            && entry.line() >= line - 1
                            && entry.key().equals(field.group(1)))
                    .findFirst()
                    .orElse(null);
            return Fault.error(
                    key == null ? place : files.place(file, key.at()), "", "unknown field '" + field.group(1) + "'");
        }
        Matcher step = Pattern.compile("Unknown node id: (.+)").matcher(problem);
        if (step.matches()) {
            return Fault.error(place, "", "unknown step '" + step.group(1) + "'");
        }
        boolean tab = problem.contains("\\t");
        return Fault.error(place, "", "this is not YAML: " + (tab ? "a tab indents; use spaces" : oneLine(problem)));
    }

    private @Nullable Fault known(Throwable cause, String route) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof NoSuchBeanException missing) {
            return bean(missing.getName(), route);
        }
        if (cause instanceof PropertyBindingException binding) {
            String prefix = String.valueOf(binding.getOptionPrefix());
            if (prefix.startsWith("camel.")) {
                String key = prefix + "." + binding.getOptionKey();
                return Fault.error(
                        Place.of("configuration"),
                        key.replace("..", "."),
                        "Camel knows no key '" + key.replace("..", ".") + "', or not with this value");
            }
            String option = String.valueOf(binding.getPropertyName());
            String value = String.valueOf(binding.getValue());
            return fault(
                    find(route, entry -> hasOption(entry, option)),
                    value,
                    "the option '" + option + "' can't be "
                            + (Secrets.named(option) ? "what is written there" : "'" + value + "'"));
        }
        if (cause instanceof SimpleIllegalSyntaxException simple) {
            String expression = String.valueOf(simple.getExpression());
            return fault(
                    find(route, entry -> entry.value().equals(expression)),
                    expression,
                    "the expression '" + expression + "' is not Simple: "
                            + text.lines().findFirst().orElse(""));
        }
        if (cause instanceof ForeignStrategyException foreign) {
            return strategy(foreign.route(), foreign.name(), text);
        }
        if (cause instanceof ClassNotFoundException) {
            return fault(
                    find(
                            route,
                            entry -> entry.value().equals(text) || entry.value().equals("#class:" + text)),
                    text,
                    "there is no class '" + text + "': put its jar into the folder lib, or mend the name");
        }
        Matcher matcher = NOT_PUBLIC.matcher(text);
        if (matcher.find()) {
            String name = matcher.group(1);
            return Fault.error(
                    files.java().declaration(name),
                    "",
                    "the class '" + name + "' and its constructor must be public: Camel makes one of each class");
        }
        matcher = STRATEGY.matcher(text);
        if (matcher.find()) {
            return bean(stripped(matcher.group(1)), route);
        }
        matcher = NO_STRATEGY.matcher(text);
        if (matcher.find()) {
            return strategy(route, "", matcher.group(1) + ScatterGathers.IS_FOREIGN);
        }
        matcher = EXECUTOR.matcher(text);
        if (matcher.find()) {
            return bean(matcher.group(1), route);
        }
        if (cause instanceof FileNotFoundException) {
            matcher = KAMELET_FILE.matcher(text);
            return matcher.find() ? kamelet(matcher.group(1), route) : null;
        }
        matcher = COMPONENT.matcher(text);
        if (matcher.find()) {
            return component(matcher.group(1), route);
        }
        if (text.equals("No cluster service found")) {
            return fault(
                    find(route, entry -> entry.value().startsWith("master:")),
                    "master:",
                    "nothing elects the instance in which the route runs: set tandem.cluster");
        }
        matcher = OPTION.matcher(text);
        if (matcher.find()) {
            String option = matcher.group(1);
            Entry entry = find(route, candidate -> hasOption(candidate, option));
            return fault(entry, option, "unknown option '" + option + "'" + of(entry));
        }
        matcher = KAMELET_PARAMETER.matcher(text);
        if (matcher.find()) {
            String name = matcher.group(1);
            String parameter = matcher.group(2);
            return fault(
                    find(route, entry -> entry.value().startsWith("kamelet:" + name) && !hasOption(entry, parameter)),
                    "kamelet:",
                    "the Kamelet '" + name + "' needs the parameter '" + parameter + "'");
        }
        matcher = LANGUAGE.matcher(text);
        if (matcher.find()) {
            String language = matcher.group(1);
            return fault(
                    find(
                            route,
                            entry -> entry.key().equals("language")
                                    && entry.value().equals(language)),
                    language,
                    "there is no language '" + language + "'" + notPart(language, LANGUAGES));
        }
        matcher = DATA_FORMAT.matcher(text);
        if (matcher.find()) {
            String format = matcher.group(1);
            return fault(
                    find(
                            route,
                            entry -> entry.key().equals(format) || entry.value().equals(format)),
                    format,
                    "there is no data format '" + format + "'" + notPart(format, Set.of()));
        }
        matcher = DUPLICATE_ID.matcher(text);
        if (matcher.find()) {
            String id = matcher.group(1);
            Entry last = files.entries().stream()
                    .filter(entry -> entry.key().equals("id") && entry.value().equals(id))
                    .reduce((one, other) -> other)
                    .orElse(null);
            return fault(last, id, "the id '" + id + "' is there twice: give one of them another");
        }
        matcher = DUPLICATE_ROUTE.matcher(text);
        if (matcher.find()) {
            return RouteLint.repeatedIds(files).stream().findFirst().orElse(null);
        }
        matcher = DUPLICATE_INPUT.matcher(text);
        if (matcher.find()) {
            String input = matcher.group(1) + ":" + matcher.group(2);
            return fault(
                    find(route, entry -> entry.input() && entry.value().startsWith(input)),
                    input,
                    RouteLint.inputTaken(input));
        }
        matcher = TEMPLATE.matcher(text);
        if (matcher.find()) {
            return misnamed(matcher.group(1));
        }
        matcher = PROPERTY.matcher(text);
        if (matcher.find()) {
            return property(matcher.group(1), route);
        }
        matcher = NOT_BOOLEAN.matcher(text);
        if (matcher.find()) {
            String value = matcher.group(1);
            String type = matcher.group(2).toLowerCase(Locale.ROOT);
            return fault(
                    find(route, entry -> entry.value().equals(value)),
                    value,
                    "'" + value + "' is not " + (type.equals("boolean") ? "true or false" : "of the type " + type));
        }
        if (text.contains("uri must be specified and not empty")) {
            return fault(
                    find(
                            route,
                            entry -> entry.scalar()
                                    && entry.value().isBlank()
                                    && Set.of("to", "uri", "from").contains(entry.key())),
                    "",
                    "the URI is missing");
        }
        return null;
    }

    /** A Kamelet is found by its file, and then looked for by its name. */
    private @Nullable Fault misnamed(String kamelet) {
        return files.entries().stream()
                .filter(entry -> files.inKamelet(entry)
                        && RouteFiles.stem(entry.file(), RouteFiles.KAMELETS).equals(kamelet)
                        && entry.key().equals("name"))
                .findFirst()
                .map(entry -> fault(entry, "", RouteLint.misnamed(entry.value(), kamelet)))
                .orElse(null);
    }

    private Fault bean(String name, String route) {
        Matcher target = TARGET_BEAN.matcher(name);
        if (target.matches() && !settings.targets().containsKey(target.group(1))) {
            return target(target.group(1), route);
        }
        String reason = noBean(name) + "; "
                + NearestKey.among(beans, name)
                        .map(nearest -> "did you mean '" + nearest + "'?")
                        .orElse("routes can refer to " + String.join(", ", beans));
        Pattern uri = Pattern.compile("bean:(//)?" + Pattern.quote(name) + "(\\?.*)?");
        Entry entry = find(
                route,
                candidate -> stripped(candidate.value()).equals(name)
                        || uri.matcher(candidate.value()).matches());
        Entry composed = entry == null ? find(route, candidate -> isComposed(candidate.value(), name)) : null;
        return composed == null ? fault(entry, name, reason) : fault(composed, "", reason);
    }

    /** Whether a name may have come of a text with placeholders in it. */
    private static boolean isComposed(String value, String name) {
        String literal = value.replaceAll("\\{\\{[^}]*}}", "");
        return !literal.equals(value) && !literal.isBlank() && name.matches(template(stripped(value)));
    }

    static String noBean(String name) {
        return "there is no bean '" + name + "'";
    }

    private Fault strategy(String route, String name, String reason) {
        return fault(
                find(
                        route,
                        entry -> entry.key().equals("aggregationStrategy")
                                && entry.value().contains(name)),
                name,
                reason);
    }

    private Fault target(String name, String route) {
        Pattern option = Pattern.compile("[?&]target=" + Pattern.quote(name) + "(&.*)?$");
        return fault(
                find(
                        route,
                        entry -> option.matcher(entry.value()).find()
                                || (entry.key().equals("target")
                                        && entry.value().equals(name))),
                name,
                "the target '%1$s' is not configured: add target.%1$s.url=… and its credentials to the properties, or name one that is there (%2$s)"
                        .formatted(name, String.join(", ", settings.targets().keySet())));
    }

    private Fault kamelet(String name, String route) {
        Pattern uri = Pattern.compile("kamelet:" + Pattern.quote(name) + "([/?].*)?");
        return fault(
                find(route, entry -> uri.matcher(entry.value()).matches()),
                name,
                "there is no Kamelet '" + name + "' in "
                        + RouteFiles.shown(settings.routes().resolve("kamelets")) + "; "
                        + NearestKey.among(files.kameletNames(), name)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("there are: " + String.join(", ", files.kameletNames())));
    }

    private Fault component(String scheme, String route) {
        return fault(
                find(
                        route,
                        entry -> entry.value().equals(scheme) || entry.value().startsWith(scheme + ":")),
                scheme,
                "there is no component '" + scheme + "'; "
                        + NearestKey.among(COMPONENTS, scheme)
                                .map(nearest -> "did you mean '" + nearest + "'?")
                                .orElse("its jar (camel-" + scheme + ") is not part of Tandem"));
    }

    private static String notPart(String name, Set<String> others) {
        return NearestKey.among(others, name)
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("; its jar is not part of Tandem");
    }

    private Fault property(String key, String route) {
        Matcher target = TARGET_PROPERTY.matcher(key);
        if (target.matches() && !settings.targets().containsKey(target.group(1))) {
            return target(target.group(1), route);
        }
        Pattern reference = Pattern.compile("\\{\\{\\??" + Pattern.quote(key) + "[:}]");
        Entry entry =
                find(route, candidate -> reference.matcher(candidate.value()).find());
        return fault(
                entry,
                key,
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
        String name =
                value.startsWith("#bean:") ? value.substring(6) : value.startsWith("#") ? value.substring(1) : value;
        return name.strip();
    }

    private static String template(String value) {
        StringBuilder pattern = new StringBuilder();
        for (String literal : value.split("\\{\\{[^}]*}}", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return pattern.toString();
    }

    /** In the route; else in a Kamelet, which Camel does not tell from the route that calls it; else anywhere. */
    private @Nullable Entry find(String route, Predicate<Entry> fits) {
        List<Entry> fitting = files.entries().stream().filter(fits).toList();
        return fitting.stream()
                .filter(entry -> entry.route().equals(route))
                .findFirst()
                .or(() -> fitting.stream().filter(files::inKamelet).findFirst())
                .or(() -> fitting.stream().findFirst())
                .orElse(null);
    }

    /** {@code word}: what of the entry is wrong; the entry as a whole when that is not in its value. */
    private Fault fault(@Nullable Entry entry, String word, String reason) {
        Place place = entry == null
                ? files.java().place(word).orElseGet(() -> Place.of(RouteFiles.shown(settings.routes())))
                : entry.value().contains(word)
                        ? files.place(entry.file(), entry.content(), word)
                        : files.place(entry.file(), entry.at());
        return Fault.error(place, "", oneLine(reason));
    }

    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll(" {2,}", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private static Path path(String name) {
        return name.startsWith("file:")
                ? Path.of(URI.create("file:" + name.substring(5).replace(" ", "%20")))
                : Path.of(name);
    }
}
