package io.tandem.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the routes of one set that take something in by themselves (files, timers, queues), so that the set can be
 * built and started beside another one and neither takes what is the other's. Routes that only work when something is
 * sent to them start with the set. For one thread.
 */
final class Intake implements RoutePolicyFactory {
    /** From where only comes what others send; HTTP requests come when the set is made the active one. */
    private static final Set<String> SENT_TO = Set.of("direct", "kamelet", "platform-http", "rest", "seda");

    /** Routes that would have started with the set. */
    private final List<Route> held = new ArrayList<>();

    private final List<Route> open = new ArrayList<>();

    @Override
    public @Nullable RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode node) {
        boolean sentTo = !(node instanceof RouteDefinition route)
                || route.getInput() == null
                || SENT_TO.contains(scheme(route.getInput().getEndpointUri()));
        return sentTo ? null : new Held();
    }

    private static String scheme(@Nullable String uri) {
        return uri == null ? "" : uri.split(":", 2)[0];
    }

    private final class Held extends RoutePolicySupport {
        @Override
        public void onInit(Route route) {
            super.onInit(route);
            if (route.isAutoStartup()) {
                route.setAutoStartup(false);
                held.add(route);
            }
        }
    }

    /**
     * Starts what was held back.
     *
     * @throws FailedToStartRouteException why a route does not start; all are held back again then
     */
    @SuppressWarnings("IllegalCatch") // whatever failed, nothing is taken in
    void open(CamelContext context) throws FailedToStartRouteException {
        for (Route route : held) {
            try {
                context.getRouteController().startRoute(route.getId());
                // one that was opened before, and held again
                ServiceHelper.resumeService(route.getConsumer());
                open.add(route);
            } catch (Exception e) {
                hold();
                throw new FailedToStartRouteException(route.getId(), "it can't take anything in", e);
            }
        }
    }

    /** Stops taking in; what was taken goes on. */
    void hold() {
        // those that can't be suspended are stopped
        open.forEach(route -> ServiceHelper.suspendService(route.getConsumer()));
        open.clear();
    }
}
