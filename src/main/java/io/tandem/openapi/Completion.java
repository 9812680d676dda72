package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Completes the document that Camel makes of REST definitions with what they can't say: every status, header and problem
 * that the HTTP entry and the merging of replies bring with them. For one thread and one document.
 */
final class Completion {
    private static final String JSON = "application/json";

    /** OpenAPI describes these elsewhere, and ignores parameters of these names. */
    private static final Set<String> NOT_PARAMETERS = Set.of("accept", "authorization", "content-type");

    private final OpenAPI api;
    private final Set<String> forwardHeaders;

    Completion(OpenAPI api, Set<String> forwardHeaders) {
        this.api = api;
        this.forwardHeaders = new TreeSet<>(forwardHeaders);
    }

    /** @param endsInMergedReply whether the operation of a method and a path answers with a merged reply */
    void complete(BiPredicate<String, String> endsInMergedReply) {
        api.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .forEach(operation -> dropEmptyDefault(operation.getResponses()));
        Repair.repair(api);
        Components components = api.getComponents() == null ? new Components() : api.getComponents();
        api.setComponents(components);
        Schemas.addTo(components);
        addHeaders(components);
        // Nobody is asked who they are, unless a REST definition says so (securityDefinitions, security). Callers'
        // authentication belongs here: a scheme in the components and a requirement for all operations.
        if (api.getSecurity() == null) {
            api.setSecurity(List.of());
        }
        api.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            if (endsInMergedReply.test(method.name(), path)) {
                completeMessage(operation);
            } else {
                completeOther(operation.getResponses());
            }
        }));
    }

    private void completeMessage(Operation operation) {
        if (operation.getDescription() == null) {
            operation.setDescription(
                    """
                    Every target gets the same body at the same moment. The answer comes when each has answered, failed or \
                    run out of time, and says for each what became of the message. Whether that is a success is for the \
                    completion policy to say: `200` when it is met, else `502`, or `504` when all that is missing timed out.
                    """);
        }
        if (operation.getRequestBody() == null) {
            operation.setRequestBody(request());
        }
        addHeader(
                operation,
                "traceparent",
                "W3C trace context: targets get the same trace. Without it, a new one begins.");
        forwardHeaders.forEach(name -> addHeader(operation, name, "Handed on to the targets."));
        ApiResponses responses = operation.getResponses();
        responses.addApiResponse("200", reply("The completion policy is met."));
        Problems.byStatus()
                .forEach((status, types) -> responses.addApiResponse(Integer.toString(status), refusal(types)));
    }

    private static RequestBody request() {
        MediaType json = new MediaType().schema(Schemas.any("Any JSON document. It is checked to be one."));
        json.addExamples("order", Examples.request());
        return new RequestBody()
                .description("The message. Any content type is taken and passed on as it is.")
                .required(true)
                .content(new Content()
                        .addMediaType(JSON, json)
                        .addMediaType("text/plain", new MediaType().schema(Schemas.string("Any text.")))
                        .addMediaType("*/*", new MediaType()));
    }

    /** Unless it can't be, or the REST definition has it already. */
    private static void addHeader(Operation operation, String name, String description) {
        List<Parameter> known = operation.getParameters() == null ? List.of() : operation.getParameters();
        if (!NOT_PARAMETERS.contains(name.toLowerCase(Locale.ROOT))
                && known.stream().noneMatch(parameter -> name.equalsIgnoreCase(parameter.getName()))) {
            operation.addParametersItem(new Parameter()
                    .in("header")
                    .name(name)
                    .description(description)
                    .required(false)
                    .schema(Schemas.string(null)));
        }
    }

    private static ApiResponse reply(String description) {
        MediaType json = media(Schemas.MERGED_REPLY);
        json.addExamples("complete", Examples.complete());
        json.addExamples("partial", Examples.partial());
        return mergedHeaders(
                new ApiResponse().description(description).content(new Content().addMediaType(JSON, json)));
    }

    /** The answer of one status, which several problems may share. */
    private static ApiResponse refusal(List<ProblemType> types) {
        boolean merged = types.stream().allMatch(Problems::isUnmetPolicy);
        MediaType json = media(merged ? Schemas.UNMET_POLICY : Schemas.PROBLEM);
        types.forEach(type -> json.addExamples(nameOf(type), Examples.of(type)));
        ApiResponse response = problemResponse(
                        types.stream().map(ProblemType::title).collect(Collectors.joining("; or: ", "", ".")))
                .content(new Content().addMediaType(Problem.MEDIA_TYPE, json));
        int status = types.get(0).status();
        if (status == 405) {
            response.addHeaderObject("Allow", headerRef("Allow"));
        }
        if (status == 503) {
            response.addHeaderObject("Retry-After", headerRef("Retry-After"));
        }
        return merged ? mergedHeaders(response) : response;
    }

    private static ApiResponse mergedHeaders(ApiResponse response) {
        response.addHeaderObject("Tandem-Message-Id", headerRef("Tandem-Message-Id"));
        response.addHeaderObject("Tandem-Outcome", headerRef("Tandem-Outcome"));
        return response.addHeaderObject("Server-Timing", headerRef("Server-Timing"));
    }

    private static ApiResponse problemResponse(String description) {
        ApiResponse response = new ApiResponse().description(description);
        response.addHeaderObject("Tandem-Message-Id", headerRef("Tandem-Message-Id"));
        return response;
    }

    private static Header headerRef(String name) {
        return new Header().$ref("#/components/headers/" + name);
    }

    private static void addHeaders(Components components) {
        components.addHeaders(
                "Tandem-Message-Id",
                new Header()
                        .description("Names the message, or the refusal, in logs.")
                        .schema(Schemas.messageId()));
        components.addHeaders(
                "Tandem-Outcome",
                new Header().description("The outcome of the message.").schema(Schemas.messageOutcome()));
        components.addHeaders(
                "Server-Timing",
                new Header()
                        .description("What each target took, in milliseconds.")
                        .schema(Schemas.string(null))
                        .example("api-one;dur=41, api-two;dur=57"));
        components.addHeaders(
                "Retry-After",
                new Header().description("Seconds after which to try again.").schema(Schemas.integer(null, 0)));
        components.addHeaders(
                "Allow",
                new Header().description("The methods that are allowed here.").schema(Schemas.string(null)));
    }

    private static MediaType media(String schema) {
        return new MediaType().schema(Schemas.ref(schema));
    }

    private static String nameOf(ProblemType type) {
        return type.type().substring(type.type().lastIndexOf(':') + 1);
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
            Content problem = new Content().addMediaType(Problem.MEDIA_TYPE, media(Schemas.PROBLEM));
            responses.addApiResponse(
                    ApiResponses.DEFAULT,
                    problemResponse("What else can go wrong.").content(problem));
        }
    }
}
