package io.tandem.openapi;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.tandem.entry.http.ListMessages;
import java.math.BigDecimal;
import java.util.Map;

/** The calls that ask for what is in the journal, and have it tried again. */
final class JournalCalls {
    private JournalCalls() {}

    static void completeList(Operation operation) {
        describe(
                operation,
                """
                A page of messages, newest first. `next` is where the page with the older ones is; it is absent on the last \
                one. What targets replied is left out.
                """);
        Parameters.addQuery(operation, "state", "Only messages in this state.", Schemas.messageState());
        Parameters.addQuery(
                operation,
                "target",
                "Only messages for this target. With `state`, those whose delivery to it is in that state, whatever became of"
                        + " the others: `complete` stands for delivered, `partial` and `dead` for dead.",
                Schemas.string(null));
        Schema<?> limit = Schemas.integer(null, 1);
        limit.setMaximum(BigDecimal.valueOf(ListMessages.MAX_LIMIT));
        limit.setDefault(ListMessages.DEFAULT_LIMIT);
        Parameters.addQuery(operation, "limit", "How many messages at most.", limit);
        Parameters.addQuery(
                operation, "after", "The id of a message: older ones follow. As in `next`.", Schemas.askedId());
        operation
                .getResponses()
                .addApiResponse(
                        "200",
                        Answers.json(
                                "The messages; none when there are none.",
                                Schemas.MESSAGE_PAGE,
                                Map.of("page", Examples.page())));
    }

    static void completeShow(Operation operation) {
        describe(operation, "What became of the message at each target, and what each has replied.");
        Parameters.describePath(operation, "id", "The id of the message.", Schemas.askedId());
        operation
                .getResponses()
                .addApiResponse(
                        "200",
                        Answers.json(
                                "The message.",
                                Schemas.JOURNALED_MESSAGE,
                                Map.of("partial", Examples.partialMessage())));
    }

    static void completeReplay(Operation operation) {
        describe(
                operation,
                """
                Makes the deliveries due now that were not made, be they pending or dead. Targets that have the message do \
                not get it again.
                """);
        Parameters.describePath(operation, "id", "The id of the message.", Schemas.askedId());
        if (operation.getRequestBody() == null) {
            MediaType json = new MediaType().schema(Schemas.ref(Schemas.REPLAY));
            json.addExamples("one target", Examples.replay());
            operation.setRequestBody(new RequestBody()
                    .description("Which targets; without a body all that do not have the message.")
                    .required(false)
                    .content(new Content().addMediaType(Answers.JSON, json)));
        }
        operation
                .getResponses()
                .addApiResponse(
                        "202",
                        Headers.add(
                                Answers.json(
                                        "It is tried again; the document shows its state now.",
                                        Schemas.JOURNALED_MESSAGE,
                                        Map.of("pending", Examples.replayed())),
                                Headers.LOCATION));
        // Camel's own, of an operation that declares no status
        operation.getResponses().remove("200");
    }

    private static void describe(Operation operation, String description) {
        if (operation.getDescription() == null) {
            operation.setDescription(description);
        }
    }
}
