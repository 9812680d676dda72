package io.tandem.entry.http;

import io.tandem.caller.Permission;
import io.tandem.message.ReplyBody;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.Method;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/** A route's ear on the HTTP entry. Thread-safe. */
final class HttpConsumer extends DefaultConsumer implements PlatformHttpConsumer, Suspendable {
    private final TandemHttpEngine engine;
    private final PathTemplate path;
    private final Set<String> methods;
    private final List<String> consumes;
    private final List<String> produces;
    private volatile boolean nonBlocking;

    HttpConsumer(TandemHttpEngine engine, PlatformHttpEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        if (endpoint.isHttpProxy()) {
            // Camel would serve every path by it, and let callers say where their requests go (CVE-2026-85316)
            throw new IllegalArgumentException(endpoint.getEndpointUri()
                    + ": a path that begins with 'proxy' stands for a forward proxy, which there is none of here: begin"
                    + " it with a slash");
        }
        this.engine = engine;
        this.path = new PathTemplate(endpoint.getPath(), endpoint.isMatchOnUriPrefix());
        this.methods = new TreeSet<>();
        Method.parseList(endpoint.getHttpMethodRestrict()).forEach(method -> methods.add(method.name()));
        this.consumes = mediaTypes(endpoint.getConsumes());
        this.produces = mediaTypes(endpoint.getProduces());
    }

    private static List<String> mediaTypes(@Nullable String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.split(","))
                        .map(ReplyBody::mediaType)
                        .filter(type -> !type.isEmpty() && !type.equals("*/*"))
                        .toList();
    }

    @Override
    public PlatformHttpEndpoint getEndpoint() {
        return (PlatformHttpEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        engine.table().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        engine.table().remove(this);
        super.doStop();
    }

    PathTemplate path() {
        return path;
    }

    Set<String> methods() {
        return methods;
    }

    boolean serves(String method) {
        return methods.contains(method);
    }

    /** Whether nothing blocks between a request and its answer. */
    boolean isNonBlocking() {
        return nonBlocking;
    }

    void nonBlocking(boolean is) {
        nonBlocking = is;
    }

    /** What a caller must have been granted to call it. */
    Permission permission(HttpMethod method) {
        return Permission.of(method.name(), path.text());
    }

    /** Whether a body of this media type is taken; empty stands for a request without Content-Type. */
    boolean accepts(String mediaType) {
        return consumes.isEmpty() || consumes.contains(mediaType);
    }

    /** Whether a caller with these Accept headers can be answered (RFC 9110 §12.5.1). */
    boolean canAnswer(List<String> accept) {
        List<String> ranges = accept.stream()
                .flatMap(line -> Arrays.stream(line.toLowerCase(Locale.ROOT).split(",")))
                .map(String::trim)
                .filter(range -> !range.isEmpty())
                .toList();
        return ranges.isEmpty()
                || produces.isEmpty()
                || produces.stream().anyMatch(type -> MediaTypes.isAcceptable(type, ranges));
    }

    /** Makes the exchange for a request, with the headers that are let in and nothing else. */
    Exchange exchange(HttpRequest request, byte[] body, Map<String, String> pathParameters) throws Exception {
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        exchange.setProperty(HttpRequest.PROPERTY, request);
        Message in = exchange.getIn();
        in.setBody(body);
        MultiMap sent = request.headers();
        String contentType = sent.get("Content-Type");
        if (contentType != null) {
            in.setHeader(Exchange.CONTENT_TYPE, contentType);
        }
        for (String name : engine.forwardHeaders()) {
            List<String> values = sent.getAll(name);
            if (!values.isEmpty()) {
                in.setHeader(name, String.join(", ", values));
            }
        }
        // variables, not headers: a parameter named like a control header must not become one
        pathParameters.forEach(exchange::setVariable);
        createUoW(exchange);
        return exchange;
    }

    /** Ends the life of an exchange that {@link #exchange} made. */
    void done(Exchange exchange) {
        doneUoW(exchange);
        releaseExchange(exchange, false);
    }

    InUse use() {
        return engine.use();
    }
}
