package io.tandem.app;

import io.tandem.config.Settings;
import io.tandem.target.NonBlockingComponent;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;

/**
 * Which routes of a running context hold no thread while they wait, so that a message may go through them on an event loop.
 * Steps that are not known to be such may block: whoever adds one to a route need not know of event loops. Read once from the
 * model of a context, as it does not change while the routes run. For one thread.
 */
final class NonBlockingRoutes {
    private static final Set<String> STEPS = Set.of("acceptMessage", "httpReply");
    private static final String REPLY_OF = "reply-of-";
    private static final Set<String> POLICIES = Set.of("guaranteedDelivery");
    private static final String DELIVER_TO = "deliver-to-";

    /** That call nothing, but for {@code simple}'s {@code bean:}. */
    private static final Set<String> LANGUAGES = Set.of("jsonpath", "jslt", "simple", "header", "constant");

    private static final String DIRECT = "direct:";
    private static final String KAMELET = "kamelet:";

    /** What a target's endpoint is called before placeholders are resolved. */
    private static final String TARGET_ENDPOINT = "\\{\\{target\\..+\\.endpoint}}";

    private final Map<String, RouteDefinition> byInput = new HashMap<>();
    private final IdentityHashMap<Processor, RouteDefinition> bySteps = new IdentityHashMap<>();

    /** Whether all is non-blocking that messages may meet besides the steps of their routes. */
    private final boolean nothingElse;

    private NonBlockingRoutes(Settings settings, CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Collection<RouteDefinition> kamelets = new HashSet<>();
        for (Route route : context.getRoutes()) {
            RouteDefinition definition = model.getRouteDefinition(route.getId());
            if (definition != null) {
                byInput.put(RouteGraph.normalized(route.getEndpoint().getEndpointUri()), definition);
                bySteps.put(route.getProcessor(), definition);
                if (route.isCreatedByKamelet()) {
                    kamelets.add(definition);
                }
            }
        }
        // each call of a Kamelet makes a route of it, under a name that the call need not say: all of them count
        nothingElse = settings.targets().values().stream().allMatch(NonBlockingRoutes::isNonBlocking)
                && context.getCamelContextExtension().getErrorHandlerFactory() == null
                && kamelets.stream().allMatch(kamelet -> isNonBlocking(kamelet, new HashSet<>()));
    }

    static NonBlockingRoutes of(Settings settings, CamelContext context) {
        return new NonBlockingRoutes(settings, context);
    }

    /** Whether a message that is handed to these steps, those of a whole route, meets nothing that may block. */
    boolean beginWith(Processor steps) {
        RouteDefinition definition = bySteps.get(steps);
        return nothingElse && definition != null && isNonBlocking(definition, new HashSet<>());
    }

    private static boolean isNonBlocking(Settings.Target target) {
        Settings.Condition when = target.when();
        return target.caller() == Settings.Client.NON_BLOCKING
                && (when == null
                        || (LANGUAGES.contains(when.language())
                                && !when.predicate().contains("bean:")));
    }

    /** @param seen the inputs that were followed */
    private boolean isNonBlocking(RouteDefinition route, Set<String> seen) {
        // those of the user's own wait before they try again
        return route.getErrorHandler() == null
                && route.getDelayer() == null
                && ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).stream()
                        .allMatch(step -> isNonBlocking(step, seen));
    }

    private boolean isNonBlocking(ProcessorDefinition<?> step, Set<String> seen) {
        if (step instanceof ProcessDefinition process) {
            String bean = String.valueOf(process.getRef());
            return STEPS.contains(bean) || bean.startsWith(REPLY_OF);
        }
        if (step instanceof PolicyDefinition policy) {
            String bean = String.valueOf(policy.getRef());
            return POLICIES.contains(bean) || bean.startsWith(DELIVER_TO);
        }
        if (step instanceof MulticastDefinition multicast) {
            return "branches".equals(multicast.getExecutorService())
                    && "mergeReplies".equals(multicast.getAggregationStrategy())
                    && multicast.getTimeout() == null
                    && multicast.getOnPrepare() == null;
        }
        return step instanceof ToDefinition to && isNonBlocking(to.getEndpointUri(), seen);
    }

    private boolean isNonBlocking(String uri, Set<String> seen) {
        if (uri.startsWith(DIRECT)) {
            String input = RouteGraph.normalized(uri);
            RouteDefinition next = byInput.get(input);
            return !seen.add(input) || (next != null && isNonBlocking(next, seen));
        }
        return uri.startsWith(KAMELET)
                || uri.startsWith(NonBlockingComponent.SCHEME + ":")
                || uri.replaceFirst("\\?.*", "").matches(TARGET_ENDPOINT);
    }
}
