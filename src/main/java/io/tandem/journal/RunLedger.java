package io.tandem.journal;

import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.DeliveryLedger;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The deliveries of one message in one run through the routes. Thread-safe. */
final class RunLedger implements DeliveryLedger {
    /** Is told what was written down, once it is on disk. */
    interface Listener {
        void recorded(String messageId, DeliveryRecord record);
    }

    /**
     * What a run is about.
     *
     * @param taken the targets it has to make deliveries to, with the attempts of earlier rounds
     * @param elsewhere what is known of the other targets
     */
    record Run(
            String messageId,
            Undelivered undelivered,
            Map<String, Integer> taken,
            Map<String, CompletionStage<Delivery>> elsewhere) {}

    private final Journal journal;
    private final RedeliverySchedule schedule;
    private final Listener listener;
    private final Run run;

    /** What has not ended yet. */
    private final Map<String, Integer> open;

    private final Queue<CompletableFuture<Void>> writes = new ConcurrentLinkedQueue<>();

    RunLedger(Journal journal, RedeliverySchedule schedule, Listener listener, Run run) {
        this.journal = journal;
        this.schedule = schedule;
        this.listener = listener;
        this.run = run;
        this.open = new ConcurrentHashMap<>(run.taken());
    }

    @Override
    public @Nullable CompletionStage<Delivery> elsewhere(String target) {
        if (run.taken().containsKey(target)) {
            return null;
        }
        CompletionStage<Delivery> known = run.elsewhere().get(target);
        // one that was added to the routes since the message came: it was not meant for it
        return known == null ? CompletableFuture.completedStage(none(target, Outcome.SKIPPED, null)) : known;
    }

    @Override
    public void ended(Delivery delivery) {
        Integer before = open.remove(delivery.target());
        if (before != null) {
            CompletionStage<Void> unused = write(List.of(next(delivery, before)), null);
        }
    }

    /**
     * The routes are done with the message. Completes when all that came of it is on disk.
     *
     * @param answer what the caller is told then, or null
     */
    CompletionStage<Void> finish(@Nullable Answer answer) {
        // no route led to what is still open
        return write(rest(Outcome.SKIPPED, null), answer);
    }

    /** The routes have failed: what they did not get to may be delivered later. */
    CompletionStage<Void> fail() {
        return write(
                rest(
                        Outcome.FAILED,
                        Problem.of(ProblemType.TARGET_ROUTE_FAILED, "A route failed before it; see the log.")),
                null);
    }

    /** A delivery that still waits for its turn. */
    static Delivery waiting(String target) {
        return none(target, Outcome.UNREACHABLE, Problem.of(ProblemType.DELIVERY_WAITING, null));
    }

    private static Delivery none(String target, Outcome outcome, @Nullable Problem problem) {
        return new Delivery(target, outcome, 0, Duration.ZERO, 0, null, problem, null);
    }

    private DeliveryRecord next(Delivery delivery, int before) {
        return schedule.next(delivery, before + delivery.attempts(), run.undelivered());
    }

    private List<DeliveryRecord> rest(Outcome outcome, @Nullable Problem problem) {
        List<DeliveryRecord> records = new ArrayList<>(0);
        for (String target : Set.copyOf(open.keySet())) {
            Integer before = open.remove(target);
            if (before != null) {
                records.add(next(none(target, outcome, problem), before));
            }
        }
        return records;
    }

    /** Completes when this, and all that was written before, is on disk. */
    private CompletionStage<Void> write(List<DeliveryRecord> records, @Nullable Answer answer) {
        if (!records.isEmpty() || answer != null) {
            writes.add(journal.record(run.messageId(), records, answer)
                    .whenComplete(
                            (done, failure) -> records.forEach(record -> listener.recorded(run.messageId(), record)))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));
    }
}
