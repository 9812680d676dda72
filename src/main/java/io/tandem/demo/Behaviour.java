package io.tandem.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * How a demo API behaves. Immutable.
 *
 * @param latency time it takes to answer
 * @param jitter up to how much longer it may take, at random
 * @param failureRate share of the requests, 0 to 1, that it answers with 503
 */
record Behaviour(Duration latency, Duration jitter, double failureRate, Mode mode) {
    /** Longer than anybody waits, and yet an end. */
    private static final Duration HANG = Duration.ofSeconds(30);

    private static final int MAX_SHOWN = 40;

    /** What kind of a bad day it has. */
    enum Mode {
        /** None. */
        OK,
        /** Doesn't answer while anybody waits. */
        HANG,
        /** Takes the order, but the reply breaks off. */
        GARBAGE,
        /** Finds every token invalid. */
        REFUSE_TOKEN;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What becomes of one request. */
    enum Fate {
        ACCEPT,
        GARBLE,
        FAIL,
        HANG
    }

    /** One request's fate, and how long it takes to come. */
    record Lot(Fate fate, Duration pause) {}

    static Behaviour of(DemoSettings.Api settings) {
        return new Behaviour(settings.latency(), settings.jitter(), settings.failureRate(), Mode.OK);
    }

    /** Draws the fate of a request. */
    Lot draw(RandomGenerator random) {
        if (mode == Mode.HANG) {
            return new Lot(Fate.HANG, HANG);
        }
        Duration pause = latency.plusNanos(random.nextLong(jitter.toNanos() + 1));
        if (random.nextDouble() < failureRate) {
            return new Lot(Fate.FAIL, pause);
        }
        return new Lot(mode == Mode.GARBAGE ? Fate.GARBLE : Fate.ACCEPT, pause);
    }

    ObjectNode toJson() {
        return Reply.JSON
                .createObjectNode()
                .put("latencyMs", latency.toMillis())
                .put("jitterMs", jitter.toMillis())
                .put("failureRate", failureRate)
                .put("mode", mode.word());
    }

    /**
     * This behaviour, changed in what {@code json} names.
     *
     * @throws Refusal when it is not understood
     */
    Behaviour changedBy(byte[] json) {
        JsonNode changes = parse(json);
        Behaviour changed = this;
        for (Map.Entry<String, JsonNode> member : changes.properties()) {
            changed = changed.changedBy(member.getKey(), member.getValue());
        }
        return changed;
    }

    private Behaviour changedBy(String member, JsonNode value) {
        return switch (member) {
            case "latencyMs" -> new Behaviour(duration(member, value), jitter, failureRate, mode);
            case "jitterMs" -> new Behaviour(latency, duration(member, value), failureRate, mode);
            case "failureRate" -> new Behaviour(latency, jitter, share(member, value), mode);
            case "mode" -> new Behaviour(latency, jitter, failureRate, mode(member, value));
            default ->
                throw misunderstood(
                        "unknown member '" + shown(member) + "': expected latencyMs, jitterMs, failureRate, mode");
        };
    }

    private static JsonNode parse(byte[] json) {
        JsonNode parsed;
        try {
            parsed = Reply.JSON.readTree(json);
        } catch (IOException e) {
            parsed = null;
        }
        if (parsed == null || !parsed.isObject()) {
            throw misunderstood("the body is not a JSON object: expected such as {\"latencyMs\":200,\"mode\":\"ok\"}");
        }
        return parsed;
    }

    private static Duration duration(String member, JsonNode value) {
        long most = DemoSettingsReader.MAX_LATENCY.toMillis();
        if (!value.canConvertToLong()
                || !value.isIntegralNumber()
                || value.longValue() < 0
                || value.longValue() > most) {
            throw misunderstood(member, value, "a whole number from 0 to " + most);
        }
        return Duration.ofMillis(value.longValue());
    }

    private static double share(String member, JsonNode value) {
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw misunderstood(member, value, "a number from 0 to 1");
        }
        return value.doubleValue();
    }

    private static Mode mode(String member, JsonNode value) {
        for (Mode mode : Mode.values()) {
            if (mode.word().equals(value.textValue())) {
                return mode;
            }
        }
        throw misunderstood(
                member,
                value,
                "one of " + Arrays.stream(Mode.values()).map(Mode::word).collect(Collectors.joining(", ")));
    }

    private static Refusal misunderstood(String member, JsonNode value, String expected) {
        return misunderstood(member + "=" + shown(value.toString()) + ": expected " + expected);
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static Refusal misunderstood(String description) {
        return new Refusal(Reply.error(400, "invalid_request", description));
    }
}
