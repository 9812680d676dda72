package io.tandem.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.examples.Example;
import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Examples that are what they show: written by the code that writes the answers. */
final class Examples {
    private static final String ID = "01JD8X4Q6T3K5M7N9P0R2S4V6W";

    private Examples() {}

    static Example request() {
        return example(
                "A JSON document; any other content is taken as well",
                "{\"order\":4711,\"items\":[{\"sku\":\"A-1\",\"quantity\":2}]}".getBytes(StandardCharsets.UTF_8));
    }

    static Example complete() {
        return example(
                "Every target took the message",
                reply("all", true, delivered("api-one", 41), delivered("api-two", 57)));
    }

    static Example partial() {
        return example(
                "One target did not, which the policy allows",
                reply("any", true, delivered("api-one", 41), timedOut("api-two")));
    }

    static Example of(ProblemType type) {
        byte[] json =
                switch (type) {
                    case POLICY_NOT_MET -> reply("all", false, delivered("api-one", 41), failed("api-two"));
                    case POLICY_TIMED_OUT -> reply("all", false, delivered("api-one", 41), timedOut("api-two"));
                    default -> Problem.of(type, null).toJson("urn:ulid:" + ID);
                };
        return example(type.title(), json);
    }

    private static byte[] reply(String policy, boolean met, Delivery... deliveries) {
        return new MergedReply(ID, policy, met, List.of(deliveries), null).toJson();
    }

    private static Delivery delivered(String target, int millis) {
        byte[] body = "{\"accepted\":true}".getBytes(StandardCharsets.UTF_8);
        return new Delivery(
                target,
                Outcome.DELIVERED,
                200,
                Duration.ofMillis(millis),
                1,
                ReplyBody.of(body, "application/json"),
                null,
                null);
    }

    private static Delivery failed(String target) {
        byte[] body = "out of order".getBytes(StandardCharsets.UTF_8);
        return new Delivery(
                target,
                Outcome.FAILED,
                500,
                Duration.ofMillis(688),
                3,
                ReplyBody.of(body, "text/plain"),
                Problem.of(ProblemType.TARGET_FAILED, null),
                null);
    }

    private static Delivery timedOut(String target) {
        return new Delivery(
                target,
                Outcome.TIMED_OUT,
                0,
                Duration.ofSeconds(3),
                1,
                null,
                Problem.of(ProblemType.TARGET_TIMED_OUT, null),
                null);
    }

    private static Example example(String summary, byte[] json) {
        try {
            JsonNode value = Json31.mapper().readTree(json);
            return new Example().summary(summary).value(value);
        } catch (IOException e) {
            throw new UncheckedIOException("an example is not JSON", e);
        }
    }
}
