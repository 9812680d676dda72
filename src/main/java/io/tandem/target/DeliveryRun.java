package io.tandem.target;

import io.netty.util.Timeout;
import io.tandem.message.AttemptTrace;
import io.tandem.message.Delivery;
import io.tandem.message.DeliveryLedger;
import io.tandem.message.Message;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.Span;
import io.tandem.target.Authorizer.Authorization;
import io.tandem.target.ReplyReader.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message on its way to one target: attempt after attempt, until there is an outcome. A state machine that is on
 * one thread at a time; between its steps (token wait, back-off) it holds none.
 */
final class DeliveryRun {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    private final DeliveryPolicy policy;
    private final AsyncProcessor steps;
    private final Exchange exchange;
    private final Message message;
    private final AsyncCallback callback;
    private final long startNanos = System.nanoTime();

    @Nullable
    private final Object body;

    @Nullable
    private final String contentType;

    /** Whether a wait is on, for a token or between attempts: whoever ends it goes on, be it the cancellation. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    private volatile boolean cancelled;
    private volatile @Nullable Attempt current;
    private Span span;
    private String waitsFor = "";
    private long waitsSince;
    private int attempts;
    private boolean authorizationRenewed;
    private boolean passedBreaker;
    private boolean inBulkhead;
    private boolean finished;
    private long queuedNanos = startNanos;
    private List<AttemptTrace> trace = List.of();

    @Nullable
    private Result last;

    /** Of an attempt after which the target may have the message. */
    @Nullable
    private Result unsure;

    DeliveryRun(
            DeliveryPolicy policy, AsyncProcessor steps, Exchange exchange, Message message, AsyncCallback callback) {
        this.policy = policy;
        this.steps = steps;
        this.exchange = exchange;
        this.message = message;
        this.callback = callback;
        // the steps replace the message, and the next attempt starts from the original again
        this.body = exchange.getMessage().getBody();
        this.span = message.span();
        this.contentType = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
    }

    /** @param condition null when the target gets all messages */
    void start(@Nullable TargetCondition condition) {
        guarded(() -> {
            DeliveryLedger ledger = message.ledger();
            CompletionStage<Delivery> elsewhere = ledger == null ? null : ledger.elsewhere(policy.target.name());
            if (elsewhere == null) {
                span = message.span().step(policy.spanName);
                Result unmeant = condition == null ? null : unmeant(condition);
                if (unmeant != null) {
                    finish(unmeant);
                    return;
                }
                message.cancellation().onCancel(this::cancel);
                attempt();
            } else {
                adopt(elsewhere.toCompletableFuture());
            }
        });
    }

    /** Why the target does not get the message; null when it does. */
    private @Nullable Result unmeant(TargetCondition condition) {
        try {
            return condition.matches(exchange, message) ? null : new Result(Outcome.SKIPPED, 0, null, null, null, null);
        } catch (RuntimeException e) {
            LOG.warn(
                    "message {} target {}: target.{}.when can't be applied: {}",
                    message.id(),
                    policy.target.name(),
                    policy.target.name(),
                    e.getMessage());
            return Result.problem(Outcome.FAILED, ProblemType.TARGET_CONDITION_FAILED, "The message was not sent.");
        }
    }

    /** The delivery is made elsewhere, or was before: no attempt is made here. */
    private void adopt(CompletableFuture<Delivery> elsewhere) {
        if (elsewhere.isDone()) {
            reply(elsewhere.join());
        } else {
            CompletableFuture<?> unused = elsewhere.thenAcceptAsync(this::reply, policy.executor);
        }
    }

    /** Nobody wants the outcome any more. */
    private void cancel() {
        cancelled = true;
        Attempt attempt = current;
        if (attempt != null) {
            attempt.cancel();
        }
        if (endWait()) {
            policy.executor.execute(() -> guarded(() -> finish(cancelledResult())));
        }
    }

    /** Runs a step after a wait, unless the wait was cut short. */
    private void goOn(Runnable step) {
        if (endWait()) {
            guarded(step);
        }
    }

    private void beginWait(String reason) {
        giveBackPermission();
        if (span.isRecorded()) {
            waitsFor = reason;
            waitsSince = System.nanoTime();
        }
        waiting.set(true);
        if (cancelled) {
            cancel();
        }
    }

    /** True for the one who ends a wait. */
    private boolean endWait() {
        boolean first = waiting.compareAndSet(true, false);
        if (first && span.isRecorded()) {
            span.past(waitsFor, waitsSince);
        }
        return first;
    }

    /** Whatever breaks in here: a delivery without an end would leave the caller without an answer. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("message {} target {}: the delivery broke", message.id(), policy.target.name(), e);
            finish(Result.problem(Outcome.FAILED, ProblemType.TARGET_ROUTE_FAILED, "See the log for the reason."));
        }
    }

    private void attempt() {
        if (attempts > 0) {
            queuedNanos = System.nanoTime();
        }
        if (cancelled) {
            finish(cancelledResult());
            return;
        }
        if (message.deadline().remainingNanos() < policy.minAttemptNanos) {
            finish(last != null ? last : outOfTime());
            return;
        }
        if (!passBreaker()) {
            return;
        }
        if (policy.guard.isOff()) {
            authorize();
        } else {
            enter();
        }
    }

    /** Past what guards the target. */
    private void enter() {
        Bulkhead bulkhead = policy.guard.bulkhead();
        if (bulkhead == null) {
            pace();
        } else if (bulkhead.tryEnter()) {
            inBulkhead = true;
            pace();
        } else {
            waitForPlace(bulkhead, Math.min(bulkhead.waitNanos(), nanosToSpare()));
        }
    }

    /** Asks the breaker, unless that was done since the last wait; if it refuses, the delivery has ended. */
    private boolean passBreaker() {
        if (!passedBreaker) {
            passedBreaker = policy.guard.tryPass();
            if (!passedBreaker) {
                finish(last != null ? last : suspended());
            }
        }
        return passedBreaker;
    }

    /** A permission is not kept over a wait: the breaker may open meanwhile, and others may be its probes. */
    private void giveBackPermission() {
        if (passedBreaker) {
            passedBreaker = false;
            policy.guard.notMade();
        }
    }

    private void waitForPlace(Bulkhead bulkhead, long nanos) {
        if (nanos <= 0) {
            finish(limited());
            return;
        }
        beginWait("wait for a place");
        Bulkhead.Waiter waiter = bulkhead.enter(() -> policy.executor.execute(() -> admitted(bulkhead)));
        policy.timer.newTimeout(
                t -> {
                    if (waiter.giveUp()) {
                        policy.executor.execute(() -> goOn(() -> finish(limited())));
                    }
                },
                nanos,
                TimeUnit.NANOSECONDS);
    }

    private void admitted(Bulkhead bulkhead) {
        if (endWait()) {
            inBulkhead = true;
            guarded(() -> {
                if (passBreaker()) {
                    pace();
                }
            });
        } else {
            bulkhead.leave();
        }
    }

    private void pace() {
        long wait = policy.guard.reserve(nanosToSpare());
        if (wait == 0) {
            authorize();
        } else if (wait < 0 || wait >= nanosToSpare()) {
            finish(limited());
        } else {
            beginWait("wait for a turn");
            policy.timer.newTimeout(
                    t -> policy.executor.execute(() -> goOn(this::authorize)), wait, TimeUnit.NANOSECONDS);
        }
    }

    /** What may be waited without giving up the attempt. */
    private long nanosToSpare() {
        return message.deadline().remainingNanos() - policy.minAttemptNanos;
    }

    /** Gives back what {@link #enter} took. */
    private void leave() {
        giveBackPermission();
        Bulkhead bulkhead = policy.guard.bulkhead();
        if (inBulkhead && bulkhead != null) {
            inBulkhead = false;
            bulkhead.leave();
        }
    }

    private void authorize() {
        CompletionStage<@Nullable Authorization> asked = span.isRecorded()
                ? span.during(() -> policy.authorizer.authorization(message))
                : policy.authorizer.authorization(message);
        CompletableFuture<@Nullable Authorization> authorization = asked.toCompletableFuture();
        if (authorization.isDone() && !authorization.isCompletedExceptionally()) {
            send(authorization.join());
            return;
        }
        beginWait("wait for a token");
        // off the fast path: the copy keeps the time-out of this message from other messages that wait for the token
        CompletableFuture<?> unused = authorization
                .copy()
                .orTimeout(Math.max(1, message.deadline().remainingNanos()), TimeUnit.NANOSECONDS)
                .whenCompleteAsync((value, failure) -> goOn(() -> authorized(value, failure)), policy.executor);
    }

    private void authorized(@Nullable Authorization authorization, @Nullable Throwable failure) {
        if (failure == null) {
            send(authorization);
        } else {
            Throwable reason = failure instanceof CompletionException ? failure.getCause() : failure;
            // any other reason was logged once, where the token call failed
            finish(
                    reason instanceof CallerTokenException
                            ? Result.problem(
                                    Outcome.UNREACHABLE, ProblemType.TOKEN_OF_CALLER_NEEDED, reason.getMessage())
                            : Result.problem(
                                    Outcome.UNREACHABLE, ProblemType.TOKEN_UNAVAILABLE, "The message was not sent."));
        }
    }

    private void send(@Nullable Authorization authorization) {
        long budget =
                Math.min(policy.target.timeout().toNanos(), message.deadline().remainingNanos());
        if (budget < policy.minAttemptNanos) {
            finish(last != null ? last : outOfTime());
            return;
        }
        if (attempts++ == 0) {
            policy.guard.called();
        }
        DefaultMessage request =
                policy.request.create(exchange.getContext(), message, body, contentType, authorization);
        Span call = span.call(policy.callName);
        request.setHeader("traceparent", call.context().header());
        exchange.setMessage(request);
        forgetFailure();
        Attempt attempt = new Attempt(policy.request.verbatim(message, contentType), budget, call);
        Timeout timeout = policy.timer.newTimeout(t -> attempt.timeOut(), budget, TimeUnit.NANOSECONDS);
        policy.client.attempts().begin(message.id(), attempt);
        current = attempt;
        if (cancelled) {
            attempt.cancel();
        }
        // what process returns says nothing in Camel's reactive engine: only the callback tells that the steps are done
        try {
            steps.process(exchange, doneSync -> guarded(() -> settle(attempt, timeout, authorization)));
        } catch (RuntimeException | Error e) {
            exchange.setException(e);
            settle(attempt, timeout, authorization);
        }
    }

    private void settle(Attempt attempt, Timeout timeout, @Nullable Authorization authorization) {
        if (!attempt.settle()) {
            return;
        }
        ExchangeHelper.prepareOutToIn(exchange);
        Result result = policy.reader.read(exchange, attempt);
        timeout.cancel();
        policy.client.attempts().end(message.id(), attempt);
        current = null;
        if (policy.log.isDebugEnabled()) {
            policy.log.debug(
                    "message {} target {} attempt {}: {} {} {}ms{}",
                    message.id(),
                    policy.target.name(),
                    attempts,
                    result.outcome().word(),
                    result.status(),
                    TimeUnit.NANOSECONDS.toMillis(attempt.tookNanos()),
                    result.problem() == null
                            ? ""
                            : " " + result.problem().type().type());
        }
        if (attempt.span().isRecorded()) {
            ended(attempt.span(), result);
        }
        if (passedBreaker && !cancelled) {
            passedBreaker = false;
            policy.guard.ended(
                    result,
                    attempt.tookNanos(),
                    attempt.budgetNanos() >= policy.target.timeout().toNanos());
        }
        leave();
        if (cancelled && result.outcome() != Outcome.DELIVERED) {
            trace(attempt, cancelledResult());
            finish(cancelledResult());
            return;
        }
        if (isOurFault(result)) {
            LOG.warn(
                    "message {} target {}: the route to the target failed: {}",
                    message.id(),
                    policy.target.name(),
                    String.valueOf(exchange.getException()));
        }
        last = result;
        trace(attempt, result);
        if (result.outcome() == Outcome.FAILED || result.outcome() == Outcome.TIMED_OUT) {
            unsure = result;
        }
        if (authorization != null
                && !authorizationRenewed
                && result.status() != 0
                && policy.authorizer.reject(authorization, result.status(), result.challenge())) {
            authorizationRenewed = true;
            attempt();
            return;
        }
        Duration wait = Retries.waitBeforeNext(policy.target, attempts, result, ThreadLocalRandom.current());
        if (wait != null && wait.toNanos() < nanosToSpare() && policy.guard.tryRetry()) {
            beginWait("wait to try again");
            policy.timer.newTimeout(
                    t -> policy.executor.execute(() -> goOn(this::attempt)), wait.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            finish(result);
        }
    }

    private void trace(Attempt attempt, Result result) {
        long ended = System.nanoTime();
        AttemptTrace made = new AttemptTrace(
                queuedNanos - message.startNanos(),
                ended - attempt.tookNanos() - message.startNanos(),
                ended - message.startNanos(),
                result.outcome(),
                result.status(),
                result.problem() == null ? null : result.problem().type());
        if (attempts == 1) {
            trace = List.of(made);
        } else {
            trace = new ArrayList<>(trace);
            trace.add(made);
        }
    }

    /** By the names of OpenTelemetry's conventions for HTTP, where there are some. */
    private void ended(Span call, Result result) {
        call.tag("peer.service", policy.target.name());
        call.tag("http.request.method", policy.target.method());
        call.tag("http.request.resend_count", attempts - 1L);
        if (result.status() > 0) {
            call.tag("http.response.status_code", result.status());
        }
        ended(call, result.outcome(), result.problem());
    }

    private static void ended(Span step, Outcome outcome, @Nullable Problem problem) {
        step.tag("tandem.outcome", outcome.word());
        if (problem != null) {
            step.fail(problem.type().type());
        }
        step.end();
    }

    private static Result cancelledResult() {
        return Result.problem(Outcome.SKIPPED, ProblemType.DELIVERY_CANCELLED, "Its outcome was not waited for.");
    }

    private static Result suspended() {
        return Result.problem(Outcome.SKIPPED, ProblemType.TARGET_SUSPENDED, "The message was not sent.");
    }

    private Result limited() {
        policy.guard.countLimited();
        return last != null
                ? last
                : Result.problem(Outcome.UNREACHABLE, ProblemType.TARGET_LIMITED, "The message was not sent.");
    }

    private static boolean isOurFault(Result result) {
        return result.problem() != null && result.problem().type() == ProblemType.TARGET_ROUTE_FAILED;
    }

    private static Result outOfTime() {
        return Result.problem(
                Outcome.UNREACHABLE, ProblemType.TARGET_UNREACHABLE, "The deadline was over before it was sent.");
    }

    private void finish(Result outcome) {
        if (finished) {
            return;
        }
        finished = true;
        leave();
        // that no further attempt could be made does not undo those that were
        Result result = outcome.outcome() == Outcome.UNREACHABLE && unsure != null ? unsure : outcome;
        Delivery delivery = new Delivery(
                policy.target.name(),
                result.outcome(),
                result.status(),
                Duration.ofNanos(System.nanoTime() - startNanos),
                attempts,
                result.body(),
                result.problem(),
                result.retryAfter(),
                trace);
        DeliveryLedger ledger = message.ledger();
        if (ledger != null) {
            ledger.ended(delivery);
        }
        policy.observer.delivered(message, delivery);
        if (span.isRecorded()) {
            span.tag("peer.service", delivery.target());
            span.tag("tandem.attempts", delivery.attempts());
            ended(span, delivery.outcome(), delivery.problem());
        }
        reply(delivery);
    }

    private void reply(Delivery delivery) {
        DefaultMessage done = new DefaultMessage(exchange.getContext());
        done.setBody(delivery);
        exchange.setMessage(done);
        forgetFailure();
        callback.done(false);
    }

    /** Whatever went wrong has become a result; nothing of it may steer the next attempt, or the routes that follow. */
    private void forgetFailure() {
        exchange.setException(null);
        exchange.setRouteStop(false);
        exchange.setRollbackOnly(false);
        exchange.removeProperty(Exchange.EXCEPTION_CAUGHT);
        exchange.getExchangeExtension().setRedeliveryExhausted(false);
    }
}
