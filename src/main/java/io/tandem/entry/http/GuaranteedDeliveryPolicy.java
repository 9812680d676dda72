package io.tandem.entry.http;

import io.tandem.config.Settings;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.GuaranteedDelivery.Incoming;
import io.tandem.journal.GuaranteedDelivery.Wait;
import io.tandem.journal.JournalException;
import io.tandem.journal.Receipt;
import io.tandem.journal.StoredMessage;
import io.tandem.journal.Undelivered;
import io.tandem.message.Answer;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Wraps the steps that send a message. What a caller wants to be sure of, or does not want to wait for ({@code Prefer},
 * {@code Idempotency-Key}), is on disk first, is recognised when it comes again, and goes on after the answer where that
 * is wanted. In YAML:
 *
 * <pre>{@code
 * - policy:
 *     ref: guaranteedDelivery
 *     steps:
 *       - to: direct:scatter-gather
 * }</pre>
 *
 * <p>Thread-safe; belongs to the application and is used by any number of routes.
 */
public final class GuaranteedDeliveryPolicy implements Policy {
    /** A journal that can't be written to must not take the answer from a caller whose message was delivered. */
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(2);

    private final GuaranteedDelivery delivery;
    private final Settings.Journal settings;
    private final Executor executor;
    private final @Nullable Intake intake;

    /**
     * @param executor runs what goes on after a wait: must allow blocking; a task that hands a message to the steps does
     *     nothing more
     * @param intake where messages without a key are written whose callers do not wait; null: the journal
     */
    public GuaranteedDeliveryPolicy(
            GuaranteedDelivery delivery, Settings.Journal settings, Executor executor, @Nullable Intake intake) {
        this.delivery = delivery;
        this.settings = settings;
        this.executor = executor;
        this.intake = intake;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return new Journaled(steps);
    }

    private final class Journaled extends DelegateAsyncProcessor {
        Journaled(Processor steps) {
            super(steps);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Message message = exchange.getProperty(Message.PROPERTY, Message.class);
            HttpRequest request = exchange.getProperty(HttpRequest.PROPERTY, HttpRequest.class);
            if (message == null || request == null) {
                exchange.setException(new IllegalStateException("'policy: guaranteedDelivery' needs a message that came"
                        + " over HTTP: it belongs behind 'process: acceptMessage'"));
                callback.done(true);
                return true;
            }
            Preferences preferences = Preferences.of(request.headers().getAll("Prefer"));
            String key;
            try {
                key = IdempotencyKey.of(request.headers().getAll("Idempotency-Key"));
            } catch (ProblemException e) {
                exchange.setException(e);
                callback.done(true);
                return true;
            }
            boolean waits = !preferences.respondAsync() && preferences.patience() == null;
            if (waits && key == null && !settings.sync() && !settings.afterReply()) {
                return super.process(exchange, callback);
            }
            Incoming incoming = new Incoming(
                    message,
                    key == null ? null : IdempotencyKey.of(request.caller(), key),
                    exchange.getMessage().getBody(byte[].class),
                    exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class));
            Run run = new Run(
                    this, exchange, callback, preferences, message.deadline().remainingNanos());
            if (Context.isOnEventLoopThread()) {
                // the journal may keep whoever writes to it waiting
                executor.execute(() -> begin(run, incoming));
            } else {
                begin(run, incoming);
            }
            return false;
        }

        private void begin(Run run, Incoming incoming) {
            Preferences preferences = run.preferences;
            if (intake != null
                    && incoming.key() == null
                    && preferences.respondAsync()
                    && preferences.patience() == null) {
                run.hand(incoming, intake);
            } else {
                run.start(incoming);
            }
        }

        void steps(Exchange exchange, AsyncCallback callback) {
            super.process(exchange, callback);
        }

        @Override
        public String toString() {
            return "guaranteedDelivery";
        }
    }

    /** One message on its way; on one thread at a time. */
    private final class Run {
        private final Journaled processor;
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final Preferences preferences;
        private final long budgetNanos;

        Run(Journaled processor, Exchange exchange, AsyncCallback callback, Preferences preferences, long budgetNanos) {
            this.processor = processor;
            this.exchange = exchange;
            this.callback = callback;
            this.preferences = preferences;
            this.budgetNanos = budgetNanos;
        }

        /** Leaves it to whichever instance gets it from there. */
        void hand(Incoming incoming, Intake to) {
            then(to.accept(incoming.message(), incoming.body(), incoming.contentType()), (written, failure) -> {
                if (written == null) {
                    fail(failure);
                } else {
                    done(new Outgoing.Accepted(written, preferences.applied()));
                }
            });
        }

        void start(Incoming incoming) {
            Wait wait = preferences.patience() != null
                    ? Wait.LISTENS
                    : preferences.respondAsync() ? Wait.LEAVES : Wait.SENDS;
            Undelivered undelivered =
                    wait == Wait.SENDS && !settings.afterReply() ? Undelivered.GIVE_UP : Undelivered.REDELIVER;
            CompletionStage<Receipt> received;
            try {
                received = delivery.receive(incoming, undelivered, wait);
            } catch (JournalException e) {
                received = CompletableFuture.failedStage(e);
            }
            long startNanos = System.nanoTime();
            then(received, (receipt, failure) -> {
                incoming.message().span().past("write to the journal", startNanos);
                if (failure != null || receipt == null) {
                    fail(failure);
                } else {
                    received(receipt);
                }
            });
        }

        private void received(Receipt receipt) {
            if (receipt instanceof Receipt.Run run) {
                exchange.setProperty(Message.PROPERTY, run.message());
                processor.steps(exchange, doneSync -> sent(run));
            } else if (receipt instanceof Receipt.Background background) {
                background(background);
            } else if (receipt instanceof Receipt.Answered answered) {
                done(new Outgoing.Kept(answered.id(), answered.answer(), null, ""));
            } else if (receipt instanceof Receipt.InFlight inFlight) {
                fail(new ProblemException(Problem.of(
                        ProblemType.IN_FLIGHT,
                        "Message " + inFlight.id()
                                + " has this Idempotency-Key; ask for it, or send it again later.")));
            } else if (receipt instanceof Receipt.KeyTaken taken) {
                fail(new ProblemException(Problem.of(
                        ProblemType.IDEMPOTENCY_KEY_REUSED,
                        "Message " + taken.id()
                                + " with another body or content type has this Idempotency-Key; use a new one.")));
            }
        }

        private void sent(Receipt.Run run) {
            Object body = exchange.getMessage().getBody();
            if (exchange.getException() != null || !(body instanceof MergedReply reply)) {
                // what is wrong is told behind these steps
                then(patiently(run.fail()), (done, failure) -> callback.done(false));
                return;
            }
            Answer answer = Answer.of(reply);
            boolean goesOn = !reply.policyMet() && settings.afterReply();
            long startNanos = System.nanoTime();
            then(patiently(run.finish(goesOn ? null : answer)), (done, failure) -> {
                run.message().span().past("write the outcome to the journal", startNanos);
                if (goesOn) {
                    accepted(reply.id());
                } else {
                    done(new Outgoing.Kept(reply.id(), answer, reply, ""));
                }
            });
        }

        private void background(Receipt.Background background) {
            CompletionStage<MergedReply> run = background.run();
            Duration wait = preferences.patience();
            if (run == null || wait == null) {
                done(new Outgoing.Accepted(background.message(), preferences.applied()));
                return;
            }
            // an answer is promised for then, and for the deadline in any case
            long nanos = Math.max(1, Math.min(wait.toNanos(), budgetNanos));
            then(run.toCompletableFuture().copy().orTimeout(nanos, TimeUnit.NANOSECONDS), (reply, failure) -> {
                if (reply != null && reply.policyMet()) {
                    done(new Outgoing.Kept(reply.id(), Answer.of(reply), reply, preferences.applied()));
                } else {
                    accepted(background.message().id());
                }
            });
        }

        private void accepted(String id) {
            StoredMessage stored = delivery.journal().find(id);
            if (stored == null) {
                throw new JournalException("message " + id + " is not in the journal any more");
            }
            done(new Outgoing.Accepted(stored, preferences.applied()));
        }

        private void done(Outgoing outgoing) {
            exchange.getMessage().setBody(outgoing);
            callback.done(false);
        }

        private void fail(@Nullable Throwable failure) {
            exchange.setException(failure == null ? new IllegalStateException("no receipt") : failure);
            callback.done(false);
        }

        private <T> void then(CompletionStage<T> stage, Continuation<T> continuation) {
            stage.whenCompleteAsync(
                    (value, failure) -> {
                        try {
                            continuation.go(
                                    value, failure instanceof CompletionException ? failure.getCause() : failure);
                        } catch (RuntimeException | Error e) {
                            fail(e);
                        }
                    },
                    executor);
        }

        private CompletionStage<Void> patiently(CompletionStage<Void> written) {
            CompletableFuture<Void> copy = written.toCompletableFuture().copy();
            return copy.completeOnTimeout(null, WRITE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private interface Continuation<T> {
        void go(@Nullable T value, @Nullable Throwable failure);
    }
}
