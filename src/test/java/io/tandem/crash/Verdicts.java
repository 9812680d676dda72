package io.tandem.crash;

import io.tandem.proof.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges a run by what the targets got and what callers heard. Immutable. */
final class Verdicts {
    private final List<Arrival> arrivals;
    private final Set<String> targets;

    /** By target and body. */
    private final Map<String, List<Arrival>> deliveries;

    private final Evidence evidence;

    /** @param targets all of which shall get each message */
    Verdicts(Set<String> targets, List<Arrival> arrivals, Evidence evidence) {
        this.targets = Set.copyOf(targets);
        this.arrivals = List.copyOf(arrivals);
        this.evidence = evidence;
        this.deliveries = arrivals.stream()
                .collect(Collectors.groupingBy(
                        arrival -> arrival.target() + " " + arrival.body(), LinkedHashMap::new, Collectors.toList()));
    }

    List<Verdict> all() {
        return List.of(
                nothingIsLost(),
                nothingIsHalfDone(),
                nothingDeliveredIsRepeated(),
                repeatsHaveTheSameKey(),
                keysBelongToOneMessage(),
                bodiesAreUnharmed(),
                callersSeeNothingStrange());
    }

    /** Each message that was accepted has reached each target, which has said so. */
    Verdict nothingIsLost() {
        List<String> offences = new ArrayList<>();
        for (Evidence.Accepted accepted : evidence.accepted()) {
            for (String target : targets) {
                if (!confirmed(target, accepted.body())) {
                    offences.add("%s (%s) never reached %s: %s"
                            .formatted(accepted.body(), accepted.how(), target, story(target, accepted.body())));
                }
            }
        }
        return new Verdict("nothing accepted is lost", offences);
    }

    /** What has reached one target has reached the other, whether or not its caller heard anything. */
    Verdict nothingIsHalfDone() {
        List<String> offences = new ArrayList<>();
        arrivals.stream().map(Arrival::body).distinct().forEach(body -> {
            List<String> missing =
                    targets.stream().filter(target -> !confirmed(target, body)).toList();
            if (!missing.isEmpty()) {
                offences.add("%s is missing at %s".formatted(body, missing));
            }
        });
        return new Verdict("nothing is half done", offences);
    }

    /**
     * A delivery that the journal has reported as delivered (by {@code GET /messages/{id}}, or on its disk at the moment
     * of a crash), or whose good answer a caller has heard, does not reach the target again after that moment.
     */
    Verdict nothingDeliveredIsRepeated() {
        Map<String, Evidence.Known> known = evidence.known().stream()
                .collect(Collectors.toMap(one -> one.target() + " " + one.message(), Function.identity()));
        List<String> offences = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            Evidence.Known before = known.get(arrival.target() + " " + arrival.messageId());
            if (before != null && arrival.at() > before.at()) {
                offences.add("%s (message %s) was sent to %s again %d ms after %s had said that it is delivered: %s"
                        .formatted(
                                arrival.body(),
                                arrival.messageId(),
                                arrival.target(),
                                (arrival.at() - before.at()) / 1_000_000,
                                before.how(),
                                story(arrival.target(), arrival.body())));
            }
        }
        return new Verdict("nothing known to be delivered is sent again", offences);
    }

    /** By the Idempotency-Key, the target can recognise what it has got before. */
    Verdict repeatsHaveTheSameKey() {
        List<String> offences = new ArrayList<>();
        deliveries.forEach((delivery, sent) -> {
            Set<String> keys = sent.stream().map(Arrival::key).collect(Collectors.toCollection(LinkedHashSet::new));
            if (keys.size() > 1 || keys.contains("")) {
                offences.add("%s came with the keys %s in messages %s"
                        .formatted(
                                delivery,
                                keys,
                                sent.stream().map(Arrival::messageId).distinct().toList()));
            }
        });
        return new Verdict("repeats carry the same Idempotency-Key", offences);
    }

    /** Else a target would take a message for one that it has got before, and drop it. */
    Verdict keysBelongToOneMessage() {
        Map<String, Set<String>> bodies = new TreeMap<>();
        for (Arrival arrival : arrivals) {
            bodies.computeIfAbsent(arrival.target() + " " + arrival.key(), key -> new HashSet<>())
                    .add(arrival.body());
        }
        return new Verdict(
                "an Idempotency-Key belongs to one message",
                bodies.entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 1)
                        .map(entry -> entry.getKey() + " came with " + entry.getValue())
                        .toList());
    }

    Verdict bodiesAreUnharmed() {
        return new Verdict(
                "targets get what was sent",
                arrivals.stream()
                        .filter(arrival -> !arrival.unharmed())
                        .map(arrival -> "'%s' (message %s) at %s is not what was sent"
                                .formatted(arrival.body(), arrival.messageId(), arrival.target()))
                        .toList());
    }

    Verdict callersSeeNothingStrange() {
        return new Verdict("callers get answers that the contract knows", evidence.complaints());
    }

    private boolean confirmed(String target, String body) {
        return deliveries.getOrDefault(target + " " + body, List.of()).stream().anyMatch(Arrival::confirmed);
    }

    private String story(String target, String body) {
        return deliveries.getOrDefault(target + " " + body, List.of()).stream()
                .map(arrival -> arrival.reply() + (arrival.confirmed() ? " confirmed" : ""))
                .toList()
                .toString();
    }

    /** Numbers of a run. */
    record Figures(int accepted, int delivered, int requests, int repeats, int repeatsOfUnknown, int lost) {}

    Figures figures() {
        int repeats = 0;
        int ofUnknown = 0;
        Map<String, Boolean> processed = new HashMap<>();
        for (Arrival arrival : arrivals) {
            String delivery = arrival.target() + " " + arrival.body();
            Boolean before = processed.get(delivery);
            repeats += before == null ? 0 : 1;
            ofUnknown += Boolean.TRUE.equals(before) ? 1 : 0;
            processed.merge(delivery, arrival.reply().processed(), Boolean::logicalOr);
        }
        int confirmed = (int) deliveries.values().stream()
                .filter(sent -> sent.stream().anyMatch(Arrival::confirmed))
                .count();
        return new Figures(
                evidence.acceptedSoFar(),
                confirmed,
                arrivals.size(),
                repeats,
                ofUnknown,
                nothingIsLost().offences().size());
    }
}
