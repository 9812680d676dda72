package io.tandem.app;

import io.tandem.aggregation.MergeReplies;
import io.tandem.aggregation.MergeStrategy;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.processor.MulticastProcessor;
import org.apache.camel.processor.aggregate.AggregationStrategyBeanAdapter;
import org.apache.camel.processor.aggregate.ShareUnitOfWorkAggregationStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The multicasts of a running context whose branches lead to targets, and what merges the replies of these. Those that do
 * something else may use whatever strategy they like. For one thread.
 */
final class ScatterGathers {
    /** What is wrong with a strategy, behind its name. */
    static final String IS_FOREIGN =
            " knows nothing of deliveries, and the message would have no outcome: have it implement"
                    + " io.tandem.aggregation.MergeStrategy, or name mergeReplies";

    /** A strategy that is handed deliveries, and does not know them. */
    static final class ForeignStrategyException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String route;
        private final String name;

        ForeignStrategyException(String route, String name, Object strategy) {
            super("'" + name + "' (" + strategy.getClass().getName() + ")" + IS_FOREIGN);
            this.route = route;
            this.name = name;
        }

        String route() {
            return route;
        }

        /** As the route refers to it. */
        String name() {
            return name;
        }
    }

    private final CamelContext context;
    private final List<RouteDefinition> routes;
    private boolean ownStrategy;

    private ScatterGathers(CamelContext context) {
        this.context = context;
        this.routes =
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
    }

    /**
     * Looks at all of them.
     *
     * @throws ForeignStrategyException when one can't merge deliveries
     */
    static ScatterGathers of(CamelContext context) throws ForeignStrategyException {
        ScatterGathers found = new ScatterGathers(context);
        for (RouteDefinition route : found.routes) {
            for (MulticastDefinition multicast : steps(route.getOutputs(), MulticastDefinition.class)) {
                if (multicast.getAggregationStrategy() != null
                        && found.leadsToTargets(multicast.getOutputs(), new HashSet<>())) {
                    found.add(route.getId(), multicast);
                }
            }
        }
        return found;
    }

    /** Whether a strategy of the users' own merges replies. */
    boolean ownStrategy() {
        return ownStrategy;
    }

    private void add(String route, MulticastDefinition multicast) throws ForeignStrategyException {
        AggregationStrategy strategy = strategy(multicast);
        if (strategy instanceof MergeStrategy) {
            ownStrategy = true;
        } else if (strategy != null && !(strategy instanceof MergeReplies)) {
            // of a bean that is no strategy, Camel makes one by its methods
            Object named = strategy instanceof AggregationStrategyBeanAdapter
                    ? context.getRegistry()
                            .lookupByName(multicast.getAggregationStrategy().replaceFirst("^#(bean:)?", ""))
                    : strategy;
            throw new ForeignStrategyException(
                    route, multicast.getAggregationStrategy(), named == null ? strategy : named);
        }
    }

    /** Null when the route is not running. */
    private @Nullable AggregationStrategy strategy(MulticastDefinition multicast) {
        AggregationStrategy strategy = context.getProcessor(multicast.getId()) instanceof MulticastProcessor running
                ? running.getAggregationStrategy()
                : null;
        return strategy instanceof ShareUnitOfWorkAggregationStrategy shared ? shared.getDelegate() : strategy;
    }

    /** @param seen the inputs that were followed */
    private boolean leadsToTargets(List<ProcessorDefinition<?>> steps, Set<String> seen) {
        return steps(steps, PolicyDefinition.class).stream()
                        .anyMatch(policy -> String.valueOf(policy.getRef()).startsWith("deliver-to-"))
                || steps(steps, ToDefinition.class).stream()
                        .map(ToDefinition::getEndpointUri)
                        .anyMatch(uri -> isDelivery(uri) || (seen.add(uri) && leadOn(uri, seen)));
    }

    private boolean leadOn(String uri, Set<String> seen) {
        return routes.stream()
                .filter(route -> uri.equals(route.getInput().getEndpointUri()))
                .anyMatch(route -> leadsToTargets(route.getOutputs(), seen));
    }

    private static boolean isDelivery(String uri) {
        return uri.startsWith("kamelet:") && (uri.contains("?target=") || uri.contains("&target="));
    }

    private static <T extends ProcessorDefinition<?>> Collection<T> steps(
            List<ProcessorDefinition<?>> steps, Class<T> type) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(steps, type);
    }
}
