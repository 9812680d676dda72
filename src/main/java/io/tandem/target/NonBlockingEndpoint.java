package io.tandem.target;

import java.net.URI;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One URL at a target. Thread-safe. */
final class NonBlockingEndpoint extends DefaultEndpoint {
    private final NonBlockingClient client;
    private final Call call;

    /**
     * What is called.
     *
     * @param url without query
     */
    record Call(String url, String method) {}

    NonBlockingEndpoint(String uri, NonBlockingComponent component, NonBlockingClient client, Call call) {
        super(uri, component);
        this.client = client;
        this.call = call;
    }

    NonBlockingClient client() {
        return client;
    }

    String method() {
        return call.method();
    }

    URI url() {
        return URI.create(call.url());
    }

    @Override
    public Producer createProducer() {
        return new NonBlockingProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("a target can only be called");
    }
}
