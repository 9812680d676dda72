package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.Callers;
import io.tandem.support.Logs;
import io.tandem.support.RawHttp;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers have to show who they are before anything else of their requests is looked at. */
class WhoMayCallTest {
    private static final String[] SHOP = {"X-Api-Key", Callers.SHOP_KEY};
    private static final String[] OPERATOR = {"X-Api-Key", Callers.OPERATOR_KEY};
    private static final String[] ANN = {"Authorization", Callers.basic("ann", Callers.PASSWORD)};

    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        targets = new StubTargets();
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("api-key,basic"));
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
    }

    @BeforeEach
    void forget() {
        targets.forgetRequests();
    }

    private static HttpResponse<String> call(String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(tandem.uri(path))
                .method(
                        method,
                        method.equals("POST")
                                ? HttpRequest.BodyPublishers.ofString("{}")
                                : HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return tandem.send(request.build());
    }

    @Test
    void messageIsSentWhenTheCallerIsKnown() {
        assertThat(tandem.postJson("{}", SHOP).statusCode()).isEqualTo(200);
        assertThat(tandem.postJson("{}", ANN).statusCode()).isEqualTo(200);
        assertThat(targets.received()).hasSize(4).allSatisfy(request -> {
            assertThat(request.getHeaders().toString()).doesNotContain(Callers.SHOP_KEY);
            assertThat(request.containsHeader("Authorization")).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /messages",
                "GET /messages",
                "GET /messages/01JD8X4Q6T3K5M7N9P0R2S4V6W",
                "DELETE /messages",
                "GET /nowhere",
                "GET /openapi.json",
                "GET /docs",
                "OPTIONS /messages",
                "POST /docs"
            })
    void everyPathIsTheSameToStrangers(String call) {
        String[] parts = call.split(" ");
        HttpResponse<String> nothing = call("GET", "/nowhere/else");
        for (HttpResponse<String> refused : List.of(
                call(parts[0], parts[1]),
                call(parts[0], parts[1], "X-Api-Key", "wrong"),
                call(parts[0], parts[1], "Authorization", Callers.basic("ann", "wrong")),
                call(parts[0], parts[1], "Authorization", Callers.basic("nobody", "wrong")))) {
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(refused.headers().allValues("WWW-Authenticate"))
                    .containsExactly(
                            "ApiKey realm=\"tandem\", header=\"X-Api-Key\"",
                            "Basic realm=\"tandem\", charset=\"UTF-8\"");
            assertThat(withoutInstance(refused)).isEqualTo(withoutInstance(nothing));
            assertThat(refused.headers().map().keySet())
                    .isEqualTo(nothing.headers().map().keySet());
        }
        assertThat(targets.received()).isEmpty();
    }

    private static String withoutInstance(HttpResponse<String> refused) {
        return refused.body().replaceAll("\"instance\":\"[^\"]*\"", "");
    }

    @Test
    void bodyIsNotReadWhenNobodyKnowsWhoSendsIt() throws IOException {
        for (String credential : List.of("", "X-Api-Key: wrong\r\n", "Authorization: Basic YTpi\r\n")) {
            try (RawHttp connection = new RawHttp(tandem.port())) {
                connection.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n" + credential
                        + "Expect: 100-continue\r\n\r\n");

                assertThat(connection.read().status()).isEqualTo(401);
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    @Test
    void bodyThatComesWhileAPasswordIsTriedIsRead() throws IOException {
        try (RawHttp connection = new RawHttp(tandem.port())) {
            // tried anew: another spelling of what is known
            String basic = Callers.basic("ann", Callers.PASSWORD).replace("=", "");
            connection.send(
                    "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: "
                            + basic
                            + "\r\nContent-Length: 11\r\n\r\n{\"order\":1}GET /nowhere HTTP/1.1\r\nHost: localhost\r\n"
                            + "X-Api-Key: " + Callers.SHOP_KEY + "\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(404);
        }
        assertThat(targets.received("api-one"))
                .extracting(request -> request.getBodyAsString())
                .containsExactly("{\"order\":1}");
    }

    @Test
    void callerIsRefusedWhatItsScopesDoNotSay() {
        String sent = tandem.postJson("{}", join(SHOP, "Prefer", "wait=10")).body();
        String message = "/messages/" + RunningTandem.json(sent).path("id").asText();

        for (String call : List.of("GET /messages", "GET " + message, "POST " + message + "/replay")) {
            String[] parts = call.split(" ");
            HttpResponse<String> refused = call(parts[0], parts[1], SHOP);
            assertThat(refused.statusCode()).as(call).isEqualTo(403);
            assertThat(refused.body()).contains("urn:tandem:problem:forbidden", "This needs the scope messages.re");
            assertThat(call(parts[0], parts[1], OPERATOR).statusCode()).as(call).isLessThan(300);
        }
        assertThat(call("GET", "/openapi.json", SHOP).statusCode()).isEqualTo(200);
        assertThat(call("GET", "/docs", SHOP).statusCode()).isEqualTo(200);
    }

    @Test
    void idempotencyKeysBelongToTheirCaller() {
        HttpResponse<String> ofShop = tandem.postJson("{\"order\":1}", join(SHOP, "Idempotency-Key", "same"));
        HttpResponse<String> ofOperator = tandem.postJson("{\"order\":2}", join(OPERATOR, "Idempotency-Key", "same"));
        HttpResponse<String> again = tandem.postJson("{\"order\":1}", join(SHOP, "Idempotency-Key", "same"));

        assertThat(ofShop.statusCode()).isEqualTo(200);
        assertThat(ofOperator.statusCode()).isEqualTo(200);
        assertThat(id(ofOperator)).isNotEqualTo(id(ofShop));
        assertThat(again.body()).isEqualTo(ofShop.body());
        assertThat(targets.received("api-one")).hasSize(2);
    }

    @Test
    void pageOfAnotherSiteCanNotUseThePasswordThatABrowserRemembers() {
        assertThat(tandem.post("text/plain", "{}", join(ANN, "Sec-Fetch-Site", "cross-site"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(tandem.post("text/plain", "{}", join(ANN, "Sec-Fetch-Site", "same-site"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(targets.received()).isEmpty();
        assertThat(tandem.postJson("{}", join(ANN, "Sec-Fetch-Site", "same-origin"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(call("GET", "/docs", join(ANN, "Sec-Fetch-Site", "cross-site"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void contractIsForEverybodyWhenThatIsSaid() {
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("api-key"));
        settings.put("tandem.auth.public-docs", "true");
        try (RunningTandem open = RunningTandem.start(settings)) {
            assertThat(open.get(open.uri("/openapi.json")).statusCode()).isEqualTo(200);
            assertThat(open.get(open.uri("/docs/swagger-ui.css")).statusCode()).isEqualTo(200);
            assertThat(open.get(open.uri("/docs/nothing")).statusCode()).isEqualTo(401);
            assertThat(open.get(open.uri("/messages")).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void credentialIsInNoLog() {
        try (Logs logs = new Logs(Map.of())) {
            call("GET", "/messages", "X-Api-Key", "s3cr3t-key");
            call("GET", "/messages", "Authorization", Callers.basic("ann", "s3cr3t-password"));

            assertThat(logs.all().toString()).doesNotContain("s3cr3t", Callers.basic("ann", "s3cr3t-password"));
        }
    }

    private static String id(HttpResponse<String> response) {
        return RunningTandem.json(response).path("id").asText();
    }

    private static String[] join(String[] headers, String... more) {
        return Stream.of(headers, more).flatMap(Arrays::stream).toArray(String[]::new);
    }
}
