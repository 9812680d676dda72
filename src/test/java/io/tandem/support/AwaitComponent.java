package io.tandem.support;

import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/** In routes, {@code await:FILE}: takes nothing in, and its start lasts until there is that file. */
public final class AwaitComponent extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String file, Map<String, Object> parameters) {
        return new DefaultEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Consumer createConsumer(Processor processor) {
                return new DefaultConsumer(this, processor) {
                    @Override
                    protected void doStart() throws Exception {
                        super.doStart();
                        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(Path.of(file)));
                    }
                };
            }
        };
    }
}
