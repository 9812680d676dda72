package io.tandem.status;

import io.tandem.message.Delivery;
import io.tandem.message.ForwardingObserver;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.MessageObserver;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the latest messages, journaled or not, and hands on what it is told. Those with which something was wrong are
 * remembered apart, so that many others don't drive them out. Holds outcomes and times: never a body or a header.
 * Thread-safe, without locks on the way of a message.
 */
public final class LatestMessages extends ForwardingObserver {
    /** How many of each kind. */
    static final int REMEMBERED = 256;

    /** Rounds of journaled deliveries that are remembered. */
    private static final int ROUNDS = 2048;

    private final Clock clock;
    private final Ring<Answered> fine = new Ring<>(REMEMBERED);
    private final Ring<Answered> troubled = new Ring<>(REMEMBERED);
    private final Ring<Answered> refused = new Ring<>(REMEMBERED);
    private final Ring<Round> rounds = new Ring<>(ROUNDS);
    private final Ring<Round> troubledRounds = new Ring<>(ROUNDS);

    /**
     * What a caller was told.
     *
     * @param outcome {@code complete}, {@code partial}, {@code failed}, {@code accepted}, {@code repeated}, {@code error},
     *     {@code refused}
     * @param policyMet null when it is not known yet
     * @param deliveries those that were made by then, or have been made since when none was
     */
    record Answered(
            String id,
            String entry,
            long receivedMillis,
            Duration took,
            String outcome,
            @Nullable Boolean policyMet,
            @Nullable Problem problem,
            boolean journaled,
            List<Delivery> deliveries) {
        Answered with(List<Delivery> made) {
            return new Answered(id, entry, receivedMillis, took, outcome, policyMet, problem, journaled, made);
        }
    }

    /** A delivery of a journaled message, in one of the rounds in which it was attempted. */
    record Round(String messageId, long startMillis, Delivery delivery) {}

    /**
     * What is remembered of a message.
     *
     * @param answered null when that is forgotten
     * @param rounds the earliest first
     */
    record Story(@Nullable Answered answered, List<Round> rounds) {}

    /** @param next is told the same */
    public LatestMessages(MessageObserver next, Clock clock) {
        super(next);
        this.clock = clock;
    }

    @Override
    public void delivered(Message message, Delivery delivery) {
        if (message.ledger() != null) {
            long start = clock.millis() - millisSince(message.startNanos());
            Round round = new Round(message.id(), start, delivery.withoutBody());
            (isTroubled(delivery) ? troubledRounds : rounds).add(round);
        }
        super.delivered(message, delivery);
    }

    @Override
    public void replied(Message message, MergedReply reply, Duration took) {
        List<Delivery> deliveries = new ArrayList<>(reply.deliveries().size());
        boolean isFine = reply.outcome().equals("complete");
        for (Delivery delivery : reply.deliveries()) {
            deliveries.add(delivery.withoutBody());
            isFine &= !isTroubled(delivery);
        }
        Answered answered = new Answered(
                message.id(),
                message.entry(),
                clock.millis() - took.toMillis(),
                took,
                reply.outcome(),
                reply.policyMet(),
                null,
                message.ledger() != null,
                deliveries);
        (isFine ? fine : troubled).add(answered);
        super.replied(message, reply, took);
    }

    @Override
    public void answered(Message message, String id, String outcome, Duration took) {
        fine.add(new Answered(
                id, message.entry(), clock.millis() - took.toMillis(), took, outcome, null, null, true, List.of()));
        super.answered(message, id, outcome, took);
    }

    @Override
    public void failed(Message message, Problem problem, Duration took) {
        troubled.add(new Answered(
                message.id(),
                message.entry(),
                clock.millis() - took.toMillis(),
                took,
                "error",
                false,
                problem,
                message.ledger() != null,
                List.of()));
        super.failed(message, problem, took);
    }

    @Override
    public void refused(String entry, String reference, Problem problem) {
        // under overload there may be more of them than of all else together, and each is to cost next to nothing
        if (problem.type() != ProblemType.SATURATED) {
            refused.add(new Answered(
                    reference, entry, clock.millis(), Duration.ZERO, "refused", false, problem, false, List.of()));
        }
        super.refused(entry, reference, problem);
    }

    private static boolean isTroubled(Delivery delivery) {
        return (!delivery.delivered() && !delivery.excluded()) || delivery.attempts() > 1;
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /** The latest of all kinds, newest first. */
    List<Answered> latest() {
        return latest(everyRound());
    }

    /** @param every the rounds from which deliveries are known that were made after the answer */
    private List<Answered> latest(List<Round> every) {
        List<Answered> latest = new ArrayList<>(fine.latest());
        latest.addAll(troubled.latest());
        latest.addAll(refused.latest());
        latest.sort(Comparator.comparingLong(Answered::receivedMillis).reversed());
        Map<String, Map<String, Delivery>> since = made(every);
        latest.replaceAll(one -> one.journaled() && one.deliveries().isEmpty() && since.containsKey(one.id())
                ? one.with(List.copyOf(since.get(one.id()).values()))
                : one);
        return latest;
    }

    /** The last delivery to each target, by message. */
    private static Map<String, Map<String, Delivery>> made(List<Round> every) {
        Map<String, Map<String, Delivery>> made = new HashMap<>();
        every.forEach(round -> made.computeIfAbsent(round.messageId(), id -> new TreeMap<>())
                .put(round.delivery().target(), round.delivery()));
        return made;
    }

    /** The earliest first. */
    private List<Round> everyRound() {
        List<Round> every = new ArrayList<>(rounds.latest());
        every.addAll(troubledRounds.latest());
        every.sort(Comparator.comparingLong(Round::startMillis));
        return every;
    }

    /** What is remembered of a message; nothing of one that is not remembered. */
    Story story(String id) {
        List<Round> own = everyRound();
        own.removeIf(round -> !round.messageId().equals(id));
        Answered answered = latest(own).stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElse(null);
        if (own.isEmpty() && answered != null) {
            answered.deliveries().forEach(delivery -> own.add(new Round(id, answered.receivedMillis(), delivery)));
        }
        return new Story(answered, own);
    }
}
