package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.cases.Case.Pattern;
import io.tandem.cases.Case.Received;
import io.tandem.cases.Case.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The targets of one step while it runs: what they answer, and what they have got. Thread-safe. */
final class CaseTargets {
    private static final String MESSAGE_ID = "Tandem-Message-Id";

    private final Map<String, Case.Target> planned;
    private final Map<String, List<StubRequest>> requests = new HashMap<>();

    /** By target and message: how many times it came. */
    private final Map<String, Integer> attempts = new HashMap<>();

    CaseTargets(Map<String, Case.Target> planned) {
        this.planned = planned;
    }

    /** Takes a request, and says what is answered. */
    synchronized Reply answer(String target, StubRequest request) {
        requests.computeIfAbsent(target, name -> new ArrayList<>()).add(request);
        notifyAll();
        List<Reply> replies = replies(target, request.json());
        if (replies.isEmpty()) {
            return Reply.OK;
        }
        String message = target + " " + request.header(MESSAGE_ID).asText();
        int attempt = attempts.merge(message, 1, Integer::sum);
        return replies.get(Math.min(attempt, replies.size()) - 1);
    }

    /** Those that are for just such bodies, else those that are for any. */
    private List<Reply> replies(String target, JsonNode body) {
        List<Reply> all = target(target).replies();
        List<Reply> fitting = all.stream()
                .filter(reply -> reply.when() != null && JsonMatch.matches(body, reply.when(), JsonMatch.Mode.SUBSET))
                .toList();
        return fitting.isEmpty()
                ? all.stream().filter(reply -> reply.when() == null).toList()
                : fitting;
    }

    private Case.Target target(String name) {
        return planned.getOrDefault(name, Case.Target.SILENT);
    }

    /** Waits until every target has got what it must, but not longer than that; then says what differs. */
    synchronized List<Difference> differences(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            List<Difference> differences = new ArrayList<>();
            planned.keySet().stream().sorted().forEach(name -> compare(name, differences));
            long left = end - System.nanoTime();
            if (differences.isEmpty() || left <= 0) {
                return differences;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private void compare(String name, List<Difference> differences) {
        Received received = target(name).received();
        List<StubRequest> got = requests.getOrDefault(name, List.of());
        Integer count = received.count();
        if (count != null && got.size() != count) {
            differences.add(new Difference(name + " received", counted(count), counted(got.size())));
            return;
        }
        if (received.requests().size() == 1 && count == null && got.isEmpty()) {
            differences.add(new Difference(name + " received", "a request", "none"));
        } else if (received.requests().size() == 1) {
            got.forEach(request ->
                    differences.addAll(differences(name, received.requests().get(0), request)));
        } else {
            matchEach(name, received.requests(), got, differences);
        }
    }

    /** Each pattern takes the first request that it fits and that none before it has taken. */
    private static void matchEach(
            String name, List<Pattern> patterns, List<StubRequest> got, List<Difference> differences) {
        List<StubRequest> left = new ArrayList<>(got);
        for (int i = 0; i < patterns.size(); i++) {
            Pattern pattern = patterns.get(i);
            StubRequest fitting = left.stream()
                    .filter(request -> differences(name, pattern, request).isEmpty())
                    .findFirst()
                    .orElse(null);
            if (fitting == null) {
                differences.add(new Difference(
                        name + " received",
                        "a request like no. " + (i + 1) + " of those expected",
                        left.isEmpty() ? "none" : left.get(0).json().toString()));
                return;
            }
            left.remove(fitting);
        }
    }

    private static List<Difference> differences(String name, Pattern pattern, StubRequest request) {
        List<Difference> differences = new ArrayList<>();
        String at = name + " received ";
        if (pattern.method() != null && !pattern.method().equals(request.method())) {
            differences.add(new Difference(at + "method", pattern.method(), request.method()));
        }
        if (pattern.path() != null && !pattern.path().equals(request.path())) {
            differences.add(new Difference(at + "path", pattern.path(), request.path()));
        }
        pattern.headers()
                .forEach((header, expected) -> differences.addAll(JsonMatch.compare(
                        at + "header " + header, request.header(header), expected, JsonMatch.Mode.EXACT)));
        Case.Body body = pattern.body();
        if (body != null) {
            differences.addAll(JsonMatch.compare(at + "body ", request.json(), body.json(), body.mode()));
        }
        return differences;
    }

    private static String counted(int count) {
        return count + (count == 1 ? " request" : " requests");
    }
}
