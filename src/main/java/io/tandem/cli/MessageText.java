package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Messages, as documents have them, in lines for people. */
final class MessageText {
    static final String HEADING =
            "%-26s  %-20s  %-8s  %-6s  %8s  %s".formatted("ID", "RECEIVED", "STATE", "ENTRY", "SIZE", "DELIVERIES");

    /** Beyond it, a reply would hide the rest. */
    private static final int LONGEST_BODY = 400;

    private static final int NAME_WIDTH = 12;

    private MessageText() {}

    /** A line of the table under {@link #HEADING}. */
    static String row(JsonNode message) {
        return "%-26s  %-20s  %-8s  %-6s  %8d  %s"
                .formatted(
                        text(message, "id"),
                        Text.second(text(message, "received")),
                        text(message, "state"),
                        text(message, "entry"),
                        message.path("size").asLong(),
                        deliveries(message));
    }

    /** All deliveries of a journaled message, in one line. */
    static String deliveries(JsonNode message) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> delivery : message.path("deliveries").properties()) {
            parts.add(Text.printable(delivery.getKey()) + " " + stateOf(delivery.getValue()));
        }
        return String.join("; ", parts);
    }

    /** All replies of a merged reply, in one line. */
    static String replies(JsonNode merged) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> reply : merged.path("replies").properties()) {
            parts.add(Text.printable(reply.getKey()) + " " + outcomeOf(reply.getValue()) + ", "
                    + reply.getValue().path("tookMs").asLong() + " ms");
        }
        return String.join("; ", parts);
    }

    /** The whole message. */
    static List<String> page(JsonNode message) {
        List<String> lines = new ArrayList<>();
        lines.add(named("id", text(message, "id")));
        lines.add(named("state", text(message, "state")));
        String contentType = message.has("contentType") ? ", " + text(message, "contentType") : "";
        lines.add(named(
                "received",
                text(message, "received") + " by " + text(message, "entry") + contentType + ", "
                        + Text.counted(message.path("size").asLong(), "byte")));
        for (Map.Entry<String, JsonNode> member : message.path("deliveries").properties()) {
            JsonNode delivery = member.getValue();
            lines.add("");
            lines.add(named(Text.printable(member.getKey()), stateOf(delivery)));
            if (delivery.has("problem")) {
                JsonNode problem = delivery.path("problem");
                lines.add(named(
                        "", text(problem, "title") + (problem.has("detail") ? ": " + text(problem, "detail") : "")));
            }
            if (delivery.has("body")) {
                lines.add(
                        named("", shortened(Text.printable(delivery.path("body").toString()))));
            }
        }
        return lines;
    }

    /** {@code dead: rejected 422, 1 attempt}. */
    static String stateOf(JsonNode delivery) {
        StringBuilder text = new StringBuilder(text(delivery, "state"));
        if (delivery.path("inFlight").asBoolean()) {
            text.append(", in flight");
        }
        if (delivery.path("targetRemoved").asBoolean()) {
            text.append(", no such target any more");
        }
        boolean delivered = text(delivery, "state").equals(text(delivery, "outcome"));
        if (delivered) {
            text.append(delivery.has("status") ? " " + delivery.path("status").asInt() : "");
        } else if (delivery.has("outcome")) {
            text.append(": ").append(outcomeOf(delivery));
        }
        long attempts = delivery.path("attempts").asLong();
        if (attempts > 1 || (attempts == 1 && !delivered)) {
            text.append(", ").append(Text.counted(attempts, "attempt"));
        }
        if (delivery.has("nextAttempt")) {
            text.append(", next at ").append(Text.second(text(delivery, "nextAttempt")));
        }
        return text.toString();
    }

    private static String outcomeOf(JsonNode delivery) {
        return text(delivery, "outcome")
                + (delivery.has("status") ? " " + delivery.path("status").asInt() : "");
    }

    private static String named(String name, String value) {
        return ("%-" + NAME_WIDTH + "s  %s").formatted(name, value);
    }

    private static String shortened(String body) {
        return body.length() <= LONGEST_BODY ? body : body.substring(0, LONGEST_BODY) + "... (--json shows all of it)";
    }

    private static String text(JsonNode document, String name) {
        return Text.printable(document.path(name).asText(""));
    }
}
