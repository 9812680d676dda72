package io.tandem.fire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.proof.Arrival;
import io.tandem.proof.OpenLoad;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What callers were told, held against what the targets have written down. Answers come from one thread; they are judged
 * when that is over.
 */
final class Answers implements OpenLoad.AnswerListener {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_COMPLAINTS = 20;

    /** One answer: with the id of the message and what is said of each target; empty when it was refused. */
    private record Told(String id, Map<String, Claim> claims) {}

    /** What an answer says of one target. */
    private record Claim(String outcome, int attempts) {}

    private final List<String> targets;
    private final Map<String, Told> told = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();

    Answers(List<String> targets) {
        this.targets = List.copyOf(targets);
    }

    /** The id of the body of a message. */
    static String id(int number) {
        return "m-" + number;
    }

    @Override
    public void answered(int number, int status, String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            switch (status) {
                case 200, 502, 504 -> merged(id(number), status, answer);
                case 503 -> told.put(id(number), new Told("", Map.of()));
                default -> complain(id(number) + " was answered " + status + " " + body);
            }
        } catch (JsonProcessingException e) {
            complain(id(number) + " was answered " + status + " " + body);
        }
    }

    private void merged(String message, int status, JsonNode answer) {
        Map<String, Claim> claims = new TreeMap<>();
        for (String target : targets) {
            JsonNode reply = answer.path("replies").path(target);
            String outcome = reply.path("outcome").asText();
            claims.put(target, new Claim(outcome, reply.path("attempts").asInt()));
            outcomes.merge(target + " " + outcome, 1, Integer::sum);
            if (outcome.equals("delivered")
                    && !reply.path("body").path("taken").asText().equals(message)) {
                complain(message + " got another message's reply: " + answer);
            }
        }
        long delivered = claims.values().stream()
                .filter(claim -> claim.outcome().equals("delivered"))
                .count();
        boolean allLate = claims.values().stream()
                .map(Claim::outcome)
                .allMatch(outcome -> outcome.equals("delivered") || outcome.equals("timed-out"));
        String outcome = delivered == targets.size() ? "complete" : delivered == 0 ? "failed" : "partial";
        int expected = delivered == targets.size() ? 200 : allLate ? 504 : 502;
        if (status != expected || !answer.path("outcome").asText().equals(outcome)) {
            complain(message + " ought to be " + outcome + ", " + expected + ": " + status + " " + answer);
        }
        told.put(message, new Told(answer.path("id").asText(), Map.copyOf(claims)));
    }

    /** What is wrong with them; to be asked when nothing is under way any more. */
    List<String> faults(List<Arrival> arrivals) {
        Map<String, List<Arrival>> received = new HashMap<>();
        for (Arrival arrival : arrivals) {
            received.computeIfAbsent(arrival.target() + " " + arrival.body(), key -> new ArrayList<>())
                    .add(arrival);
            Told answer = told.get(arrival.body());
            if (answer == null || !answer.id().equals(arrival.messageId())) {
                complain(arrival.target() + " got " + arrival.body() + " as message " + arrival.messageId()
                        + ", which its caller was not told");
            }
            if (!arrival.unharmed() || !arrival.key().equals(arrival.messageId() + "-" + arrival.target())) {
                complain(arrival.target() + " got " + arrival.body() + " otherwise than it was sent");
            }
        }
        told.forEach((message, answer) -> answer.claims()
                .forEach((target, claim) ->
                        judge(message, target, claim, received.getOrDefault(target + " " + message, List.of()))));
        return List.copyOf(complaints);
    }

    private void judge(String message, String target, Claim claim, List<Arrival> arrivals) {
        boolean right =
                switch (claim.outcome()) {
                    case "delivered" -> arrivals.stream().anyMatch(Arrival::confirmed);
                    // certainly not processed
                    case "unreachable", "skipped" -> arrivals.isEmpty();
                    // may or may not have been
                    case "failed", "timed-out" -> true;
                    default -> false;
                };
        if (!right || arrivals.size() > claim.attempts()) {
            complain(message + " at " + target + ": told " + claim + ", but it came " + arrivals.size() + " times");
        }
    }

    private void complain(String what) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(what);
        }
    }

    /** How often each target had which outcome. */
    Map<String, Integer> outcomes() {
        return outcomes;
    }
}
