package io.tandem.openapi;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.tandem.support.BrokenEdit;
import io.tandem.support.Misbehaving;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a running instance answers is what its document says. */
class DocumentedRepliesTest {
    private static Instance instance;
    private static Contract contract;

    @BeforeAll
    static void start() throws Exception {
        instance = Instance.start();
        instance.targetAnswers("api-one", okJson("{\"taken\":true}"));
        contract = Contract.of(instance);
    }

    @AfterAll
    static void stop() {
        instance.close();
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                target("JSON", 200, okJson("[1,2,3]")),
                target(
                        "text",
                        200,
                        aResponse().withHeader("Content-Type", "text/plain").withBody("taken")),
                target(
                        "bytes",
                        200,
                        aResponse().withHeader("Content-Type", "image/png").withBody(new byte[] {1, 2})),
                target("nothing", 200, aResponse().withStatus(204)),
                target("no", 502, aResponse().withStatus(422).withBody("{}")),
                target("server error", 502, serverError()),
                target("redirect", 502, aResponse().withStatus(302).withHeader("Location", "/elsewhere")),
                target("reset", 502, aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
                target("nothing in time", 504, okJson("{}").withFixedDelay(20_000)));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void mergedReplyIsDocumentedWhenTargetAnswers(ResponseDefinitionBuilder answer, int status) throws Exception {
        instance.targetAnswers("api-two", answer);

        HttpResponse<String> reply = instance.send("/messages", post("application/json", "{\"order\":1}"));

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        contract.assertDocuments(reply);
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                Arguments.of(Map.of("tandem.shape", "collect"), "replies"),
                Arguments.of(Map.of("tandem.shape", "merge"), "conflicts"),
                Arguments.of(Map.of("tandem.shape", "compare"), "comparison"));
    }

    /** Policy met and not, and with what there is to be merged and compared. */
    @ParameterizedTest
    @MethodSource("shapes")
    void replyIsDocumentedInEachShape(Map<String, String> settings, String member) throws Exception {
        try (Instance shaped = Instance.start(settings)) {
            Contract documented = Contract.of(shaped);
            assertThat(documented
                            .document()
                            .at("/components/schemas/MergedReply/required")
                            .toString())
                    .contains(member);
            shaped.targetAnswers("api-one", okJson("{\"a\":1,\"b\":[1,{\"c\":null}],\"gone\":{}}"));
            for (ResponseDefinitionBuilder answer : List.of(
                    okJson("{\"a\":2,\"b\":[{\"c\":[]},1],\"new\":true}"),
                    okJson("[]"),
                    aResponse().withStatus(204),
                    serverError())) {
                shaped.targetAnswers("api-two", answer);

                HttpResponse<String> reply = shaped.send("/messages", post("application/json", "{}"));

                assertThat(RunningTandem.json(reply).has(member)).isTrue();
                documented.assertDocuments(reply);
            }
        }
    }

    @Test
    void replyIsDocumentedWhenItIsTheFirstBodyAlone() throws Exception {
        try (Instance first = Instance.start(Map.of("tandem.shape", "first", "tandem.completion", "best-effort"))) {
            Contract documented = Contract.of(first);
            first.targetAnswers("api-one", serverError());
            for (ResponseDefinitionBuilder answer : List.of(
                    okJson("[1]"),
                    aResponse().withHeader("Content-Type", "text/plain").withBody("taken"),
                    aResponse().withHeader("Content-Type", "image/png").withBody(new byte[] {1, 2}),
                    aResponse().withStatus(204),
                    serverError())) {
                first.targetAnswers("api-two", answer);

                HttpResponse<String> reply = first.send("/messages", post("application/json", "{}"));

                assertThat(reply.statusCode()).isEqualTo(200);
                documented.assertDocuments(reply);
            }
            assertThat(Contract.names(documented.operation("post /messages").at("/responses/200/content")))
                    .containsExactlyInAnyOrder("application/json", "text/plain", "application/octet-stream");
        }
    }

    @Test
    void replyIsDocumentedWhenAStrategyOfTheUsersOwnMakesIt(@TempDir Path folder) throws Exception {
        RoutesFolder routes = new RoutesFolder(folder.toRealPath());
        routes.plant(BrokenEdit.SCATTER, "aggregationStrategy: mergeReplies", "aggregationStrategy: \"#own\"");
        routes.append(
                BrokenEdit.SCATTER, "\n- beans:\n    - {name: own, type: %s}\n".formatted(Misbehaving.class.getName()));
        try (Instance own =
                Instance.start(Map.of("tandem.routes", routes.path("routes").toString()))) {
            Contract documented = Contract.of(own);
            own.targetAnswers("api-two", okJson("{}"));
            for (String what : List.of("speak", "xml", "bytes", "throw")) {
                own.targetAnswers("api-one", okJson("{\"do\":\"" + what + "\"}"));

                HttpResponse<String> reply = own.send("/messages", post("application/json", "{}"));

                assertThat(reply.statusCode()).isEqualTo(what.equals("throw") ? 500 : 200);
                documented.assertDocuments(reply);
            }
            own.targetAnswers("api-two", serverError());
            documented.assertDocuments(own.send("/messages", post("application/json", "{}")));
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                request("malformed JSON", 400, post("application/json", "{\"order\":")),
                request("an empty body", 400, post("application/json", "")),
                request("a malformed content type", 400, post("nonsense", "x")),
                request("another method", 405, builder -> builder.DELETE()),
                request("an Accept that can't be met", 406, builder -> post("text/plain", "x")
                        .apply(builder)
                        .header("Accept", "image/png")),
                request("a body that is too large", 413, post("text/plain", "x".repeat(Instance.MAX_BODY + 1))),
                request("a compressed body", 415, builder -> post("text/plain", "x")
                        .apply(builder)
                        .header("Content-Encoding", "gzip")),
                request("headers that are too large", 431, builder -> post("text/plain", "x")
                        .apply(builder)
                        .header("X-Large", "x".repeat(20_000))));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void refusalIsDocumentedWhenRequestIsWrong(UnaryOperator<HttpRequest.Builder> request, int status)
            throws Exception {
        HttpResponse<String> reply = instance.send("/messages", request);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        contract.assertDocuments(reply);
    }

    @Test
    void exampleOfTheDocumentIsTakenWhenSent() throws Exception {
        instance.targetAnswers("api-two", okJson("{}"));
        String example = contract.document()
                .at("/paths/~1messages/post/requestBody/content/application~1json/examples/order/value")
                .toString();

        assertThat(instance.send("/messages", post("application/json", example)).statusCode())
                .isEqualTo(200);
    }

    private static Arguments target(String name, int status, ResponseDefinitionBuilder answer) {
        return Arguments.of(Named.of(name, answer), status);
    }

    private static Arguments request(String name, int status, UnaryOperator<HttpRequest.Builder> request) {
        return Arguments.of(Named.of(name, request), status);
    }

    private static UnaryOperator<HttpRequest.Builder> post(String contentType, String body) {
        return builder -> builder.header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofString(body));
    }
}
