package io.tandem.target;

import io.netty.util.Timer;
import io.tandem.config.Settings;
import io.tandem.message.MessageObserver;
import java.util.concurrent.Executor;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps the steps that call one target, so that whatever happens in them ends in a {@link io.tandem.message.Delivery},
 * which becomes the body: adds credentials and headers, bounds time, repeats attempts that may be repeated. In YAML:
 *
 * <pre>{@code
 * - policy:
 *     ref: deliver-to-api-one
 *     steps:
 *       - to: http://…
 * }</pre>
 *
 * <p>Thread-safe; belongs to the application and is used by any number of routes.
 */
public final class DeliveryPolicy implements Policy {
    final Settings.Target target;
    final TargetClient client;
    final Authorizer authorizer;
    final TargetGuard guard;
    final MessageObserver observer;
    final Executor executor;
    final Timer timer;
    final ReplyReader reader;
    final OutboundRequest request;
    final long minAttemptNanos;
    final Logger log;
    final String spanName;
    final String callName;

    public DeliveryPolicy(Settings.Target target, TargetParts parts, DeliveryRuntime runtime) {
        this.target = target;
        this.client = parts.client();
        this.authorizer = parts.authorizer();
        this.guard = parts.guard();
        this.observer = runtime.observer();
        this.executor = runtime.executor();
        this.timer = runtime.timer();
        this.reader = new ReplyReader(target.maxReply(), parts.client().memory());
        this.request = new OutboundRequest(target);
        this.minAttemptNanos = target.protection().minTimeout().toNanos();
        this.log = LoggerFactory.getLogger("io.tandem.target." + target.name());
        this.spanName = "deliver " + target.name();
        this.callName = target.method() + " " + target.name();
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return new DeliveryProcessor(this, TargetCondition.of(target, route.getCamelContext()), steps);
    }
}
