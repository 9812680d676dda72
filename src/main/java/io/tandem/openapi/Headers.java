package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;

/** The headers of what Tandem answers: each is there once, and referred to. */
final class Headers {
    static final String MESSAGE_ID = "Tandem-Message-Id";
    static final String OUTCOME = "Tandem-Outcome";
    static final String SERVER_TIMING = "Server-Timing";
    static final String LOCATION = "Location";
    static final String PREFERENCE_APPLIED = "Preference-Applied";
    static final String RETRY_AFTER = "Retry-After";
    static final String ALLOW = "Allow";
    static final String WWW_AUTHENTICATE = "WWW-Authenticate";

    private Headers() {}

    static void addTo(Components components) {
        components.addHeaders(MESSAGE_ID, always("Names the message, or the refusal, in logs.", Schemas.messageId()));
        components.addHeaders(OUTCOME, always("The outcome of the message.", Schemas.messageOutcome()));
        components.addHeaders(
                SERVER_TIMING,
                always("What each target took, in milliseconds.", Schemas.string(null))
                        .example("api-one;dur=41, api-two;dur=57"));
        Schema<?> reference = Schemas.string(null);
        reference.setFormat("uri-reference");
        components.addHeaders(
                LOCATION,
                always("Where the state of the message is.", reference).example("/messages/" + Examples.ID));
        components.addHeaders(
                PREFERENCE_APPLIED,
                new Header()
                        .description("What was followed of `Prefer` (RFC 7240); absent without one.")
                        .required(false)
                        .schema(Schemas.string(null))
                        .example("respond-async"));
        components.addHeaders(RETRY_AFTER, always("Seconds after which to try again.", Schemas.integer(null, 0)));
        components.addHeaders(
                WWW_AUTHENTICATE,
                always("How to show who calls: a header for each way (RFC 9110 §11.6.1).", Schemas.string(null))
                        .example("Basic realm=\"tandem\", charset=\"UTF-8\""));
        components.addHeaders(ALLOW, always("The methods that are allowed here.", Schemas.string(null)));
    }

    /** Says that an answer has these headers. */
    static ApiResponse add(ApiResponse response, String... names) {
        for (String name : names) {
            response.addHeaderObject(name, new Header().$ref("#/components/headers/" + name));
        }
        return response;
    }

    /** Says that some answers of a status have the headers of a merged reply, and others not. */
    static ApiResponse addWhenMerged(ApiResponse response) {
        response.addHeaderObject(
                OUTCOME,
                new Header()
                        .description("The outcome of the message, when it has come to one.")
                        .required(false)
                        .schema(Schemas.messageOutcome()));
        response.addHeaderObject(
                SERVER_TIMING,
                new Header()
                        .description("What each target took, in milliseconds, when they were called.")
                        .required(false)
                        .schema(Schemas.string(null)));
        return response;
    }

    private static Header always(String description, Schema<?> schema) {
        return new Header().description(description).required(true).schema(schema);
    }
}
