package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REST operations that users add to the routes. */
class UsersOperationsTest {
    private static final String ORDERS =
            """
            - rest:
                path: /orders
                description: Orders.
                get:
                  - path: /{id}
                    id: findOrder
                    description: Finds an order.
                    param:
                      - name: limit
                        type: query
                        dataType: integer
                    responseMessage:
                      - code: 200
                        message: The order.
                        header:
                          - name: X-Count
                            dataType: integer
                    to: direct:find-order
                  - to: direct:list-orders
                put:
                  - path: /{id}
                    to: direct:change-order
                post:
                  - to: direct:send-order
                  - path: /plain
                    to: direct:send-plain-order
            - route:
                id: find-order
                from:
                  uri: direct:find-order
                  steps:
                    - setBody:
                        constant: found
            - route:
                id: list-orders
                from:
                  uri: direct:list-orders
                  steps:
                    - setBody:
                        constant: none
            - route:
                id: change-order
                from:
                  uri: direct:change-order
                  steps:
                    - setBody:
                        constant: changed
            - route:
                id: send-order
                from:
                  uri: direct:send-order
                  steps:
                    - process:
                        ref: acceptMessage
                    - policy:
                        ref: guaranteedDelivery
                        steps:
                          - to: direct:scatter-gather
                    - choice:
                        when:
                          - simple: ${body} != null
                            steps:
                              - process:
                                  ref: httpReply
            - route:
                id: send-plain-order
                from:
                  uri: direct:send-plain-order
                  steps:
                    - process:
                        ref: acceptMessage
                    - to: direct:scatter-gather
                    - process:
                        ref: httpReply
            """;

    @Test
    void operationsAppearWhenRoutesHaveThem(@TempDir Path folder) throws Exception {
        try (Instance instance = Instance.startWith(folder, ORDERS)) {
            assertThat(instance.get("/orders/7").body()).isEqualTo("found");

            JsonNode document = Contract.of(instance).document();

            assertThat(new OpenAPIV3Parser().readContents(document.toString()).getMessages())
                    .isEmpty();
            assertThat(Contract.names(document.path("paths")))
                    .containsExactlyInAnyOrder(
                            "/messages",
                            "/messages/{id}",
                            "/messages/{id}/replay",
                            "/orders",
                            "/orders/plain",
                            "/orders/{id}",
                            "/status",
                            "/status/history",
                            "/status/message",
                            "/status/messages");
            JsonNode find = document.at("/paths/~1orders~1{id}/get");
            assertThat(find.path("operationId").asText()).isEqualTo("findOrder");
            assertThat(find.path("parameters").findValuesAsText("name")).containsExactlyInAnyOrder("limit", "id");
            assertThat(find.at("/parameters/0/schema/type").asText()).isEqualTo("integer");
            assertThat(find.at("/responses/200/headers/X-Count/schema/type").asText())
                    .isEqualTo("integer");
            assertThat(Contract.names(find.at("/responses/default/content")))
                    .containsExactly("application/problem+json");
            assertThat(document.findValuesAsText("operationId")).doesNotHaveDuplicates();
        }
    }

    @Test
    void operationIsDocumentedAsMessageWhenItsRouteAnswersWithMergedReply(@TempDir Path folder) throws Exception {
        try (Instance instance = Instance.startWith(folder, ORDERS)) {
            JsonNode document = Contract.of(instance).document();

            assertThat(document.at("/paths/~1orders/post/responses"))
                    .isEqualTo(document.at("/paths/~1messages/post/responses"));
            JsonNode plain = document.at("/paths/~1orders~1plain/post");
            assertThat(Contract.names(plain.path("responses")))
                    .contains("200", "502", "504")
                    .doesNotContain("202", "409", "422");
            assertThat(plain.path("parameters").findValuesAsText("name")).doesNotContain("Prefer", "Idempotency-Key");
        }
    }

    @Test
    void documentIsAProblemAndMessagesAreTakenWhenAClassIsMissing(@TempDir Path folder) throws Exception {
        String yaml =
                """
                - rest:
                    path: /broken
                    get:
                      - outType: com.example.NotThere
                        to: direct:broken
                - route:
                    id: broken
                    from:
                      uri: direct:broken
                      steps:
                        - setBody:
                            constant: works
                """;
        try (Instance instance = Instance.startWith(folder, yaml)) {
            HttpResponse<String> answer = instance.get("/openapi.json");

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body())
                    .contains("urn:tandem:problem:internal-error")
                    .doesNotContain("NotThere");
            assertThat(instance.get("/broken").body()).isEqualTo("works");
        }
    }
}
