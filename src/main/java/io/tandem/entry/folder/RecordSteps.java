package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the records of one file through the steps of the route. Thread-safe. */
final class RecordSteps {
    private static final Logger LOG = LoggerFactory.getLogger(RecordSteps.class);

    private final EachRecord.Services services;
    private final DefaultConsumer consumer;
    private final AsyncProcessor steps;
    private final AtomicBoolean explained = new AtomicBoolean();

    RecordSteps(EachRecord.Services services, DefaultConsumer consumer, AsyncProcessor steps) {
        this.services = services;
        this.consumer = consumer;
        this.steps = steps;
    }

    /** @param done is told the result, once, on any thread */
    @SuppressWarnings("IllegalCatch") // whatever happens to one record, the others go on
    void send(byte[] body, String contentType, Consumer<RecordResult> done) {
        Message message = Message.create("folder", Map.of(), TraceContext.root(), services.deadline());
        services.observer().accepted(message);
        try {
            Exchange exchange = consumer.createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            exchange.setProperty(Message.PROPERTY, message);
            exchange.getIn().setBody(body);
            exchange.getIn().setHeader(Exchange.CONTENT_TYPE, contentType);
            consumer.createUoW(exchange);
            steps.process(exchange, doneSync -> done.accept(end(message, exchange)));
        } catch (Exception | Error e) {
            done.accept(failed(message, e));
        }
    }

    private RecordResult end(Message message, Exchange exchange) {
        try {
            Exception failure = exchange.getException();
            if (failure != null) {
                return failed(message, failure);
            }
            if (!(exchange.getMessage().getBody() instanceof MergedReply reply)) {
                return failed(
                        message,
                        new IllegalStateException("the steps of 'policy: eachRecord' must end with the merged reply:"
                                + " the scatter-gather is the last of them"));
            }
            byte[] json = reply.toJson();
            services.observer().replied(message, reply, took(message));
            return new RecordResult(json, reply.policyMet());
        } catch (RuntimeException e) {
            return failed(message, e);
        } finally {
            consumer.doneUoW(exchange);
            consumer.releaseExchange(exchange, false);
        }
    }

    private RecordResult failed(Message message, Throwable failure) {
        Problem problem;
        if (failure instanceof ProblemException known) {
            problem = known.problem();
        } else {
            problem = Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log.");
            // of a file with a million records, each of which may fail for the same reason
            LOG.error(
                    "{}: a route failed: {}",
                    message.id(),
                    failure.toString(),
                    explained.compareAndSet(false, true) ? failure : null);
        }
        services.observer().failed(message, problem, took(message));
        return new RecordResult(json(message.id(), problem), false);
    }

    /** The result of a record that is none. */
    RecordResult refused(Problem problem) {
        String reference = Ulid.fast().toString();
        services.observer().refused("folder", reference, problem);
        return new RecordResult(json(reference, problem), false);
    }

    private static byte[] json(String id, Problem problem) {
        JsonBuffer out = new JsonBuffer(256).raw('{');
        problem.writeMembers(out, problem.status());
        return out.comma().name("id").string(id).raw('}').toByteArray();
    }

    private static Duration took(Message message) {
        return Duration.ofNanos(System.nanoTime() - message.startNanos());
    }
}
