package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.MessageState;
import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schemas of what Tandem answers, made of the types that it is made of. */
final class Schemas {
    static final String MERGED_REPLY = "MergedReply";
    static final String UNMET_POLICY = "UnmetPolicy";
    static final String PROBLEM = "Problem";
    static final String JOURNALED_MESSAGE = "JournaledMessage";
    static final String MESSAGE_PAGE = "MessagePage";
    static final String REPLAY = "Replay";

    private static final String JOURNALED_DELIVERY = "JournaledDelivery";
    private static final String DELIVERY = "Delivery";
    private static final String OUTCOME = "Outcome";
    private static final String PROBLEM_TYPE = "ProblemType";

    private Schemas() {}

    /** @param form what a merged reply looks like */
    static void addTo(Components components, AnswerForm form) {
        components.addSchemas(MERGED_REPLY, mergedReply(form));
        components.addSchemas(DELIVERY, delivery());
        components.addSchemas(OUTCOME, outcome());
        components.addSchemas(JOURNALED_MESSAGE, journaledMessage());
        components.addSchemas(JOURNALED_DELIVERY, journaledDelivery());
        components.addSchemas(MESSAGE_PAGE, messagePage());
        components.addSchemas(REPLAY, replay());
        components.addSchemas(PROBLEM, problem());
        components.addSchemas(PROBLEM_TYPE, problemType());
        components.addSchemas(
                UNMET_POLICY,
                describe(
                                new JsonSchema(),
                                "The merged reply when it is a problem too, as when the completion policy was not met.")
                        .addAllOfItem(ref(PROBLEM))
                        .addAllOfItem(ref(MERGED_REPLY)));
    }

    /** A reference to one of the schemas. */
    static Schema<?> ref(String name) {
        return new JsonSchema().$ref("#/components/schemas/" + name);
    }

    /** One of two schemas. */
    static Schema<?> either(String one, String other) {
        return new JsonSchema().addAnyOfItem(ref(one)).addAnyOfItem(ref(other));
    }

    /** Any JSON value. */
    static Schema<?> any(String description) {
        return describe(new JsonSchema(), description);
    }

    /** Text. */
    static Schema<?> string(@Nullable String description, String... examples) {
        Schema<Object> schema = typed("string");
        for (String example : examples) {
            schema.addExample(example);
        }
        return describe(schema, description);
    }

    /** A whole number from {@code minimum} on. */
    static Schema<?> integer(@Nullable String description, int minimum) {
        Schema<?> schema = describe(typed("integer"), description);
        schema.setMinimum(BigDecimal.valueOf(minimum));
        return schema;
    }

    /** The id of a message. */
    static Schema<?> messageId() {
        Schema<?> schema = string("The message's id, a ULID.");
        schema.setPattern("^[0-7][0-9A-HJKMNP-TV-Z]{25}$");
        return schema;
    }

    /** The id of a message as it is asked for: upper and lower case are the same. */
    static Schema<?> askedId() {
        Schema<?> schema = string(null);
        schema.setPattern("^[0-9A-Za-z]{26}$");
        return schema;
    }

    /** What is taken as an Idempotency-Key. */
    static Schema<?> idempotencyKey() {
        Schema<?> schema = string(null, "order-4711", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"");
        schema.setPattern("^(?:\"[ !#-\\[\\]-~]{1,255}\"|[!#-\\[\\]-~](?:[ !#-\\[\\]-~]{0,253}[!#-\\[\\]-~])?)$");
        return schema;
    }

    /** What is taken as a Tandem-Deadline; that it must not be zero is said nowhere else. */
    static Schema<?> deadline() {
        Schema<?> schema = string(null, "1500ms", "2");
        schema.setPattern("^0*[1-9][0-9]{0,8}(?:ms|s|m|h|d)?$");
        return schema;
    }

    /** The state of a journaled message. */
    static Schema<?> messageState() {
        StringBuilder text = new StringBuilder("Where the message stands:\n");
        for (MessageState state : MessageState.values()) {
            text.append("\n- `").append(state.word()).append("`: ").append(meaning(state));
        }
        return enumeration(
                text.toString(),
                Arrays.stream(MessageState.values()).map(MessageState::word).toList());
    }

    /** The outcome of a message. */
    static Schema<?> messageOutcome() {
        return enumeration(
                "`complete` when every target took the message, `failed` when none did, else `partial`.",
                List.of("complete", "partial", "failed"));
    }

    private static Schema<?> mergedReply(AnswerForm form) {
        Schema<?> replies = describe(typed("object"), "What became of the message at each target, by its name.");
        replies.setAdditionalProperties(ref(DELIVERY));
        Schema<?> schema = object("What became of one message.", List.of("id", "outcome", "policy", "replies"));
        schema.addProperty("id", messageId());
        schema.addProperty("outcome", messageOutcome());
        schema.addProperty("policy", string("Which outcomes make the message a success, as configured: `all`, `any`…"));
        addMerged(schema, form);
        schema.addProperty("replies", replies);
        return schema;
    }

    /** What a shape makes of the replies. */
    private static void addMerged(Schema<?> schema, AnswerForm form) {
        if (form == AnswerForm.MERGE) {
            Schema<Object> conflicts = typed("array");
            conflicts.setItems(conflict());
            schema.addProperty(
                    "body", any("The bodies of all targets that took the message, merged; null when there is none."));
            schema.addProperty(
                    "conflicts", describe(conflicts, "Where targets differ: the earlier target's value is in `body`."));
            schema.addRequiredItem("body");
            schema.addRequiredItem("conflicts");
        } else if (form == AnswerForm.COMPARE) {
            schema.addProperty("comparison", comparison());
            schema.addRequiredItem("comparison");
        }
    }

    private static Schema<?> conflict() {
        Schema<?> values = describe(typed("object"), "What each of them has there, by target.");
        values.setAdditionalProperties(any("A JSON value."));
        Schema<?> conflict = object("A place where targets have different values.", List.of("pointer", "values"));
        conflict.addProperty("pointer", jsonPointer("Where it is (RFC 6901)."));
        conflict.addProperty("values", values);
        conflict.setAdditionalProperties(false);
        return conflict;
    }

    private static Schema<?> comparison() {
        Schema<Object> patch = new JsonSchema();
        patch.setTypes(new LinkedHashSet<>(List.of("array", "null")));
        patch.setItems(operation());
        patch.setDescription("A JSON Patch (RFC 6902); null when there is nothing to compare.");
        Schema<?> differences = describe(
                typed("object"), "What would have to be changed in the reference to get the other's body, by target.");
        differences.setAdditionalProperties(patch);
        Schema<?> comparison = object("How the bodies differ.", List.of("reference", "equal", "differences"));
        comparison.addProperty("reference", string("The first target, with which the others are compared."));
        comparison.addProperty("equal", describe(typed("boolean"), "Whether all of them are the same."));
        comparison.addProperty("differences", differences);
        comparison.setAdditionalProperties(false);
        return comparison;
    }

    private static Schema<?> operation() {
        Schema<?> operation = object(null, List.of("op", "path"));
        operation.addProperty("op", enumeration(null, List.of("add", "remove", "replace", "move", "copy", "test")));
        operation.addProperty("path", jsonPointer(null));
        operation.addProperty("from", jsonPointer(null));
        operation.addProperty("value", new JsonSchema());
        operation.setAdditionalProperties(false);
        return operation;
    }

    private static Schema<?> jsonPointer(@Nullable String description) {
        Schema<?> schema = string(description);
        schema.setFormat("json-pointer");
        return schema;
    }

    private static Schema<?> journaledMessage() {
        Schema<?> deliveries = describe(
                typed("object"), "What became of the message at each target, by its name, in alphabetical order.");
        deliveries.setAdditionalProperties(ref(JOURNALED_DELIVERY));
        Schema<?> schema =
                object("A message in the journal.", List.of("id", "state", "entry", "received", "size", "deliveries"));
        schema.addProperty("id", messageId());
        schema.addProperty("state", messageState());
        schema.addProperty("entry", string("Where it came in: `http`, `folder`, `kafka`."));
        schema.addProperty("received", time("When it was handed in."));
        schema.addProperty("contentType", string("Its content type, when it came with one."));
        schema.addProperty("size", integer("Bytes of its body.", 0));
        schema.addProperty("deliveries", deliveries);
        return schema;
    }

    private static Schema<?> journaledDelivery() {
        Schema<?> inFlight = describe(typed("boolean"), "Present while it is being attempted.");
        inFlight.setConst(true);
        Schema<?> schema = object("One delivery of a message in the journal.", List.of("state", "attempts"));
        schema.addProperty("state", deliveryState());
        schema.addProperty("attempts", integer("Requests sent, or tried, over all rounds.", 0));
        Schema<?> removed = describe(
                typed("boolean"),
                "Present while there is no such target: the delivery goes on when it is there again.");
        removed.setConst(true);
        schema.addProperty("inFlight", inFlight);
        schema.addProperty("targetRemoved", removed);
        schema.addProperty("nextAttempt", time("Not before then; present while it waits for its next round."));
        schema.addProperty("outcome", ref(OUTCOME));
        addReply(schema, "Milliseconds that the last round took.");
        return schema;
    }

    private static Schema<?> messagePage() {
        Schema<Object> messages = typed("array");
        messages.setItems(ref(JOURNALED_MESSAGE));
        Schema<?> next = string("Where the next page is; absent on the last one.");
        next.setFormat("uri-reference");
        Schema<?> schema = object("Some of the messages in the journal, newest first.", List.of("messages"));
        schema.addProperty("messages", messages);
        schema.addProperty("next", next);
        return schema;
    }

    private static Schema<?> replay() {
        Schema<Object> targets = typed("array");
        targets.setItems(string(null));
        targets.setMinItems(1);
        targets.setDescription("Names of targets of the message; without it, all of them.");
        Schema<?> schema = describe(typed("object"), "Which deliveries are tried again.");
        schema.addProperty("targets", targets);
        schema.setAdditionalProperties(false);
        return schema;
    }

    private static Schema<?> deliveryState() {
        StringBuilder text = new StringBuilder("Where the delivery stands:\n");
        for (DeliveryState state : DeliveryState.values()) {
            text.append("\n- `").append(state.word()).append("`: ").append(meaning(state));
        }
        return enumeration(
                text.toString(),
                Arrays.stream(DeliveryState.values()).map(DeliveryState::word).toList());
    }

    private static String meaning(MessageState state) {
        return switch (state) {
            case PENDING -> "a delivery is still to be made";
            case COMPLETE -> "every target that was meant to get it has it";
            case PARTIAL -> "some target has it, and at least one delivery was given up";
            case DEAD -> "no target has it, and the deliveries were given up";
        };
    }

    private static String meaning(DeliveryState state) {
        return switch (state) {
            case PENDING -> "to be made, now or later";
            case DELIVERED -> "the target has the message";
            case DEAD -> "given up: made only when it is asked for";
            case SKIPPED -> "not meant for this target";
        };
    }

    private static Schema<?> delivery() {
        Schema<?> schema =
                object("What became of one message at one target.", List.of("outcome", "tookMs", "attempts"));
        schema.addProperty("outcome", ref(OUTCOME));
        schema.addProperty("attempts", integer("Requests sent, or tried.", 0));
        addReply(schema, "Milliseconds from the start of the first attempt to the end of the last.");
        return schema;
    }

    /** What is told of the last reply, and of what was wrong with it. */
    private static void addReply(Schema<?> schema, String took) {
        Schema<?> encoding =
                enumeration("Present when `body` is base64, being neither JSON nor text.", List.of("base64"));
        schema.addProperty("status", httpStatus("HTTP status of the target's reply, when there was one.", 100));
        schema.addProperty("tookMs", integer(took, 0));
        schema.addProperty("body", any("The body of the target's reply: JSON as it is, anything else a string."));
        schema.addProperty("bodyEncoding", encoding);
        schema.addProperty("problem", ref(PROBLEM));
    }

    private static Schema<?> outcome() {
        StringBuilder text = new StringBuilder("How the delivery to one target ended:\n");
        for (Outcome outcome : Outcome.values()) {
            text.append("\n- `").append(outcome.word()).append("`: ").append(meaning(outcome));
        }
        return enumeration(
                text.toString(),
                Arrays.stream(Outcome.values()).map(Outcome::word).toList());
    }

    /** A new outcome does not compile until it has its meaning. */
    private static String meaning(Outcome outcome) {
        return switch (outcome) {
            case DELIVERED -> "the target took the message (2xx)";
            case REJECTED -> "the target said no (4xx)";
            case FAILED -> "5xx, a redirect, or a reply that broke off or could not be read";
            case UNREACHABLE -> "no connection or no credentials: certainly not processed";
            case TIMED_OUT -> "sent, but not answered in time: **unknown** whether processed";
            case SKIPPED -> "not sent";
        };
    }

    private static Schema<?> problem() {
        Schema<?> instance = string("Identifies this occurrence.");
        instance.setFormat("uri-reference");
        Schema<?> schema = object("What went wrong (RFC 9457).", List.of("type", "title", "status"));
        schema.addProperty("type", ref(PROBLEM_TYPE));
        schema.addProperty("title", string("What kind of problem it is; the same for each occurrence."));
        schema.addProperty("status", httpStatus("The HTTP status.", 400));
        schema.addProperty("detail", string("What went wrong here, and what to do."));
        schema.addProperty("instance", instance);
        return schema;
    }

    private static Schema<?> problemType() {
        StringBuilder text = new StringBuilder(
                """
                The kind of problem. New versions may bring new ones: treat one that you don't know by its status.

                | type | status | title |
                |---|---|---|
                """);
        for (ProblemType type : ProblemType.values()) {
            text.append("| `").append(type.type()).append("` | ");
            text.append(type.status()).append(" | ").append(type.title()).append(" |\n");
        }
        Schema<?> schema = enumeration(
                text.toString(),
                Arrays.stream(ProblemType.values()).map(ProblemType::type).toList());
        schema.setFormat("uri");
        return schema;
    }

    private static Schema<?> time(String description) {
        Schema<?> schema = string(description);
        schema.setFormat("date-time");
        return schema;
    }

    private static Schema<?> httpStatus(String description, int minimum) {
        Schema<?> schema = integer(description, minimum);
        schema.setMaximum(BigDecimal.valueOf(599));
        return schema;
    }

    private static Schema<?> object(@Nullable String description, List<String> required) {
        Schema<?> schema = describe(typed("object"), description);
        schema.setRequired(required);
        return schema;
    }

    private static Schema<?> enumeration(@Nullable String description, List<String> values) {
        Schema<Object> schema = typed("string");
        schema.setEnum(List.copyOf(values));
        return describe(schema, description);
    }

    private static Schema<Object> typed(String type) {
        Schema<Object> schema = new JsonSchema();
        schema.addType(type);
        return schema;
    }

    private static Schema<?> describe(Schema<?> schema, @Nullable String description) {
        schema.setDescription(description);
        return schema;
    }
}
