package io.tandem.entry.http;

import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The platform-http engine of one set of routes: what its routes listen on goes into a table that the long-lived
 * {@link HttpEntry} can switch to. Takes the place of Camel's Vert.x engine, whose server belongs to one CamelContext
 * and hands each request to 20 worker threads.
 */
public final class TandemHttpEngine extends ServiceSupport implements PlatformHttpEngine {
    private final HttpEntry entry;
    private final Set<String> forwardHeaders;
    private final RouteTable table = new RouteTable();
    private final InUse use = new InUse();

    /** @param forwardHeaders names of the caller's headers that are let in */
    public TandemHttpEngine(HttpEntry entry, Set<String> forwardHeaders) {
        this.entry = entry;
        this.forwardHeaders = Set.copyOf(forwardHeaders);
    }

    /** What is under way in these routes, requests and others. */
    public InUse use() {
        return use;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new HttpConsumer(this, endpoint, processor);
    }

    @Override
    public int getServerPort() {
        return entry.port();
    }

    /** Whether a route serves a call. */
    public boolean serves(String method, String path) {
        RouteTable.Match match = table.find(method, path);
        return match != null && match.consumer() != null;
    }

    /** Has requests stay on their event loop whose route, by its steps, can't block. */
    public void stayOnEventLoop(Predicate<Processor> cannotBlock) {
        table.consumers().forEach(consumer -> consumer.nonBlocking(cannotBlock.test(consumer.getProcessor())));
    }

    Set<String> forwardHeaders() {
        return forwardHeaders;
    }

    RouteTable table() {
        return table;
    }
}
