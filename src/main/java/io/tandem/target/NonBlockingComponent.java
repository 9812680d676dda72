package io.tandem.target;

import java.util.Map;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * Camel's {@code non-blocking:https://…}: calls a target on its {@link NonBlockingClient}. It takes the options with which
 * camel-http is called for targets, so that the same steps call one by either client, and knows no others. Thread-safe.
 */
public final class NonBlockingComponent extends DefaultComponent {
    /** Its name in URIs. */
    public static final String SCHEME = "non-blocking";

    /** Options of camel-http, each with the one value by which targets are called. */
    private static final Map<String, String> AS_EVER =
            Map.of("bridgeEndpoint", "true", "throwExceptionOnFailure", "false", "disableStreamCache", "true");

    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH", "GET", "DELETE", "HEAD", "OPTIONS");

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        NonBlockingClient client =
                resolveAndRemoveReferenceParameter(parameters, "httpClientConfigurer", NonBlockingClient.class);
        if (client == null) {
            throw new IllegalArgumentException("httpClientConfigurer=#client-of-<target> is needed");
        }
        String method = getAndRemoveParameter(parameters, "httpMethod", String.class, "POST");
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException("httpMethod=" + method + " is not known");
        }
        AS_EVER.forEach((option, value) -> {
            if (!value.equals(getAndRemoveParameter(parameters, option, String.class, value))) {
                throw new IllegalArgumentException(
                        option + " can't be changed for a target with client=non-blocking; use client=camel-http");
            }
        });
        return new NonBlockingEndpoint(uri, this, client, new NonBlockingEndpoint.Call(remaining, method));
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
