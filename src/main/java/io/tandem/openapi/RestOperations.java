package io.tandem.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.servers.Server;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteAware;
import org.apache.camel.model.Model;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.openapi.BeanConfig;
import org.apache.camel.openapi.OpenApiHelper;
import org.apache.camel.openapi.RestOpenApiReader;
import org.apache.camel.openapi.RestOpenApiSupport;
import org.apache.camel.spi.RestConfiguration;
import org.apache.camel.spi.RestRegistry;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/**
 * What Camel knows of the REST operations of a running context. Info, contact and the like can be set as everywhere in
 * Camel, by {@code camel.rest.api-properties[api.title]} and so on. Not thread-safe.
 */
final class RestOperations {
    private final CamelContext context;
    private final Model model;

    /** Ids of the running routes behind the operations, by {@link #key}. */
    private final Map<String, String> routes;

    private RestOperations(CamelContext context, Model model, Map<String, String> routes) {
        this.context = context;
        this.model = model;
        this.routes = routes;
    }

    static RestOperations of(CamelContext context) {
        Map<String, String> routes = new HashMap<>();
        for (RestRegistry.RestService service :
                PluginHelper.getRestRegistry(context).listAllRestServices()) {
            if (service.getConsumer() instanceof RouteAware consumer && consumer.getRoute() != null) {
                String path = OpenApiHelper.buildUrl(service.getBasePath(), service.getUriTemplate());
                routes.put(key(service.getMethod(), path), consumer.getRoute().getRouteId());
            }
        }
        return new RestOperations(context, context.getCamelContextExtension().getContextPlugin(Model.class), routes);
    }

    /** The document as Camel makes it, of this context's REST definitions. */
    OpenAPI describe() throws ClassNotFoundException, IOException {
        RestConfiguration configuration = context.getRestConfiguration();
        Map<String, Object> properties = new HashMap<>();
        properties.put("api.title", "Tandem");
        properties.put("api.version", version());
        properties.put(
                "api.description",
                "Takes a message, gives it to several HTTP APIs at the same moment, and answers with one merged reply.");
        properties.put("api.license.name", "Apache-2.0");
        properties.put("api.license.url", "https://www.apache.org/licenses/LICENSE-2.0");
        if (configuration.getApiProperties() != null) {
            properties.putAll(configuration.getApiProperties());
        }
        BeanConfig config = new BeanConfig();
        new RestOpenApiSupport().initOpenApi(config, properties);
        // its schemas are JSON Schema 2020-12, which validators know; those of 3.0 are a dialect of their own
        config.setVersion("3.1.0");
        OpenAPI api = new RestOpenApiReader()
                .read(context, model.getRestDefinitions(), config, context.getName(), context.getClassResolver());
        OpenApiHelper.clearVendorExtensions(api);
        // relative: right behind a proxy, and it names no host
        String root = configuration.getContextPath();
        api.setServers(List.of(new Server().url(root == null ? "/" : OpenApiHelper.buildUrl(root, null))));
        return api;
    }

    /** What Tandem answers to the operation; null when it is not Tandem that does. */
    @Nullable
    Call call(String method, String path) {
        String routeId = routes.get(key(method, path));
        Set<String> beans = new HashSet<>();
        if (routeId != null) {
            addBeans(model.getRouteDefinition(routeId), new HashSet<>(), beans);
        }
        return Call.of(beans);
    }

    /** Adds the names of the beans to which the route's steps refer, and those of the routes behind it. */
    private void addBeans(@Nullable RouteDefinition route, Set<String> seen, Set<String> beans) {
        if (route == null || !seen.add(route.getId())) {
            return;
        }
        List<ProcessorDefinition<?>> steps = route.getOutputs();
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ProcessDefinition.class)
                .forEach(step -> add(step.getRef(), beans));
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, PolicyDefinition.class)
                .forEach(step -> add(step.getRef(), beans));
        // Camel inlines the route behind the operation, unless camel.rest.inline-routes=false
        for (ToDefinition step : ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDefinition.class)) {
            for (RouteDefinition next : model.getRouteDefinitions()) {
                if (next.getInput().getEndpointUri().equals(step.getEndpointUri())) {
                    addBeans(next, seen, beans);
                }
            }
        }
    }

    private static void add(@Nullable String bean, Set<String> beans) {
        if (bean != null) {
            beans.add(bean);
        }
    }

    private static String key(String method, String path) {
        return method.toUpperCase(Locale.ROOT) + " " + path;
    }

    private static String version() {
        String built = RestOperations.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }
}
