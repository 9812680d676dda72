package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import io.tandem.journal.BodyHash;
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
import io.tandem.message.Span;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record on its way: is written down, sent through the steps of the route, and answered when what came of it is on
 * disk. While the journal takes nothing, or somebody else has hold of the record, it asks again and again, and keeps no
 * thread. On one thread at a time.
 */
final class RecordRun {
    private static final Logger LOG = LoggerFactory.getLogger(RecordRun.class);

    private static final long FIRST_WAIT_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 1000;

    /**
     * What is to be sent.
     *
     * @param retry of a retry file: it goes on under the keys of others, and has these remembered; null of another file
     * @param number of the record in its file
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; a copy per record would cost
    record Task(FileIdentity file, @Nullable RetentionHold retry, long number, byte[] body, String contentType) {}

    private final RecordSteps steps;
    private final EachRecord.Services services;
    private final Task task;
    private final Consumer<RecordResult> done;
    private final AtomicBoolean over = new AtomicBoolean();
    private final long readNanos = System.nanoTime();
    private int waits;
    private long inFlightSince;

    RecordRun(RecordSteps steps, Task task, Consumer<RecordResult> done) {
        this.steps = steps;
        this.services = steps.services;
        this.task = task;
        this.done = done;
    }

    void start() {
        RetentionHold hold = task.retry();
        if (hold == null) {
            begin(() -> task.file().key(task.number()), () -> {});
        } else {
            byte[] hash = BodyHash.of(task.body(), task.contentType());
            // of two records that are the same, the second one must not find the message that the first one goes on
            // with
            services.lookups().next(ByteBuffer.wrap(hash), found -> begin(() -> keyOfRetried(hold, hash), found));
        }
    }

    /** @param taken is run when the journal knows who goes on with the message */
    @SuppressWarnings("IllegalCatch") // whatever happens to one record, the others go on
    private void begin(Supplier<String> key, Runnable taken) {
        Span span = services.observer().begin("folder", null, readNanos);
        Message message = Message.create("folder", Map.of(), span, services.deadline());
        try {
            if (steps.stopping.getAsBoolean()) {
                taken.run();
                end(RecordResult.LEFT);
                return;
            }
            Incoming incoming = new Incoming(message, key.get(), task.body(), task.contentType());
            then(
                    services.delivery()
                            .receive(
                                    incoming,
                                    Undelivered.GIVE_UP,
                                    Wait.SENDS,
                                    task.file().resumed()),
                    (receipt, failure) -> {
                        taken.run();
                        if (receipt == null) {
                            notTaken(failure);
                        } else {
                            received(message, receipt);
                        }
                    });
        } catch (Exception | Error e) {
            taken.run();
            notTaken(e);
        }
    }

    /** A record of a retry file goes on under the key that it had when it was not delivered. Reads from the journal. */
    private String keyOfRetried(RetentionHold hold, byte[] hash) {
        StoredMessage known = services.delivery().journal().findGivenUp("folder", hash);
        String key = known == null ? null : known.key();
        // those that this very file brought in are told apart by their numbers
        if (key != null && !key.startsWith(task.file().prefix())) {
            hold.on(FileIdentity.prefixOf(key));
            return key;
        }
        return task.file().key(task.number());
    }

    private void received(Message message, Receipt receipt) {
        if (receipt instanceof Receipt.Run run) {
            send(run);
        } else if (receipt instanceof Receipt.Answered answered) {
            services.observer().accepted(message);
            services.observer().answered(message, answered.id(), "repeated", took(message));
            end(result(answered.answer()));
        } else if (receipt instanceof Receipt.InFlight inFlight) {
            long now = System.nanoTime();
            inFlightSince = inFlightSince == 0 ? now : inFlightSince;
            if (now - inFlightSince < services.times().inFlight().toNanos()) {
                askAgain();
            } else {
                // not for the retry file: it may be delivered by the time that somebody drops that
                failed(
                        message,
                        inFlight.id(),
                        Problem.of(
                                ProblemType.IN_FLIGHT,
                                "Another Tandem has hold of it, or had when it died. Drop the file again later: what was"
                                        + " delivered is not sent twice."),
                        false);
            }
        } else if (receipt instanceof Receipt.KeyTaken taken) {
            failed(
                    message,
                    taken.id(),
                    Problem.of(
                            ProblemType.MALFORMED_RECORD,
                            "The file was changed while it was worked on: another record was sent from this place."),
                    true);
        } else {
            throw new IllegalStateException("unexpected receipt " + receipt);
        }
    }

    @SuppressWarnings("IllegalCatch") // what was taken must be let go of
    private void send(Receipt.Run run) {
        Message message = run.message();
        services.observer().accepted(message);
        try {
            Exchange exchange = steps.consumer.createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            exchange.setProperty(Message.PROPERTY, message);
            exchange.getIn().setBody(task.body());
            exchange.getIn().setHeader(Exchange.CONTENT_TYPE, task.contentType());
            steps.consumer.createUoW(exchange);
            steps.steps.process(exchange, doneSync -> sent(run, exchange));
        } catch (Exception | Error e) {
            routeFailed(run, e);
        }
    }

    private void sent(Receipt.Run run, Exchange exchange) {
        Exception failure = exchange.getException();
        Object body = exchange.getMessage().getBody();
        steps.consumer.doneUoW(exchange);
        steps.consumer.releaseExchange(exchange, false);
        if (failure != null) {
            routeFailed(run, failure);
        } else if (body instanceof MergedReply reply) {
            answer(run, reply);
        } else {
            routeFailed(
                    run,
                    new IllegalStateException("the steps of 'policy: eachRecord' must end with the merged reply:"
                            + " the scatter-gather is the last of them"));
        }
    }

    private void answer(Receipt.Run run, MergedReply reply) {
        Message message = run.message();
        // the document in any shape: a line of the reply file is an object
        Answer answer = new Answer(reply.httpStatus(), reply.contentType(), reply.outcome(), null, reply.toJson());
        then(onDisk(() -> run.finish(answer)), (written, failure) -> {
            if (failure == null) {
                services.observer().replied(message, reply, took(message));
                end(result(answer));
            } else {
                // what came of it is known here alone: the journal will say what it knows
                LOG.debug("message {}: its answer was not written", message.id(), failure);
                services.observer().failed(message, journalUnavailable(), took(message));
                askAgain();
            }
        });
    }

    private void routeFailed(Receipt.Run run, Throwable failure) {
        Message message = run.message();
        Problem problem;
        if (failure instanceof ProblemException known) {
            problem = known.problem();
        } else {
            problem = Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log.");
            LOG.error(
                    "{}: a route failed: {}",
                    message.id(),
                    failure.toString(),
                    steps.explained.compareAndSet(false, true) ? failure : null);
        }
        then(onDisk(run::fail), (written, notWritten) -> {
            services.observer().failed(message, problem, took(message));
            end(new RecordResult(RecordSteps.json(message.id(), problem), false, true));
        });
    }

    /** The journal has not taken it, or something is wrong in here. */
    private void notTaken(@Nullable Throwable failure) {
        if (failure instanceof RejectedExecutionException) {
            end(RecordResult.LEFT);
        } else if (failure != null && isPassing(failure)) {
            services.intake().waits(failure);
            askAgain();
        } else {
            broken(failure == null ? new IllegalStateException("no receipt") : failure);
        }
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof JournalException
                || (failure instanceof ProblemException known
                        && (known.problem().type() == ProblemType.JOURNAL_UNAVAILABLE
                                || known.problem().type() == ProblemType.BACKLOG_FULL));
    }

    private void failed(Message message, String id, Problem problem, boolean retry) {
        services.observer().accepted(message);
        services.observer().failed(message, problem, took(message));
        end(new RecordResult(RecordSteps.json(id, problem), false, retry));
    }

    private void askAgain() {
        long most = Math.min(LONGEST_WAIT_MILLIS, services.times().patience().toMillis());
        long bound = Math.min(most, FIRST_WAIT_MILLIS << Math.min(waits, 10));
        waits++;
        // not all at the same moment: those that wait for each other would do so again
        long millis = bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1);
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, services.executor())
                .execute(this::start);
    }

    private static RecordResult result(Answer answer) {
        return new RecordResult(answer.body(), answer.met(), true);
    }

    private static Problem journalUnavailable() {
        return Problem.of(ProblemType.JOURNAL_UNAVAILABLE, null);
    }

    private static Duration took(Message message) {
        return Duration.ofNanos(System.nanoTime() - message.startNanos());
    }

    private void end(RecordResult result) {
        if (over.compareAndSet(false, true)) {
            done.accept(result);
        }
    }

    /** On a thread that may be used for more than a moment, which those of the journal may not. */
    private CompletionStage<Void> onDisk(Supplier<CompletionStage<Void>> write) {
        CompletionStage<Void> written;
        try {
            written = write.get();
        } catch (RuntimeException e) {
            written = CompletableFuture.failedStage(e);
        }
        return written.whenCompleteAsync((done, failure) -> {}, services.executor());
    }

    private interface Continuation<T extends @Nullable Object> {
        void go(@Nullable T value, @Nullable Throwable failure);
    }

    @SuppressWarnings("IllegalCatch") // a stage would keep it to itself, and the file would wait for ever
    private <T extends @Nullable Object> void then(CompletionStage<T> stage, Continuation<T> continuation) {
        CompletionStage<?> unused = stage.whenComplete((value, failure) -> {
            try {
                continuation.go(value, failure instanceof CompletionException ? failure.getCause() : failure);
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        });
    }

    private void broken(Throwable failure) {
        String reference = Ulid.fast().toString();
        LOG.error("{}: the record could not be sent", reference, failure);
        Problem problem = Problem.of(ProblemType.INTERNAL_ERROR, "The reason is in the log.");
        end(new RecordResult(RecordSteps.json(reference, problem), false, true));
    }
}
