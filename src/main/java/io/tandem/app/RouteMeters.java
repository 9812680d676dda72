package io.tandem.app;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicy;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.spi.RoutePolicy;

/**
 * Camel's own meters of routes: {@code camel_route_policy_seconds} and {@code camel_exchanges_failed_total}. Sets of routes
 * that replace each other go on with the same ones. Thread-safe.
 */
final class RouteMeters extends MicrometerRoutePolicyFactory {
    private final MeterRegistry registry;
    private final MicrometerRoutePolicyConfiguration configuration = new MicrometerRoutePolicyConfiguration();

    RouteMeters(MeterRegistry registry) {
        this.registry = registry;
        configuration.setContextEnabled(false);
        configuration.setLongTask(false);
        configuration.setExchangesSucceeded(false);
        configuration.setExchangesTotal(false);
        configuration.setExternalRedeliveries(false);
        configuration.setFailuresHandled(false);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        Lasting policy = new Lasting(this);
        policy.setMeterRegistry(registry);
        policy.setSkipCamelInfo(true);
        policy.setConfiguration(configuration);
        return policy;
    }

    private static final class Lasting extends MicrometerRoutePolicy {
        Lasting(MicrometerRoutePolicyFactory factory) {
            super(factory);
        }

        @Override
        public void onRemove(Route route) {
            // the same route runs in the set that has taken its place, on the same meters
        }
    }
}
