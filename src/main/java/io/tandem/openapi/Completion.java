package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.tandem.caller.Permission;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Completes the document that Camel makes of REST definitions with what they can't say: every status, header and problem
 * that the HTTP entry, the journal and the merging of replies bring with them. For one thread and one document.
 */
final class Completion {
    private final OpenAPI api;
    private final AnswerForm form;
    private final SendCall send;
    private final Security security;

    Completion(OpenAPI api, AnswerForm form, Set<String> forwardHeaders, Security security) {
        this.api = api;
        this.form = form;
        this.security = security;
        this.send = new SendCall(form, forwardHeaders);
    }

    /** @param calls what Tandem answers to the operation of a method and a path; null: what is for its route to say */
    void complete(BiFunction<String, String, @Nullable Call> calls) {
        api.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .forEach(operation -> dropEmptyDefault(operation.getResponses()));
        Repair.repair(api);
        Components components = api.getComponents() == null ? new Components() : api.getComponents();
        api.setComponents(components);
        Schemas.addTo(components, form);
        Headers.addTo(components);
        if (api.getSecurity() == null) {
            api.setSecurity(List.of());
        }
        security.addTo(components);
        api.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            security.require(operation, Permission.of(method.name(), path));
            complete(operation, calls.apply(method.name(), path));
        }));
    }

    private void complete(Operation operation, @Nullable Call call) {
        if (call == null) {
            completeOther(operation.getResponses());
            return;
        }
        switch (call) {
            case SEND, SEND_GUARANTEED -> send.complete(operation, call == Call.SEND_GUARANTEED);
            case LIST -> JournalCalls.completeList(operation);
            case SHOW -> JournalCalls.completeShow(operation);
            case REPLAY -> JournalCalls.completeReplay(operation);
            case WATCH, STORY -> {
                // made whole by StatusCalls
            }
        }
        addRefusals(operation, call);
    }

    /** Adds the documents of the status page, which are there whatever the routes are. */
    void addStatusPage() {
        StatusCalls.addTo(api, (operation, call) -> {
            security.require(operation, Permission.READ);
            addRefusals(operation, call);
        });
    }

    private void addRefusals(Operation operation, Call call) {
        Problems.byStatus(call, form, security).forEach((status, types) -> {
            ApiResponse refusal = Answers.refusal(types, form);
            if (status == 403 && security.namesScope()) {
                Headers.add(refusal, Headers.WWW_AUTHENTICATE);
            }
            operation.getResponses().addApiResponse(Integer.toString(status), refusal);
        });
    }

    /** Camel puts one where none is declared. */
    private static void dropEmptyDefault(ApiResponses responses) {
        ApiResponse fallback = responses.get(ApiResponses.DEFAULT);
        if (fallback != null && fallback.getDescription() == null && fallback.getContent() == null) {
            responses.remove(ApiResponses.DEFAULT);
        }
    }

    /** An operation of the users' own: what it answers is theirs to say, what can go wrong before it is the same. */
    private static void completeOther(ApiResponses responses) {
        if (responses.keySet().stream().noneMatch(status -> status.startsWith("2"))) {
            responses.addApiResponse("200", new ApiResponse().description("What the route answers."));
        }
        if (!responses.containsKey(ApiResponses.DEFAULT)) {
            responses.addApiResponse(ApiResponses.DEFAULT, Answers.problem("What else can go wrong."));
        }
    }
}
