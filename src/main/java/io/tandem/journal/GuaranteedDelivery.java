package io.tandem.journal;

import io.tandem.config.Settings;
import io.tandem.message.Answer;
import io.tandem.message.Deadline;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages that must not be lost: they are on disk before anything else happens to them, recognised when they come
 * again, and delivered in the background where that was not possible at once. Thread-safe.
 */
public final class GuaranteedDelivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.delivery");

    /** Sends a message through the routes. */
    public interface Routes {
        /** Returns at once; the stage completes exceptionally when a route fails. */
        CompletionStage<MergedReply> send(Message message, byte[] body, @Nullable String contentType);
    }

    /** When the one who hands a message in wants to know what came of it. */
    public enum Wait {
        /** Sends it itself. */
        SENDS,
        /** Gets the outcome of the first run, if it comes soon enough. */
        LISTENS,
        /** Does not wait at all. */
        LEAVES
    }

    /**
     * A message that is handed in.
     *
     * @param key names it across repetitions; null when it can't be repeated
     * @param body not to be changed
     * @param replyTo by what the entry finds who is to be told when all is done; null: nobody is
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would cost
    public record Incoming(
            Message message,
            @Nullable String key,
            byte[] body,
            @Nullable String contentType,
            @Nullable Map<String, String> replyTo) {

        /** One of which nobody is told in the end. */
        public Incoming(Message message, @Nullable String key, byte[] body, @Nullable String contentType) {
            this(message, key, body, contentType, null);
        }
    }

    /** What those with other settings share. */
    private static final class Opened {
        /** By target: whether an attempt of unknown fate may be repeated. Changes with the settings. */
        private final Map<String, Boolean> idempotent = new ConcurrentHashMap<>();

        private volatile @Nullable Journal journal;
        private volatile @Nullable Redelivery redelivery;
        private volatile Runnable ended = () -> {};
    }

    private final Opened opened;
    private final Function<Map<String, Boolean>, Journal> opener;
    private final Settings.Journal settings;
    private final Map<String, Settings.Target> targets;
    private final Duration deadline;
    private final Routes routes;
    private final Executor executor;
    private final Clock clock;
    private final RedeliverySchedule schedule;

    /**
     * Prepares everything, and opens nothing.
     *
     * @param opener opens the journal; is told by target whether an attempt of unknown fate may be repeated, by a map that
     *     changes with the settings
     * @param executor runs the routes: must allow blocking
     */
    public GuaranteedDelivery(
            Function<Map<String, Boolean>, Journal> opener, Settings settings, Routes routes, Executor executor) {
        this(new Opened(), opener, settings, routes, executor);
        setIdempotent();
    }

    private GuaranteedDelivery(
            Opened opened,
            Function<Map<String, Boolean>, Journal> opener,
            Settings settings,
            Routes routes,
            Executor executor) {
        this.opened = opened;
        this.opener = opener;
        this.settings = settings.journal();
        this.targets = settings.targets();
        this.deadline = settings.deadline();
        this.routes = routes;
        this.executor = executor;
        this.clock = Clock.systemUTC();
        this.schedule = new RedeliverySchedule(
                targets, clock, () -> ThreadLocalRandom.current().nextLong());
    }

    /**
     * The same journal for messages that are handed in under other settings; what is handed in here goes on as before.
     * Deliveries in the background follow the new settings from {@link #takeOver} on. May block.
     */
    public GuaranteedDelivery with(Settings newSettings) {
        journal().allow(newSettings.deadline());
        return new GuaranteedDelivery(opened, opener, newSettings, routes, executor);
    }

    private void setIdempotent() {
        targets.forEach((name, target) -> opened.idempotent.put(name, target.idempotent()));
        opened.idempotent.keySet().retainAll(targets.keySet());
    }

    /** Deliveries in the background are made by these settings from now on. */
    public void takeOver() {
        setIdempotent();
        redelivery().follow(targets, schedule, this::attempt);
    }

    /**
     * Opens the journal; from then on messages can be handed in.
     *
     * @throws JournalException with a reason for people
     */
    public void open() {
        Journal created = opener.apply(opened.idempotent);
        opened.journal = created;
        opened.redelivery = new Redelivery(created, targets, schedule, this::attempt, executor);
    }

    /** Begins to deliver what was left undelivered before; once, after {@link #open}. */
    public void start() {
        redelivery().start();
    }

    /**
     * What was taken, for queries.
     *
     * @throws JournalException before it is open
     */
    public Journal journal() {
        Journal current = opened.journal;
        if (current == null) {
            throw new JournalException("the journal is not open");
        }
        return current;
    }

    private Redelivery redelivery() {
        Redelivery current = opened.redelivery;
        if (current == null) {
            throw new JournalException("the journal is not open");
        }
        return current;
    }

    /**
     * Hands a message in. Completes when it is on disk, or known to have been before; exceptionally with a
     * {@link ProblemException} when it can't be taken.
     */
    public CompletionStage<Receipt> receive(Incoming incoming, Undelivered undelivered, Wait wait) {
        return receive(incoming, undelivered, wait, null);
    }

    /**
     * The same for one who begins again with what was begun at {@code since}, and broke off.
     *
     * @param since what was given up since then is not attempted again, as it was this same undertaking that gave it
     *     up; null: whatever was given up is attempted again
     */
    public CompletionStage<Receipt> receive(
            Incoming incoming, Undelivered undelivered, Wait wait, @Nullable Instant since) {
        Problem refusal = refusal();
        if (refusal != null) {
            return CompletableFuture.failedStage(new ProblemException(refusal));
        }
        Message message = incoming.message();
        Set<String> taken = new HashSet<>();
        // before it is on disk, and thus can be delivered
        Map<String, CompletionStage<Delivery>> elsewhere = new HashMap<>();
        for (String target : targets.keySet()) {
            // in order means that redelivery alone makes them
            if (!isOrdered(target) && (wait != Wait.LEAVES || redelivery().tryBegin(target))) {
                taken.add(target);
            } else {
                elsewhere.put(
                        target,
                        wait == Wait.LEAVES
                                ? CompletableFuture.completedStage(RunLedger.waiting(target))
                                : redelivery().await(message.id(), target, message.deadline()));
            }
        }
        NewMessage entry = new NewMessage(
                message.id(),
                message.entry(),
                incoming.key(),
                incoming.body(),
                incoming.contentType(),
                message.headers(),
                message.trace().header(),
                targets.keySet(),
                taken,
                incoming.replyTo());
        return journal()
                .accept(entry)
                .handleAsync(
                        (acceptance, failure) -> {
                            if (acceptance instanceof Acceptance.Fresh) {
                                return CompletableFuture.completedStage(
                                        fresh(incoming, taken, elsewhere, undelivered, wait));
                            }
                            if (wait == Wait.LEAVES) {
                                taken.forEach(redelivery()::end);
                            }
                            if (acceptance instanceof Acceptance.Known known) {
                                return repeated(incoming, known, undelivered, wait, since);
                            }
                            LOG.debug("message {} was not journaled", message.id(), failure);
                            return failed(journalUnavailable());
                        },
                        executor)
                .thenCompose(receipt -> receipt);
    }

    /** Has somebody told each time that a run through the routes has ended: something may be {@link Untold}. */
    public void whenEnded(Runnable listener) {
        opened.ended = listener;
    }

    /** What the routes make of all that is known of a message; nothing is sent. */
    public CompletionStage<MergedReply> merge(Untold untold) {
        StoredMessage stored = untold.message();
        RunLedger ledger =
                ledger(new RunLedger.Run(stored.id(), Undelivered.GIVE_UP, Map.of(), known(stored, Set.of())), false);
        // no redelivery that would be worth a span
        Message message = message(stored, ledger, stored.trace().unsampled());
        return routes.send(message, untold.body(), stored.contentType());
    }

    /**
     * Makes what was not delivered due now.
     *
     * @param only null: all of it
     * @return the targets that get it now; null when there is no such message
     */
    public CompletionStage<@Nullable Set<String>> replay(String id, @Nullable Collection<String> only) {
        return journal().replay(id, only).thenApply(pending -> {
            if (pending != null) {
                pending.forEach(redelivery()::wake);
            }
            return pending;
        });
    }

    /** Deliveries that wait for targets which are not configured, by target. */
    public Map<String, Long> removedTargets() {
        Journal current = opened.journal;
        return current == null ? Map.of() : current.removedTargets();
    }

    /** Whether there is a target of that name now. */
    public boolean isConfigured(String target) {
        return targets.containsKey(target);
    }

    /** Why nothing is taken now, for those who run Tandem; or null. */
    public @Nullable String unavailable() {
        Journal current = opened.journal;
        if (current == null) {
            return "the journal is not open";
        }
        String reason = current.unavailable();
        if (reason == null && current.pendingMessages() >= settings.maxPending()) {
            reason = "%d messages wait for their delivery (tandem.journal.max-pending=%d)"
                    .formatted(current.pendingMessages(), settings.maxPending());
        }
        return reason;
    }

    /** Why nothing is taken now, for callers; or null. */
    private @Nullable Problem refusal() {
        if (journal().unavailable() != null) {
            return journalUnavailable();
        }
        return journal().pendingMessages() >= settings.maxPending() ? backlogFull() : null;
    }

    /** Starts no more deliveries, and waits until those under way have ended, or the time is over. */
    public void drain(Duration grace) throws InterruptedException {
        Redelivery current = opened.redelivery;
        if (current != null) {
            current.drain(grace);
        }
    }

    /** Writes down what is still to be written, and closes the journal: after the routes have stopped. */
    @Override
    public void close() {
        Redelivery deliveries = opened.redelivery;
        if (deliveries != null) {
            deliveries.close();
        }
        Journal current = opened.journal;
        if (current != null) {
            current.close();
        }
    }

    private Receipt fresh(
            Incoming incoming,
            Set<String> taken,
            Map<String, CompletionStage<Delivery>> elsewhere,
            Undelivered undelivered,
            Wait wait) {
        elsewhere.keySet().forEach(redelivery()::wake);
        Message message = incoming.message();
        Map<String, Integer> attempts = new HashMap<>();
        taken.forEach(target -> attempts.put(target, 0));
        RunLedger ledger =
                ledger(new RunLedger.Run(message.id(), undelivered, attempts, elsewhere), wait == Wait.LEAVES);
        Message journaled = journaled(message, message.id(), ledger, wait);
        if (wait == Wait.SENDS) {
            return new Receipt.Run(journaled, ledger);
        }
        StoredMessage stored = asHandedIn(incoming, taken);
        if (wait == Wait.LEAVES && taken.isEmpty()) {
            return new Receipt.Background(stored, null);
        }
        CompletionStage<MergedReply> run =
                send(journaled, ledger, incoming.body(), incoming.contentType(), wait == Wait.LISTENS);
        return new Receipt.Background(stored, wait == Wait.LISTENS ? run : null);
    }

    private CompletionStage<Receipt> repeated(
            Incoming incoming, Acceptance.Known known, Undelivered undelivered, Wait wait, @Nullable Instant since) {
        StoredMessage stored = known.message();
        if (!known.sameBody()) {
            return CompletableFuture.completedStage(new Receipt.KeyTaken(stored.id()));
        }
        if (wait == Wait.LEAVES) {
            return CompletableFuture.completedStage(new Receipt.Background(stored, null));
        }
        if (stored.answer() != null && stored.answer().met()) {
            return CompletableFuture.completedStage(new Receipt.Answered(stored.id(), stored.answer()));
        }
        if (stored.inFlight()) {
            return CompletableFuture.completedStage(new Receipt.InFlight(stored.id()));
        }
        // of what is not settled, nobody knows when the rest of it was given up
        boolean staysGivenUp =
                since != null && (stored.settled() == null || !stored.settled().isBefore(since));
        List<String> undeliveredTargets = stored.deliveries().stream()
                .filter(delivery -> delivery.state() == DeliveryState.PENDING
                        || (delivery.state() == DeliveryState.DEAD && !staysGivenUp))
                .map(StoredDelivery::target)
                // what was removed from the configuration waits until it is there again
                .filter(targets::containsKey)
                .filter(target -> !isOrdered(target))
                .toList();
        return journal()
                .take(stored.id(), undeliveredTargets)
                .thenComposeAsync(
                        taken -> {
                            if (taken.size() == undeliveredTargets.size()) {
                                return CompletableFuture.completedStage(
                                        again(incoming, stored, taken, undelivered, wait));
                            }
                            // somebody else has got hold of the rest: what comes of it belongs to the same answer
                            Receipt inFlight = new Receipt.InFlight(stored.id());
                            return taken.isEmpty()
                                    ? CompletableFuture.completedStage(inFlight)
                                    : release(stored.id(), taken).thenApply(released -> inFlight);
                        },
                        executor);
    }

    private CompletionStage<Void> release(String messageId, Set<String> targets) {
        return journal().release(messageId, targets).thenRun(() -> targets.forEach(redelivery()::wake));
    }

    private Receipt again(
            Incoming incoming, StoredMessage stored, Set<String> taken, Undelivered undelivered, Wait wait) {
        Map<String, CompletionStage<Delivery>> elsewhere = known(stored, taken);
        for (StoredDelivery delivery : stored.deliveries()) {
            if (delivery.state() == DeliveryState.PENDING && isOrdered(delivery.target())) {
                elsewhere.put(delivery.target(), inItsTurn(incoming.message(), stored.id(), delivery.target()));
            }
        }
        RunLedger ledger =
                ledger(new RunLedger.Run(stored.id(), undelivered, attempts(stored, taken), elsewhere), false);
        Message journaled = journaled(incoming.message(), stored.id(), ledger, wait);
        return wait == Wait.SENDS
                ? new Receipt.Run(journaled, ledger)
                : new Receipt.Background(
                        stored, send(journaled, ledger, incoming.body(), incoming.contentType(), true));
    }

    /** What goes on without its caller has all the time there is, however soon the caller wants an answer. */
    private Message journaled(Message message, String id, RunLedger ledger, Wait wait) {
        Message journaled = message.journaled(id, ledger);
        return wait == Wait.SENDS ? journaled : journaled.withDeadline(Deadline.in(deadline));
    }

    /** One delivery that redelivery has taken. */
    private void attempt(DueDelivery due) {
        StoredMessage stored = due.message();
        Set<String> taken = Set.of(due.target());
        RunLedger ledger = ledger(
                new RunLedger.Run(
                        stored.id(), Undelivered.REDELIVER, Map.of(due.target(), due.attempts()), known(stored, taken)),
                true);
        CompletionStage<?> unused = send(message(stored, ledger), ledger, due.body(), stored.contentType(), false);
    }

    private Message message(StoredMessage stored, RunLedger ledger) {
        return message(stored, ledger, stored.trace());
    }

    private Message message(StoredMessage stored, RunLedger ledger, TraceContext trace) {
        return Message.create(stored.entry(), stored.headers(), Span.unrecorded(trace), deadline)
                .journaled(stored.id(), ledger);
    }

    /**
     * Completes when all that came of it is on disk.
     *
     * @param answers whether a reply that meets the policy is what the caller is told
     */
    private CompletionStage<MergedReply> send(
            Message message, RunLedger ledger, byte[] body, @Nullable String contentType, boolean answers) {
        CompletionStage<MergedReply> sent;
        try {
            sent = routes.send(message, body, contentType);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedStage(e);
        }
        return sent.handle((reply, failure) -> {
                    if (failure == null) {
                        return ledger.finish(answers && reply.policyMet() ? Answer.of(reply) : null)
                                .thenApply(written -> reply);
                    }
                    LOG.warn("message {}: a route failed: {}", message.id(), failure.toString());
                    return ledger.fail().<MergedReply>thenCompose(written -> CompletableFuture.failedStage(failure));
                })
                .thenCompose(stage -> stage)
                .whenComplete((reply, failure) -> opened.ended.run());
    }

    /** @param inLane whether its deliveries count among those of redelivery */
    private RunLedger ledger(RunLedger.Run run, boolean inLane) {
        return new RunLedger(
                journal(), schedule, (id, record) -> redelivery().recorded(id, record, inLane, run.undelivered()), run);
    }

    private static Map<String, Integer> attempts(StoredMessage stored, Set<String> taken) {
        Map<String, Integer> attempts = new HashMap<>();
        for (StoredDelivery delivery : stored.deliveries()) {
            if (taken.contains(delivery.target())) {
                attempts.put(delivery.target(), delivery.attempts());
            }
        }
        return attempts;
    }

    private CompletionStage<Delivery> inItsTurn(Message message, String id, String target) {
        CompletionStage<Delivery> turn = redelivery().await(id, target, message.deadline());
        // it may have been made before anybody waited for it
        StoredMessage now = journal().find(id);
        List<StoredDelivery> deliveries = now == null ? List.of() : now.deliveries();
        for (StoredDelivery delivery : deliveries) {
            Delivery last = delivery.last();
            if (delivery.target().equals(target) && delivery.state() != DeliveryState.PENDING && last != null) {
                return CompletableFuture.completedStage(last);
            }
        }
        return turn;
    }

    private static Map<String, CompletionStage<Delivery>> known(StoredMessage stored, Set<String> taken) {
        Map<String, CompletionStage<Delivery>> known = new HashMap<>();
        for (StoredDelivery delivery : stored.deliveries()) {
            if (!taken.contains(delivery.target())) {
                Delivery last = delivery.last();
                known.put(
                        delivery.target(),
                        CompletableFuture.completedStage(last == null ? RunLedger.waiting(delivery.target()) : last));
            }
        }
        return known;
    }

    /** A message that is on its way to the journal. */
    public StoredMessage awaited(String id, String entry, Instant received, int size, @Nullable String contentType) {
        return new StoredMessage(
                id,
                entry,
                null,
                contentType,
                size,
                Map.of(),
                "",
                received,
                null,
                MessageState.PENDING,
                null,
                pending(received, Set.of()));
    }

    private List<StoredDelivery> pending(Instant next, Set<String> taken) {
        return targets.keySet().stream()
                .sorted()
                .map(target -> new StoredDelivery(target, DeliveryState.PENDING, 0, null, next, taken.contains(target)))
                .toList();
    }

    private StoredMessage asHandedIn(Incoming incoming, Set<String> taken) {
        Message message = incoming.message();
        Instant now = clock.instant();
        return new StoredMessage(
                message.id(),
                message.entry(),
                incoming.key(),
                incoming.contentType(),
                incoming.body().length,
                message.headers(),
                message.trace().header(),
                now,
                null,
                MessageState.PENDING,
                null,
                pending(now, taken));
    }

    private boolean isOrdered(String target) {
        Settings.Target settingsOfTarget = targets.get(target);
        return settingsOfTarget != null && settingsOfTarget.ordered();
    }

    private Problem journalUnavailable() {
        return Problem.of(ProblemType.JOURNAL_UNAVAILABLE, "Nothing was accepted; try again later.");
    }

    private Problem backlogFull() {
        return Problem.of(
                ProblemType.BACKLOG_FULL,
                "Nothing was accepted; %d messages wait already (tandem.journal.max-pending)."
                        .formatted(settings.maxPending()));
    }

    private static CompletionStage<Receipt> failed(Problem problem) {
        return CompletableFuture.failedStage(new ProblemException(problem));
    }
}
