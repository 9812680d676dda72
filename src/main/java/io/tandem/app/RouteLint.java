package io.tandem.app;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import io.tandem.app.RouteFiles.Entry;
import io.tandem.config.Fault;
import io.tandem.config.NearestKey;
import io.tandem.config.Place;
import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.http.HttpEndpointUriFactory;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds what Camel lets pass although it can't be meant, without building a route: what would fail with the first
 * message, lose a reply or show a secret. For one thread.
 */
final class RouteLint {
    private static final String DIRECT = "direct:";
    private static final String KAMELET = "kamelet:";
    /** Of policies that make a call of a target what is configured for it, such as {@code deliver-to-api-one}. */
    private static final Pattern DELIVERY_POLICY = Pattern.compile(".+-(?:to|of)-.+");

    private static final Pattern NUMBERED = Pattern.compile("\\d+-(.+)");
    private static final Pattern TARGET_IN_URI = Pattern.compile("[?&]target=([^&]*)");
    private static final Pattern TARGET_PARTS =
            Pattern.compile("(?:deliver-to-|client-of-|\\{\\{target\\.)([a-z0-9-]+)");
    private static final Pattern TARGET_ENDPOINT = Pattern.compile("\\{\\{target\\..+\\.endpoint}}");
    private static final Pattern PROPERTIES_FUNCTION = Pattern.compile("\\$\\{properties:([^:}]+)}");
    private static final Pattern OPTION = Pattern.compile("[?&]([^=&?]+)=([^&]*)");
    private static final Set<String> DEFINITIONS =
            Set.of("route", "from", "rest", "routeTemplate", "routeConfiguration", "templatedRoute", "beans");

    private final Settings settings;
    private final RouteFiles files;
    private final Map<String, Place> keys;
    private final Set<Fault> faults = new LinkedHashSet<>();
    private final Set<String> delivered = new HashSet<>();
    private final Set<String> bareKamelets = new HashSet<>();
    private boolean targetsUnknown;

    private RouteLint(Settings settings, RouteFiles files, Map<String, Place> keys) {
        this.settings = settings;
        this.files = files;
        this.keys = keys;
    }

    /**
     * What is to be said about the routes.
     *
     * @param keys where the keys of the configuration are given
     * @param complete whether the routes can be built: else what is missing may be an echo of another fault
     */
    static Set<Fault> lint(Settings settings, RouteFiles files, Map<String, Place> keys, boolean complete) {
        RouteLint lint = new RouteLint(settings, files, keys);
        lint.repeatedKeys();
        lint.faults.addAll(repeatedIds(files));
        lint.directs(complete);
        if (complete) {
            lint.findBareKamelets();
        }
        for (Path file : files.routes()) {
            if (files.root(file) instanceof SequenceNode definitions) {
                lint.routeFile(file, definitions);
            }
        }
        for (Path file : files.kamelets()) {
            if (files.root(file) instanceof MappingNode kamelet) {
                lint.kameletFile(file, kamelet);
            }
        }
        lint.javaFiles();
        if (complete && !lint.targetsUnknown) {
            lint.targets();
        }
        return lint.faults;
    }

    private void repeatedKeys() {
        files.repeatedKeys()
                .forEach(entry -> error(
                        entry.file(), entry.at(), "'" + entry.key() + "' is there twice: only one of them counts"));
    }

    /** Camel would let the second route replace the first. */
    static List<Fault> repeatedIds(RouteFiles files) {
        List<Fault> repeated = new ArrayList<>();
        Map<String, Place> ids = new HashMap<>();
        for (Entry entry : files.entries()) {
            if (entry.key().equals("id")
                    && !entry.value().isEmpty()
                    && entry.value().equals(entry.route())) {
                Place first = ids.putIfAbsent(entry.value(), files.place(entry.file(), entry.line(), 0));
                if (first != null && !files.inKamelet(entry)) {
                    repeated.add(idTaken(files.place(entry.file(), entry.at()), entry.value(), first));
                }
            }
        }
        for (JavaFiles.Literal literal : files.java().literals("routeId")) {
            Place place = files.java().place(literal, literal.text());
            Place first = ids.putIfAbsent(literal.text(), new Place(place.source(), place.line(), 0));
            if (first != null) {
                repeated.add(idTaken(place, literal.text(), first));
            }
        }
        return repeated;
    }

    private static Fault idTaken(Place place, String id, Place first) {
        return Fault.error(place, "", "the route id '" + id + "' is taken by " + first + ": give this route another");
    }

    /** What goes to {@code direct:x} needs one route that starts there: told by Camel only when a message comes. */
    private void directs(boolean complete) {
        Set<String> inputs = new HashSet<>();
        files.java().literals("from").forEach(literal -> inputs.add(withoutQuery(literal.text())));
        List<Entry> outputs = new ArrayList<>();
        Set<Path> withNamedInputs = new HashSet<>();
        for (Entry entry : files.entries()) {
            String uri = entry.value();
            if (entry.input() && uri.equals("direct")) {
                withNamedInputs.add(entry.file());
            } else if (uri.startsWith(DIRECT)
                    && !uri.contains("{{")
                    && !uri.contains("${")
                    && !files.inKamelet(entry)) {
                String name = withoutQuery(uri);
                if (!entry.input()) {
                    if (Set.of("to", "uri").contains(entry.key())) {
                        outputs.add(entry);
                    }
                } else if (!inputs.add(name)) {
                    error(entry.file(), entry.content(), inputTaken(name));
                }
            }
        }
        // their names are among the parameters, where placeholders may hide them
        if (complete && withNamedInputs.isEmpty()) {
            for (Entry entry : outputs) {
                String name = withoutQuery(entry.value());
                if (!inputs.contains(name)) {
                    error(entry.file(), entry.content(), noInput(name, inputs));
                }
            }
            for (JavaFiles.Literal literal : files.java().literals("to")) {
                String name = withoutQuery(literal.text());
                if (name.startsWith(DIRECT) && !name.contains("{{") && !inputs.contains(name)) {
                    faults.add(Fault.error(files.java().place(literal, name), "", noInput(name, inputs)));
                }
            }
        }
    }

    private static String noInput(String name, Set<String> inputs) {
        return "no route starts with '" + name + "'"
                + NearestKey.among(inputs, name)
                        .map(nearest -> "; did you mean '" + nearest + "'?")
                        .orElse(": add one, or mend the name");
    }

    private void javaFiles() {
        faults.addAll(files.java().unbound());
        for (JavaFiles.Literal literal : files.java().literals()) {
            if (Secrets.form(literal.text())) {
                faults.add(Fault.warning(files.java().place(literal, literal.text()), "", inClear("this")));
            }
            usedTargets("", literal.text());
        }
    }

    private void routeFile(Path file, SequenceNode definitions) {
        List<Node> ids = new ArrayList<>();
        for (Node definition : definitions.getValue()) {
            Node route = RouteFiles.member(definition, "route");
            if (route != null) {
                Node id = RouteFiles.member(route, "id");
                if (id == null) {
                    hint(file, definition, "this route has no id: logs and metrics name it by a number");
                } else {
                    ids.add(id);
                }
                described(file, definition, route, "route");
            }
            Node rest = RouteFiles.member(definition, "rest");
            if (rest != null) {
                described(file, definition, rest, "rest");
            }
        }
        Matcher name = NUMBERED.matcher(RouteFiles.stem(file, RouteFiles.ROUTES));
        if (name.matches()
                && !ids.isEmpty()
                && ids.stream().noneMatch(id -> RouteFiles.text(id).equals(name.group(1)))) {
            hint(
                    file,
                    ids.get(0),
                    "no route of this file has the id '" + name.group(1) + "', as the file's name has it");
        }
        walk(file, definitions, false);
    }

    private void described(Path file, Node definition, Node described, String kind) {
        if (RouteFiles.text(RouteFiles.member(described, "description")).isBlank()) {
            hint(file, definition, "this " + kind + " has no description: say in one sentence what it is for");
        }
    }

    private void walk(Path file, Node node, boolean inDelivery) {
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    scalar(file, "", scalar);
                } else {
                    walk(file, item, inDelivery);
                }
            }
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                step(file, tuple, inDelivery);
            }
        }
    }

    private void step(Path file, NodeTuple tuple, boolean inDelivery) {
        String key = RouteFiles.text(tuple.getKeyNode());
        Node value = tuple.getValueNode();
        boolean inside = inDelivery;
        switch (key) {
            case "multicast" -> multicast(file, tuple.getKeyNode(), value);
            case "policy" -> inside |= DELIVERY_POLICY.matcher(reference(value)).matches();
            case "setHeader" -> header(file, value);
            case "headers" -> headers(file, value);
            case "to", "toD", "wireTap", "enrich", "poll" -> endpoint(file, value, inDelivery);
            default -> {}
        }
        if (value instanceof ScalarNode scalar) {
            scalar(file, key, scalar);
        } else {
            walk(file, value, inside);
        }
    }

    /** Camel takes the short form too, {@code policy: name}. */
    private static String reference(Node policy) {
        return policy instanceof ScalarNode
                ? RouteFiles.text(policy)
                : RouteFiles.text(RouteFiles.member(policy, "ref"));
    }

    private void multicast(Path file, Node at, Node multicast) {
        if (RouteFiles.member(multicast, "aggregationStrategy") == null) {
            warn(
                    file,
                    at,
                    "this multicast has no aggregationStrategy, so that only the last reply is kept: add"
                            + " aggregationStrategy: mergeReplies");
        }
        if (RouteFiles.member(multicast, "parallelProcessing") == null) {
            warn(
                    file,
                    at,
                    "this multicast sends to one after the other, each waiting for those before it: add"
                            + " parallelProcessing: true (or false, if that is meant)");
        }
        Node timeout = RouteFiles.member(multicast, "timeout");
        if (timeout != null) {
            warn(
                    file,
                    timeout,
                    "a timeout of a multicast loses replies that are late; set target.<name>.timeout and"
                            + " tandem.deadline instead");
        }
    }

    private void header(Path file, Node header) {
        String name = RouteFiles.text(RouteFiles.member(header, "name"));
        if (!Secrets.header(name)) {
            return;
        }
        ScalarNode literal = literal(header);
        if (literal != null) {
            clear(file, literal, "the header '" + name + "'");
        }
    }

    private void headers(Path file, Node headers) {
        if (headers instanceof SequenceNode sequence) {
            sequence.getValue().forEach(header -> header(file, header));
        }
    }

    /** The text of an expression, when nothing in it is looked up. */
    private static @Nullable ScalarNode literal(Node node) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                boolean text = Set.of("constant", "simple", "expression").contains(RouteFiles.text(tuple.getKeyNode()));
                if (text && tuple.getValueNode() instanceof ScalarNode scalar) {
                    return Secrets.written(scalar.getValue()) ? scalar : null;
                }
                ScalarNode inside = text ? literal(tuple.getValueNode()) : null;
                if (inside != null) {
                    return inside;
                }
            }
        }
        return null;
    }

    private void endpoint(Path file, Node endpoint, boolean inDelivery) {
        Node address = endpoint instanceof ScalarNode ? endpoint : RouteFiles.member(endpoint, "uri");
        String uri = RouteFiles.text(address);
        if (address == null) {
            return;
        }
        if (!inDelivery && !files.kamelets().contains(file) && callsTarget(uri)) {
            warn(
                    file,
                    address,
                    "this calls a target outside its delivery policy, without its credentials, time-outs and retries:"
                            + " put it below policy: deliver-to-<name>, or use kamelet:deliver/<name>?target=<name>");
        }
        if (uri.startsWith("http:")
                || uri.startsWith("https:")
                || TARGET_ENDPOINT.matcher(uri).find()) {
            httpOptions(file, RouteFiles.member(endpoint, "parameters"));
        }
        if (uri.startsWith(KAMELET)) {
            kameletCall(file, address, uri, RouteFiles.member(endpoint, "parameters"));
        }
    }

    /** Whether what is called is a target, without a policy of its own around the call. */
    private boolean callsTarget(String uri) {
        return TARGET_ENDPOINT.matcher(uri).find()
                || (uri.startsWith(KAMELET) && bareKamelets.contains(kameletOf(uri)));
    }

    private static String kameletOf(String uri) {
        return withoutQuery(uri).substring(KAMELET.length()).split("/", 2)[0];
    }

    /** Kamelets that call a target without a delivery policy around the call, be it through others that do. */
    private void findBareKamelets() {
        boolean more = true;
        while (more) {
            more = false;
            for (Path file : files.kamelets()) {
                more |= callsBare(files.root(file)) && bareKamelets.add(RouteFiles.stem(file, RouteFiles.KAMELETS));
            }
        }
    }

    /** Whether a target is called below a node, and not below a delivery policy there. */
    private boolean callsBare(@Nullable Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .filter(tuple -> !(RouteFiles.text(tuple.getKeyNode()).equals("policy")
                            && DELIVERY_POLICY
                                    .matcher(reference(tuple.getValueNode()))
                                    .matches()))
                    .anyMatch(tuple -> callsBare(tuple.getValueNode()));
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().anyMatch(this::callsBare);
        }
        return callsTarget(RouteFiles.text(node));
    }

    /** What camel-http does not know goes to the target, in the query. */
    private void httpOptions(Path file, @Nullable Node parameters) {
        if (parameters instanceof MappingNode mapping) {
            Set<String> options = new HttpEndpointUriFactory().propertyNames();
            for (NodeTuple tuple : mapping.getValue()) {
                String option = RouteFiles.text(tuple.getKeyNode());
                if (!options.contains(option)) {
                    NearestKey.among(options, option)
                            .ifPresent(nearest -> warn(
                                    file,
                                    tuple.getKeyNode(),
                                    "'" + option + "' is no option of http, and is sent in the query; did you mean '"
                                            + nearest + "'?"));
                }
            }
        }
    }

    private void kameletCall(Path file, Node address, String uri, @Nullable Node parameters) {
        String name = kameletOf(uri);
        Node kamelet = files.kamelets().stream()
                .filter(candidate ->
                        RouteFiles.stem(candidate, RouteFiles.KAMELETS).equals(name))
                .findFirst()
                .map(files::root)
                .orElse(null);
        if (kamelet == null) {
            return;
        }
        Set<String> declared = declared(kamelet);
        Matcher option = OPTION.matcher(uri);
        while (option.find()) {
            String parameter = option.group(1);
            if (!declared.contains(parameter)) {
                faults.add(Fault.warning(
                        files.place(file, address, parameter + "="), "", undeclared(name, parameter, declared)));
            }
        }
        if (parameters instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String parameter = RouteFiles.text(tuple.getKeyNode());
                if (!declared.contains(parameter)) {
                    warn(file, tuple.getKeyNode(), undeclared(name, parameter, declared));
                }
            }
        }
    }

    private static String undeclared(String kamelet, String parameter, Set<String> declared) {
        return "the Kamelet '" + kamelet + "' has no parameter '" + parameter + "'; "
                + NearestKey.among(declared, parameter)
                        .map(nearest -> "did you mean '" + nearest + "'?")
                        .orElse("it has: " + String.join(", ", declared));
    }

    private static Set<String> declared(Node kamelet) {
        Set<String> declared = new TreeSet<>();
        if (definition(kamelet, "properties") instanceof MappingNode properties) {
            properties.getValue().forEach(tuple -> declared.add(RouteFiles.text(tuple.getKeyNode())));
        }
        return declared;
    }

    private static @Nullable Node definition(Node kamelet, String member) {
        return RouteFiles.member(RouteFiles.member(RouteFiles.member(kamelet, "spec"), "definition"), member);
    }

    private void kameletFile(Path file, MappingNode kamelet) {
        String stem = RouteFiles.stem(file, RouteFiles.KAMELETS);
        Node name = RouteFiles.member(RouteFiles.member(kamelet, "metadata"), "name");
        if (name != null && !RouteFiles.text(name).equals(stem)) {
            error(file, name, misnamed(RouteFiles.text(name), stem));
        }
        for (String member : List.of("title", "description")) {
            if (RouteFiles.text(definition(kamelet, member)).isBlank()) {
                hint(file, kamelet, "this Kamelet has no spec.definition." + member);
            }
        }
        Node template = RouteFiles.member(RouteFiles.member(kamelet, "spec"), "template");
        if (definition(kamelet, "properties") instanceof MappingNode properties) {
            for (NodeTuple tuple : properties.getValue()) {
                kameletProperty(file, tuple, template);
            }
        }
        if (template != null) {
            walk(file, template, false);
        }
    }

    static String inputTaken(String uri) {
        return "another route starts with '" + uri + "' already: give this one another name";
    }

    static String misnamed(String name, String stem) {
        return "the Kamelet's name '" + name + "' is not that of its file: call it '" + stem + "'";
    }

    private void kameletProperty(Path file, NodeTuple property, @Nullable Node template) {
        String name = RouteFiles.text(property.getKeyNode());
        for (String member : List.of("title", "description", "type")) {
            if (RouteFiles.text(RouteFiles.member(property.getValueNode(), member))
                    .isBlank()) {
                hint(file, property.getKeyNode(), "the parameter '" + name + "' has no " + member);
            }
        }
        if (template != null && !mentions(template, Pattern.compile("\\{\\{\\??" + Pattern.quote(name) + "[:}]"))) {
            hint(file, property.getKeyNode(), "the parameter '" + name + "' is not used in the template");
        }
        Node standard = RouteFiles.member(property.getValueNode(), "default");
        boolean password = RouteFiles.text(RouteFiles.member(property.getValueNode(), "format"))
                .equals("password");
        if (standard instanceof ScalarNode scalar
                && (password || Secrets.named(name))
                && Secrets.written(scalar.getValue())) {
            clear(file, scalar, "the default of '" + name + "'");
        }
    }

    private static boolean mentions(Node node, Pattern pattern) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream().anyMatch(tuple -> mentions(tuple.getValueNode(), pattern));
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().anyMatch(item -> mentions(item, pattern));
        }
        return pattern.matcher(RouteFiles.text(node)).find();
    }

    private void scalar(Path file, String key, ScalarNode scalar) {
        String value = scalar.getValue();
        if (Secrets.form(value) || (Secrets.named(key) && Secrets.written(value))) {
            clear(file, scalar, key.isEmpty() ? "this" : "'" + key + "'");
        } else {
            Matcher option = OPTION.matcher(value);
            while (option.find()) {
                if (Secrets.named(option.group(1)) && Secrets.written(option.group(2))) {
                    faults.add(Fault.warning(
                            files.place(file, scalar, option.group(1) + "="),
                            "",
                            inClear("the option '" + option.group(1) + "'")));
                }
            }
        }
        if (value.startsWith("$") && !value.startsWith("${") && key.equals("jsonpath")) {
            jsonPath(file, scalar);
        }
        Matcher property = PROPERTIES_FUNCTION.matcher(value);
        while (property.find()) {
            String name = property.group(1);
            if (!settings.placeholders().containsKey(name)
                    && !settings.camel().containsKey(name)
                    && !value.contains("{{" + name)) {
                faults.add(Fault.error(
                        files.place(file, scalar, name),
                        "",
                        "there is no setting '" + name + "'; "
                                + NearestKey.among(settings.placeholders().keySet(), name)
                                        .map(nearest -> "did you mean '" + nearest + "'?")
                                        .orElse("add it to the properties, or write ${properties:" + name
                                                + ":a default}")));
            }
        }
        if (!files.kamelets().contains(file)) {
            usedTargets(key, value);
        }
    }

    private void jsonPath(Path file, ScalarNode path) {
        try {
            JsonPath.compile(path.getValue());
        } catch (InvalidPathException e) {
            faults.add(Fault.error(
                    files.place(file, path, path.getValue()),
                    "",
                    "the expression '" + path.getValue() + "' is not JSONPath"));
        }
    }

    private void usedTargets(String key, String value) {
        if (value.startsWith(KAMELET)) {
            Matcher target = TARGET_IN_URI.matcher(value);
            if (target.find()) {
                used(target.group(1));
            }
        } else if (key.equals("target")) {
            used(value);
        }
        Matcher part = TARGET_PARTS.matcher(value);
        while (part.find()) {
            used(part.group(1));
        }
    }

    private void used(String target) {
        targetsUnknown |= target.contains("{{") || target.contains("${");
        delivered.add(target);
    }

    /** Files beside the routes that look like some, and are not loaded. */
    static List<Fault> strayFiles(RouteFiles files) throws IOException {
        List<Fault> stray = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(files.folder(), "*.{yaml,yml}")) {
            for (Path file : found) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(RouteFiles.KAMELETS)) {
                    stray.add(stray(files, file, "this Kamelet is not found here: move it into kamelets/"));
                } else if (!name.startsWith(".") && !name.endsWith(RouteFiles.ROUTES) && definesRoutes(file)) {
                    stray.add(stray(
                            files,
                            file,
                            "these routes are not loaded: name the file "
                                    + name.replaceFirst("(\\.camel)?\\.ya?ml$", "") + RouteFiles.ROUTES));
                }
            }
        }
        return stray;
    }

    private static boolean definesRoutes(Path file) throws IOException {
        // it may be anything: what is no UTF-8 is no fault
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("- "))
                .map(line -> line.substring(2).split(":", 2)[0].strip())
                .anyMatch(DEFINITIONS::contains);
    }

    private static Fault stray(RouteFiles files, Path file, String reason) {
        return Fault.warning(files.place(file, 1, 1), "", reason);
    }

    private void targets() {
        for (String target : settings.targets().keySet()) {
            if (!delivered.contains(target)) {
                String key = keys.keySet().stream()
                        .filter(name -> name.startsWith("target." + target + "."))
                        .min((one, other) ->
                                keys.getOrDefault(one, Place.of("")).compareTo(keys.getOrDefault(other, Place.of(""))))
                        .orElse("");
                faults.add(Fault.warning(
                        keys.getOrDefault(key, Place.of("configuration")),
                        key,
                        "no route sends to the target '%1$s': add - to: kamelet:deliver/%1$s?target=%1$s, or remove its keys"
                                .formatted(target)));
            }
        }
        completion();
    }

    private void completion() {
        String key = "tandem.completion";
        String completion = settings.completion();
        Set<String> sent = new TreeSet<>(settings.targets().keySet());
        sent.retainAll(delivered);
        Place place = keys.getOrDefault(key, Place.of("defaults"));
        if (completion.startsWith("required:")) {
            for (String name : completion.substring("required:".length()).split(",")) {
                if (settings.targets().containsKey(name) && !sent.contains(name)) {
                    faults.add(Fault.error(
                            place,
                            key,
                            "'%s=%s' is never met: no route sends to '%s'".formatted(key, completion, name)));
                }
            }
        } else if (completion.startsWith("quorum:")) {
            int quorum = Integer.parseInt(completion.substring("quorum:".length()));
            if (quorum > sent.size() && quorum <= settings.targets().size()) {
                faults.add(Fault.error(
                        place,
                        key,
                        "'%s=%s' is never met: the routes send to %d of the targets (%s)"
                                .formatted(key, completion, sent.size(), String.join(", ", sent))));
            }
        }
    }

    private void clear(Path file, ScalarNode secret, String what) {
        warn(file, secret, inClear(what));
    }

    private static String inClear(String what) {
        return what + " is a secret in clear: let target.<name>.auth send it, or refer to a bean by #name";
    }

    private void error(Path file, Node at, String reason) {
        faults.add(Fault.error(files.place(file, at), "", reason));
    }

    private void warn(Path file, Node at, String reason) {
        faults.add(Fault.warning(files.place(file, at), "", reason));
    }

    private void hint(Path file, Node at, String reason) {
        faults.add(Fault.hint(files.place(file, at), reason));
    }

    private static String withoutQuery(String uri) {
        return uri.split("\\?", 2)[0];
    }
}
