package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.status.Samples;
import io.tandem.status.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.EndpointHelper;
import org.jspecify.annotations.Nullable;

/**
 * The running routes on which messages come to targets, as a graph. Read once from the model of a context, as it does not
 * change while the routes run. Immutable.
 */
final class RouteGraph {
    private static final Pattern TARGET = Pattern.compile("[?&]target=(?:RAW\\()?([^&)]+)");
    private static final String DELIVER_TO = "deliver-to-";
    private static final String TARGET_NODE = "target ";
    private static final String SOURCE_NODE = "source ";

    /** An entry that is counted, by its name among the meters, and the bean by which a route is known to be it. */
    private enum Entry {
        HTTP("http", "acceptMessage", "HTTP"),
        FOLDER("folder", "eachRecord", "Folder"),
        KAFKA("kafka", "", "Kafka"),
        JOURNAL("journal", "", "Journal");

        private final String meter;
        private final String bean;
        private final String label;

        Entry(String meter, String bean, String label) {
            this.meter = meter;
            this.bean = bean;
            this.label = label;
        }

        boolean isOn(Settings settings) {
            return switch (this) {
                case FOLDER -> settings.inbox().enabled();
                case KAFKA -> settings.kafka() != null;
                default -> true;
            };
        }
    }

    /** @param always whether each message takes it */
    private record Step(String to, boolean always) {}

    private record Edge(String from, String to, boolean always) {}

    private final List<Status.Node> nodes;
    private final List<Edge> edges;

    /** Names of the entries that are counted, by the node that stands for them. */
    private final Map<String, String> counted;

    private RouteGraph(List<Status.Node> nodes, List<Edge> edges, Map<String, String> counted) {
        this.nodes = List.copyOf(nodes);
        this.edges = List.copyOf(edges);
        this.counted = Map.copyOf(counted);
    }

    /** What is turned off by the settings is left out. */
    static RouteGraph of(CamelContext context, Settings settings) {
        Collection<String> targets = settings.targets().keySet();
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Map<Route, RouteDefinition> routes = new LinkedHashMap<>();
        for (Route route : context.getRoutes()) {
            RouteDefinition definition = model.getRouteDefinition(route.getId());
            if (definition != null && !route.isCreatedByKamelet()) {
                Entry entry = entry(definition, input(route));
                if (entry == null || entry.isOn(settings)) {
                    routes.put(route, definition);
                }
            }
        }
        Set<Edge> edges = new LinkedHashSet<>(arrows(routes, targets));
        Map<String, Status.Node> nodes = new LinkedHashMap<>();
        Map<String, String> counted = new HashMap<>();
        routes.forEach((route, definition) -> {
            String id = route.getId();
            nodes.put(id, new Status.Node(id, "route", id, definition.getDescriptionText()));
            String input = input(route);
            Entry entry = entry(definition, input);
            if (entry != null || edges.stream().noneMatch(edge -> edge.to().equals(id))) {
                // of others nothing but the kind: the rest may say where they are, and how to get in
                String label = entry == null ? input.replaceFirst(":.*", "") : entry.label;
                String source = SOURCE_NODE + label + " " + id;
                nodes.put(source, new Status.Node(source, "source", label, null));
                edges.add(new Edge(source, id, true));
                if (entry != null) {
                    counted.put(source, entry.meter);
                }
            }
        });
        targets.forEach(target ->
                nodes.put(TARGET_NODE + target, new Status.Node(TARGET_NODE + target, "target", target, null)));
        Set<String> leading = leadingToTargets(edges, targets);
        return new RouteGraph(
                nodes.values().stream()
                        .filter(node -> leading.contains(node.id()))
                        .toList(),
                edges.stream()
                        .filter(edge -> leading.contains(edge.from()) && leading.contains(edge.to()))
                        .toList(),
                counted);
    }

    /** From route to route, and from routes to targets. */
    private static Collection<Edge> arrows(Map<Route, RouteDefinition> routes, Collection<String> targets) {
        Map<String, String> byInput = new HashMap<>();
        routes.keySet().forEach(route -> byInput.put(input(route), route.getId()));
        Map<String, Edge> arrows = new LinkedHashMap<>();
        routes.forEach((route, definition) -> {
            for (Step step : steps(definition, targets)) {
                String to = step.to().startsWith(TARGET_NODE) ? step.to() : byInput.get(step.to());
                if (to != null) {
                    arrows.putIfAbsent(route.getId() + " " + to, new Edge(route.getId(), to, step.always()));
                }
            }
        });
        return arrows.values();
    }

    private static String input(Route route) {
        return normalized(route.getEndpoint().getEndpointUri());
    }

    private static Set<String> leadingToTargets(Collection<Edge> edges, Collection<String> targets) {
        Set<String> leading = new LinkedHashSet<>();
        targets.forEach(target -> leading.add(TARGET_NODE + target));
        boolean more = true;
        while (more) {
            more = false;
            for (Edge edge : edges) {
                more |= leading.contains(edge.to()) && leading.add(edge.from());
            }
        }
        return leading;
    }

    private static @Nullable Entry entry(RouteDefinition route, String input) {
        if (input.equals("direct:redeliver")) {
            return Entry.JOURNAL;
        }
        if (input.equals("direct:receive-kafka")) {
            return Entry.KAFKA;
        }
        for (ProcessDefinition step :
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessDefinition.class)) {
            if (Entry.HTTP.bean.equals(step.getRef())) {
                return Entry.HTTP;
            }
        }
        for (PolicyDefinition step :
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), PolicyDefinition.class)) {
            if (Entry.FOLDER.bean.equals(step.getRef())) {
                return Entry.FOLDER;
            }
        }
        return null;
    }

    private static List<Step> steps(RouteDefinition route, Collection<String> targets) {
        List<Step> steps = new ArrayList<>();
        for (PolicyDefinition policy :
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), PolicyDefinition.class)) {
            String bean = policy.getRef();
            if (bean != null && bean.startsWith(DELIVER_TO)) {
                steps.add(new Step(TARGET_NODE + bean.substring(DELIVER_TO.length()), isAlways(policy)));
            }
        }
        for (ToDefinition to : ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)) {
            String uri = to.getEndpointUri();
            Matcher target = TARGET.matcher(uri);
            if (uri.startsWith("kamelet:") && target.find() && targets.contains(target.group(1))) {
                steps.add(new Step(TARGET_NODE + target.group(1), isAlways(to)));
            } else {
                steps.add(new Step(normalized(uri), isAlways(to)));
            }
        }
        return steps;
    }

    /** Whether it stands in no step that may let messages out, or do it more than once. */
    private static boolean isAlways(ProcessorDefinition<?> step) {
        for (NamedNode above = step.getParent(); above != null; above = above.getParent()) {
            boolean plain = above instanceof RouteDefinition
                    || above instanceof MulticastDefinition
                    || above instanceof PipelineDefinition
                    || above instanceof StepDefinition
                    || above instanceof PolicyDefinition;
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** An endpoint without its query, however it was written. */
    static String normalized(String uri) {
        return EndpointHelper.normalizeEndpointUri(uri).replace("://", ":").replaceFirst("\\?.*", "");
    }

    /** What it looks like with what has passed in the last minute. */
    Status.Routes with(Samples.Traffic traffic, Map<String, Samples.Rates> targets) {
        return new Status.Routes(
                nodes,
                edges.stream()
                        .map(edge -> new Status.Edge(
                                edge.from(), edge.to(), rate(edge, traffic, targets, new LinkedHashSet<>())))
                        .toList());
    }

    private @Nullable Double rate(
            Edge edge, Samples.Traffic traffic, Map<String, Samples.Rates> targets, Set<Edge> above) {
        if (edge.to().startsWith(TARGET_NODE)) {
            Samples.Rates target = targets.get(edge.to().substring(TARGET_NODE.length()));
            long ways =
                    edges.stream().filter(other -> other.to().equals(edge.to())).count();
            return target == null || ways > 1 ? null : (Double) target.perSecond();
        }
        if (edge.from().startsWith(SOURCE_NODE)) {
            String entry = counted.get(edge.from());
            return entry == null ? null : traffic.entriesPerSecond().getOrDefault(entry, 0.0);
        }
        if (!edge.always() || !above.add(edge)) {
            return null;
        }
        // what comes in goes on
        double sum = 0;
        for (Edge before : edges) {
            if (before.to().equals(edge.from())) {
                Double rate = rate(before, traffic, targets, above);
                if (rate == null) {
                    return null;
                }
                sum += rate;
            }
        }
        return Math.round(sum * 100) / 100.0;
    }
}
