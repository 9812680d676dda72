package io.tandem.openapi;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The call that sends a message. */
final class SendCall {
    private static final String DESCRIPTION =
            """
            Every target gets the same body at the same moment. The answer comes when each has answered, failed or run out \
            of time, and says for each what became of the message. Whether that is a success is for the completion policy to \
            say: `200` when it is met, else `502`, or `504` when all that is missing timed out.
            """;

    private static final String GUARANTEES =
            """

            With `Prefer` or `Idempotency-Key` the message is on disk before it is sent, and what was not delivered is made \
            up for:

            - `Prefer: respond-async` answers `202` at once; `Prefer: wait=N` answers within N seconds, with the merged \
            reply if its policy is met by then, else `202` with what is there. The rest goes on in the background.
            - `Idempotency-Key` lets a message come again without harm: when its policy was met, the same answer is given \
            byte for byte; else only the targets that do not have it get it.
            """;

    private final AnswerForm form;
    private final Set<String> forwardHeaders;

    SendCall(AnswerForm form, Set<String> forwardHeaders) {
        this.form = form;
        this.forwardHeaders = new TreeSet<>(forwardHeaders);
    }

    /** @param guaranteed whether Prefer and Idempotency-Key are followed */
    void complete(Operation operation, boolean guaranteed) {
        if (operation.getDescription() == null) {
            operation.setDescription(guaranteed ? DESCRIPTION + GUARANTEES : DESCRIPTION);
        }
        if (operation.getRequestBody() == null) {
            operation.setRequestBody(request());
        }
        if (guaranteed) {
            Parameters.addHeader(
                    operation,
                    "Prefer",
                    "`respond-async`, `wait=N` in whole seconds, or both (RFC 7240); anything else is ignored.",
                    Schemas.string(null, "respond-async", "wait=5"));
            Parameters.addHeader(
                    operation,
                    "Idempotency-Key",
                    "Names the message across repetitions: 1 to 255 printable ASCII characters, in quotes or bare.",
                    Schemas.idempotencyKey());
        }
        Parameters.addHeader(
                operation,
                "Tandem-Deadline",
                "How long the caller waits at most: a duration, or a number of seconds. It may shorten the configured"
                        + " deadline, not lengthen it.",
                Schemas.deadline());
        Parameters.addHeader(
                operation,
                "traceparent",
                "W3C trace context: targets get the same trace. Without it, a new one begins.");
        forwardHeaders.forEach(name -> Parameters.addHeader(operation, name, "Handed on to the targets."));
        ApiResponses responses = operation.getResponses();
        ApiResponse met = Answers.merged(met());
        responses.addApiResponse("200", met);
        if (guaranteed) {
            Headers.add(met, Headers.PREFERENCE_APPLIED);
            responses.addApiResponse(
                    "202",
                    Headers.add(
                            Answers.json(
                                    "The message is on disk; what is not delivered yet goes on in the background.",
                                    Schemas.JOURNALED_MESSAGE,
                                    Map.of("accepted", Examples.accepted())),
                            Headers.MESSAGE_ID,
                            Headers.LOCATION,
                            Headers.PREFERENCE_APPLIED));
        }
    }

    /** The answer when the policy is met. */
    private ApiResponse met() {
        if (form.alone()) {
            return Answers.alone(
                    form == AnswerForm.FIRST
                            ? "The body of the target that took the message first, alone; the merged reply when the"
                                    + " policy is met without any."
                            : "What the merge strategy makes of the replies.",
                    form,
                    Map.of("alone", Examples.alone()));
        }
        Map<String, Example> replies = new LinkedHashMap<>();
        replies.put("complete", Examples.complete(form));
        replies.put("partial", Examples.partial(form));
        return Answers.json("The completion policy is met.", Schemas.MERGED_REPLY, replies);
    }

    private static RequestBody request() {
        MediaType json = new MediaType().schema(Schemas.any("Any JSON document. It is checked to be one."));
        json.addExamples("order", Examples.request());
        return new RequestBody()
                .description("The message. Any content type is taken and passed on as it is.")
                .required(true)
                .content(new Content()
                        .addMediaType(Answers.JSON, json)
                        .addMediaType("text/plain", new MediaType().schema(Schemas.string("Any text.")))
                        .addMediaType("*/*", new MediaType()));
    }
}
