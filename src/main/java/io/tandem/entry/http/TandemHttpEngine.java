package io.tandem.entry.http;

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
    private final RouteTable table = new RouteTable();

    public TandemHttpEngine(HttpEntry entry) {
        this.entry = entry;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new HttpConsumer(entry, table, endpoint, processor);
    }

    @Override
    public int getServerPort() {
        return entry.port();
    }

    RouteTable table() {
        return table;
    }
}
