package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.MessageState;
import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiDocumentTest {
    /** Not for who sends a message: here nobody is asked who they are, and the path is known. */
    private static final Set<ProblemType> NOT_FOR_MESSAGES = EnumSet.of(
            ProblemType.UNAUTHORIZED,
            ProblemType.AUTHENTICATION_UNAVAILABLE,
            ProblemType.RATE_LIMITED,
            ProblemType.NOT_FOUND,
            ProblemType.MALFORMED_RECORD,
            // of strategies of the users' own
            ProblemType.MERGE_FAILED);

    private static Instance instance;
    private static Contract contract;
    private static JsonNode document;
    private static JsonNode operation;

    @BeforeAll
    static void read() throws Exception {
        instance = Instance.start();
        contract = Contract.of(instance);
        document = contract.document();
        operation = document.at("/paths/~1messages/post");
    }

    @AfterAll
    static void stop() {
        instance.close();
    }

    @Test
    void documentIsValidOpenApiWithAllReferencesResolved() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        options.setResolveFully(true);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString(), null, options);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths())
                .containsOnlyKeys(
                        "/messages",
                        "/messages/{id}",
                        "/messages/{id}/replay",
                        "/status",
                        "/status/history",
                        "/status/messages",
                        "/status/message");
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
        document.findValuesAsText("$ref")
                .forEach(ref -> assertThat(document.at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse());
    }

    @Test
    void infoNamesTitleVersionAndLicense() {
        assertThat(document.at("/info/title").asText()).isEqualTo("Tandem");
        assertThat(document.at("/info/version").asText()).isNotEmpty();
        assertThat(document.at("/info/license/name").asText()).isEqualTo("Apache-2.0");
    }

    @Test
    void serverIsRelativeAndNobodyIsAskedWhoTheyAre() {
        assertThat(document.path("servers").findValuesAsText("url")).containsExactly("/");
        assertThat(document.path("security").isArray()).isTrue();
        assertThat(document.path("security")).isEmpty();
    }

    @Test
    void requestTakesAnyContentAndShowsJsonFirst() {
        assertThat(operation.at("/requestBody/required").asBoolean()).isTrue();
        assertThat(Contract.names(operation.at("/requestBody/content")))
                .startsWith("application/json")
                .endsWith("*/*");
    }

    @Test
    void headersThatAreForwardedAreParameters() {
        assertThat(operation.path("parameters").findValuesAsText("name"))
                .containsExactly("Prefer", "Idempotency-Key", "Tandem-Deadline", "traceparent", "X-Request-Id");
    }

    @Test
    void everyStatusIsDocumented() {
        assertThat(Contract.names(operation.path("responses")))
                .containsExactly(
                        "200", "202", "400", "403", "405", "406", "408", "409", "413", "415", "422", "431", "500",
                        "502", "503", "504");
    }

    @Test
    void callsOfTheJournalHaveTheirParametersAndAnswers() {
        JsonNode list = contract.operation("get /messages");
        assertThat(list.path("parameters").findValuesAsText("name"))
                .containsExactly("state", "target", "limit", "after");
        assertThat(list.at("/parameters/2/schema/maximum").asInt()).isEqualTo(1000);
        assertThat(list.at("/parameters/2/schema/default").asInt()).isEqualTo(50);
        assertThat(Contract.names(list.path("responses")))
                .containsExactly("200", "400", "403", "406", "431", "500", "503");
        JsonNode show = contract.operation("get /messages/{id}");
        assertThat(show.at("/parameters/0/in").asText()).isEqualTo("path");
        assertThat(show.at("/parameters/0/schema/pattern").asText()).isNotEmpty();
        assertThat(Contract.names(show.path("responses")))
                .containsExactly("200", "400", "403", "404", "406", "431", "500", "503");
        JsonNode replay = contract.operation("post /messages/{id}/replay");
        assertThat(replay.at("/requestBody/required").asBoolean()).isFalse();
        assertThat(Contract.names(replay.path("responses")))
                .containsExactly("202", "400", "403", "404", "406", "408", "409", "413", "415", "431", "500", "503");
        assertThat(Contract.names(replay.at("/responses/202/headers"))).containsExactly("Location");
    }

    @ParameterizedTest
    @EnumSource(MessageState.class)
    void stateIsDocumented(MessageState state) {
        assertThat(values("/components/schemas/JournaledMessage/properties/state/enum"))
                .contains(state.word());
        assertThat(values("/paths/~1messages/get/parameters/0/schema/enum")).contains(state.word());
    }

    @ParameterizedTest
    @EnumSource(DeliveryState.class)
    void stateOfADeliveryIsDocumented(DeliveryState state) {
        assertThat(values("/components/schemas/JournaledDelivery/properties/state/enum"))
                .contains(state.word());
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "order-1", "\"order 1\"", "\" \"", "a b"})
    void keyThatIsTakenFitsItsPattern(String key) {
        assertThat(key).matches(keyPattern());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "\"", " k", "k ", "a\tb", "a\"b", "\"a\\b\"", "é"})
    void keyThatIsNoneDoesNotFitItsPattern(String key) {
        assertThat(key).doesNotMatch(keyPattern());
    }

    private static String keyPattern() {
        return operation.at("/parameters/1/schema/pattern").asText();
    }

    @Test
    void headersAreDocumentedWhereTheyAreSent() {
        assertThat(documentedHeaders("200"))
                .containsExactly("Tandem-Message-Id", "Tandem-Outcome", "Server-Timing", "Preference-Applied");
        assertThat(documentedHeaders("202")).containsExactly("Tandem-Message-Id", "Location", "Preference-Applied");
        assertThat(documentedHeaders("409")).containsExactly("Tandem-Message-Id", "Retry-After");
        assertThat(documentedHeaders("502")).contains("Tandem-Message-Id", "Tandem-Outcome", "Server-Timing");
        assertThat(documentedHeaders("504")).contains("Tandem-Message-Id", "Tandem-Outcome", "Server-Timing");
        assertThat(documentedHeaders("503")).contains("Tandem-Message-Id", "Retry-After");
        assertThat(documentedHeaders("405")).contains("Tandem-Message-Id", "Allow");
    }

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void problemIsDocumented(ProblemType type) {
        assertThat(values("/components/schemas/ProblemType/enum")).contains(type.type());
        boolean ofOneTarget = type.name().matches("(TARGET|TOKEN|DELIVERY)_.*");
        if (!ofOneTarget && !NOT_FOR_MESSAGES.contains(type)) {
            JsonNode response = operation.path("responses").path(Integer.toString(type.status()));
            assertThat(response.findValuesAsText("type")).contains(type.type());
        }
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void outcomeIsDocumented(Outcome outcome) {
        assertThat(values("/components/schemas/Outcome/enum")).contains(outcome.word());
    }

    @Test
    void examplesFitTheirSchemas() {
        List<String> checked = new ArrayList<>();
        contract.operations().forEach((call, described) -> {
            for (Map.Entry<String, JsonNode> response :
                    described.path("responses").properties()) {
                assertExamplesFit(call + " " + response.getKey(), response.getValue(), checked);
            }
            assertExamplesFit(call, described.path("requestBody"), checked);
        });
        assertThat(checked)
                .hasSizeGreaterThan(50)
                .contains(
                        "post /messages 200 partial",
                        "post /messages 504 policy-timed-out",
                        "get /messages 200 page",
                        "post /messages/{id}/replay one target");
    }

    private static void assertExamplesFit(String what, JsonNode described, List<String> checked) {
        for (JsonNode media : described.path("content")) {
            for (Map.Entry<String, JsonNode> example : media.path("examples").properties()) {
                checked.add(what + " " + example.getKey());
                if (media.path("schema").has("$ref")) {
                    contract.assertFits(example.getValue().path("value"), media.path("schema"), example.getKey());
                }
            }
        }
    }

    @Test
    void documentIsMadeOnce() throws Exception {
        String first =
                instance.get("/openapi.json").headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> second = instance.bytes("/openapi.json", "If-None-Match", first);

        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
    }

    private static List<String> documentedHeaders(String status) {
        return Contract.names(operation.path("responses").path(status).path("headers"));
    }

    private static List<String> values(String pointer) {
        List<String> values = new ArrayList<>();
        document.at(pointer).forEach(value -> values.add(value.asText()));
        return values;
    }
}
