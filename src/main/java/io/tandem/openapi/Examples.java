package io.tandem.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.examples.Example;
import io.tandem.aggregation.Shape;
import io.tandem.aggregation.Shapes;
import io.tandem.entry.http.MessageDocument;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.MessageState;
import io.tandem.journal.StoredDelivery;
import io.tandem.journal.StoredMessage;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Examples that are what they show: written by the code that writes the answers. */
final class Examples {
    /** Of all messages in examples. */
    static final String ID = "01JD8X4Q6T3K5M7N9P0R2S4V6W";

    private static final String BODY = "{\"accepted\":true}";

    private static final Instant RECEIVED = Instant.parse("2026-11-23T16:02:17.125Z");
    private static final Instant LATER = Instant.parse("2026-11-23T16:02:24.308Z");

    private Examples() {}

    static Example request() {
        return example(
                "A JSON document; any other content is taken as well",
                "{\"order\":4711,\"items\":[{\"sku\":\"A-1\",\"quantity\":2}]}".getBytes(StandardCharsets.UTF_8));
    }

    static Example complete(AnswerForm form) {
        return example(
                "Every target took the message",
                reply(form, "all", true, delivered("api-one", 41), delivered("api-two", 57)));
    }

    static Example partial(AnswerForm form) {
        return example(
                "One target did not, which the policy allows",
                reply(form, "any", true, delivered("api-one", 41), timedOut("api-two")));
    }

    static Example alone() {
        return example("The body alone", BODY.getBytes(StandardCharsets.UTF_8));
    }

    static Example accepted() {
        return example(
                "Handed in, and not delivered yet",
                message(MessageState.PENDING, attempted("api-one"), attempted("api-two")));
    }

    static Example partialMessage() {
        return example(
                "One target has it, the other said no",
                message(MessageState.PARTIAL, settled(delivered("api-one", 41)), settled(rejected("api-two"))));
    }

    static Example replayed() {
        return example(
                "It is tried again where it was not delivered",
                message(
                        MessageState.PENDING,
                        settled(delivered("api-one", 41)),
                        new StoredDelivery("api-two", DeliveryState.PENDING, 1, rejected("api-two"), LATER, false)));
    }

    static Example page() {
        StoredDelivery waits =
                new StoredDelivery("api-two", DeliveryState.PENDING, 3, withoutBody(failed("api-two")), LATER, false);
        StoredMessage stored = stored(MessageState.PENDING, settled(withoutBody(delivered("api-one", 41))), waits);
        return example(
                "A message that waits for one of its targets",
                MessageDocument.of(List.of(stored), "/messages?limit=1&state=pending&after=" + ID));
    }

    static Example replay() {
        return example("One target", "{\"targets\":[\"api-two\"]}".getBytes(StandardCharsets.UTF_8));
    }

    /** The value of a parameter. */
    static Example of(ProblemType type, AnswerForm form) {
        byte[] json =
                switch (type) {
                    case POLICY_NOT_MET -> reply(form, "all", false, delivered("api-one", 41), failed("api-two"));
                    case POLICY_TIMED_OUT -> reply(form, "all", false, delivered("api-one", 41), timedOut("api-two"));
                    case MERGE_FAILED -> notMerged();
                    default -> Problem.of(type, null).toJson("urn:ulid:" + ID);
                };
        return example(type.title(), json);
    }

    private static byte[] message(MessageState state, StoredDelivery... deliveries) {
        return MessageDocument.of(stored(state, deliveries));
    }

    private static StoredMessage stored(MessageState state, StoredDelivery... deliveries) {
        return new StoredMessage(
                ID,
                "http",
                null,
                "application/json",
                57,
                Map.of(),
                "",
                RECEIVED,
                state == MessageState.PENDING ? null : RECEIVED,
                state,
                null,
                List.of(deliveries));
    }

    private static StoredDelivery attempted(String target) {
        return new StoredDelivery(target, DeliveryState.PENDING, 0, null, RECEIVED, true);
    }

    private static StoredDelivery settled(Delivery delivery) {
        return new StoredDelivery(
                delivery.target(),
                delivery.delivered() ? DeliveryState.DELIVERED : DeliveryState.DEAD,
                delivery.attempts(),
                delivery,
                null,
                false);
    }

    private static Delivery withoutBody(Delivery delivery) {
        return new Delivery(
                delivery.target(),
                delivery.outcome(),
                delivery.status(),
                delivery.took(),
                delivery.attempts(),
                null,
                delivery.problem(),
                null);
    }

    private static byte[] reply(AnswerForm form, String policy, boolean met, Delivery... deliveries) {
        Shape shape = form == AnswerForm.OWN ? Shape.collect() : Shapes.of(form.shape(), List.of());
        List<Delivery> all = List.of(deliveries);
        return new MergedReply(ID, policy, met, all, shape.merge(all)).toJson();
    }

    private static byte[] notMerged() {
        Problem problem = Problem.of(ProblemType.MERGE_FAILED, null);
        List<Delivery> all = List.of(delivered("api-one", 41), delivered("api-two", 57));
        return new MergedReply(ID, "all", true, all, new MergedReply.NotMerged(problem)).toJson();
    }

    private static Delivery delivered(String target, int millis) {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
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

    private static Delivery rejected(String target) {
        byte[] body = "{\"error\":\"no such customer\"}".getBytes(StandardCharsets.UTF_8);
        return new Delivery(
                target,
                Outcome.REJECTED,
                422,
                Duration.ofMillis(12),
                1,
                ReplyBody.of(body, "application/json"),
                Problem.of(ProblemType.TARGET_REJECTED, "The target answered 422."),
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
