package io.tandem.openapi;

import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The answers of calls, as the document describes them. */
final class Answers {
    static final String JSON = "application/json";

    private Answers() {}

    /** JSON of a schema, with examples by name. */
    static ApiResponse json(String description, String schema, Map<String, Example> examples) {
        MediaType json = new MediaType().schema(Schemas.ref(schema));
        examples.forEach(json::addExamples);
        return new ApiResponse().description(description).content(new Content().addMediaType(JSON, json));
    }

    /** The body of a target, or one that is made of several: a body of any kind, alone. */
    static ApiResponse alone(String description, AnswerForm form, Map<String, Example> examples) {
        MediaType json = new MediaType().schema(Schemas.any("The body alone, when it is JSON."));
        examples.forEach(json::addExamples);
        Content content = new Content()
                .addMediaType(JSON, json)
                .addMediaType("text/plain", new MediaType().schema(Schemas.string("The body alone, when it is text.")));
        content.addMediaType(form == AnswerForm.FIRST ? "application/octet-stream" : "*/*", new MediaType());
        return new ApiResponse().description(description).content(content);
    }

    /** Says that the answer has the headers of a merged reply. */
    static ApiResponse merged(ApiResponse response) {
        return Headers.add(response, Headers.MESSAGE_ID, Headers.OUTCOME, Headers.SERVER_TIMING);
    }

    /** Any problem. */
    static ApiResponse problem(String description) {
        return problem(description, new MediaType().schema(Schemas.ref(Schemas.PROBLEM)));
    }

    /** The answer of one status, which several problems may share. */
    static ApiResponse refusal(List<ProblemType> types, AnswerForm form) {
        boolean merged = types.stream().allMatch(Problems::isMergedReply);
        boolean either = !merged && types.stream().anyMatch(Problems::isMergedReply);
        MediaType json = new MediaType()
                .schema(
                        either
                                ? Schemas.either(Schemas.PROBLEM, Schemas.UNMET_POLICY)
                                : Schemas.ref(merged ? Schemas.UNMET_POLICY : Schemas.PROBLEM));
        types.forEach(type -> json.addExamples(type.word(), Examples.of(type, form)));
        ApiResponse response =
                problem(types.stream().map(ProblemType::title).collect(Collectors.joining("; or: ", "", ".")), json);
        int status = types.get(0).status();
        if (status == 401) {
            Headers.add(response, Headers.WWW_AUTHENTICATE);
        }
        if (status == 405) {
            Headers.add(response, Headers.ALLOW);
        }
        // the same request may well succeed later
        if (status == 503 || status == 429 || types.contains(ProblemType.IN_FLIGHT)) {
            Headers.add(response, Headers.RETRY_AFTER);
        }
        if (either) {
            return Headers.addWhenMerged(response);
        }
        return merged ? merged(response) : response;
    }

    private static ApiResponse problem(String description, MediaType json) {
        return Headers.add(
                new ApiResponse()
                        .description(description)
                        .content(new Content().addMediaType(Problem.MEDIA_TYPE, json)),
                Headers.MESSAGE_ID);
    }
}
