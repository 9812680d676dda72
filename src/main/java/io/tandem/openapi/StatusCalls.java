package io.tandem.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.tags.Tag;
import io.tandem.status.StatusPage;
import java.util.Map;
import java.util.function.BiConsumer;

/** The calls behind the status page. */
final class StatusCalls {
    private static final String TAG = "Status";

    private StatusCalls() {}

    /** @param complete adds who may call, and how a call is refused */
    static void addTo(OpenAPI api, BiConsumer<Operation, Call> complete) {
        api.addTagsItem(new Tag().name(TAG).description("What the status page shows."));
        RecordSchemas schemas = new RecordSchemas(api.getComponents());
        for (StatusPage.Document document : StatusPage.documents()) {
            Operation operation = new Operation()
                    .operationId(operationId(document.path()))
                    .addTagsItem(TAG)
                    .summary(document.description())
                    .responses(new ApiResponses()
                            .addApiResponse(
                                    "200",
                                    Answers.json(document.description(), schemas.add(document.type()), Map.of())));
            if (document.byId()) {
                operation.addParametersItem(new Parameter()
                        .in("query")
                        .name("id")
                        .description("The id of the message.")
                        .required(true)
                        .schema(Schemas.askedId()));
            }
            complete.accept(operation, document.byId() ? Call.STORY : Call.WATCH);
            api.path(document.path(), new PathItem().get(operation));
        }
    }

    /** {@code showStatusHistory} of {@code /status/history}. */
    private static String operationId(String path) {
        StringBuilder id = new StringBuilder("show");
        for (String part : path.substring(1).split("/")) {
            id.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
        }
        return id.toString();
    }
}
