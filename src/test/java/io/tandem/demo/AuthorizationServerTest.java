package io.tandem.demo;

import static io.tandem.demo.RunningDemo.basic;
import static io.tandem.demo.RunningDemo.encoded;
import static io.tandem.demo.RunningDemo.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationServerTest {
    private static final String GRANT = "grant_type=client_credentials";
    private static final Consumer<HttpRequest.Builder> NOTHING = request -> {};

    @RegisterExtension
    final RunningDemo running = new RunningDemo(Map.of("demo.authorization-server.token-lifetime", "90s"));

    private String id() {
        return running.configured(Demo.API_ONE, "oauth.client-id");
    }

    private String secret() {
        return running.configured(Demo.API_ONE, "oauth.client-secret");
    }

    private static void assertError(HttpResponse<String> reply, int status, String error) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        JsonNode json = json(reply);
        assertThat(json.get("error").textValue()).isEqualTo(error);
        assertThat(json.get("error_description").textValue()).isNotBlank();
        assertThat(reply.headers().firstValue("Cache-Control")).contains("no-store");
        if (status == 401) {
            assertThat(reply.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Basic ");
        }
    }

    private static void assertToken(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode json = json(reply);
        assertThat(json.get("access_token").textValue()).hasSizeGreaterThanOrEqualTo(43);
        assertThat(json.get("token_type").textValue()).isEqualTo("Bearer");
        assertThat(json.get("expires_in").intValue()).isEqualTo(90);
        assertThat(json.get("scope").textValue()).isEqualTo("orders.write");
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(reply.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void issuesATokenWhenBasicCredentialsAreRight() {
        assertToken(running.tokenCall(GRANT + "&scope=orders.write", basic(id(), secret())));
    }

    @Test
    void formDecodesBasicCredentials() {
        String everyCharacterEscaped =
                secret().chars().mapToObj("%%%02X"::formatted).collect(Collectors.joining());
        String pair = id() + ":" + everyCharacterEscaped;

        assertToken(running.tokenCall(
                GRANT,
                request -> request.setHeader(
                        "Authorization",
                        "basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))));
    }

    @Test
    void issuesATokenWhenPostedCredentialsAreRight() {
        assertToken(running.tokenCall(
                GRANT + "&client_id=" + encoded(id()) + "&client_secret=" + encoded(secret()), NOTHING));
    }

    @Test
    void toleratesTheSameClientIdInTheForm() {
        assertToken(running.tokenCall(GRANT + "&client_id=" + encoded(id()), basic(id(), secret())));
    }

    @Test
    void neverIssuesATokenTwice() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            tokens.add(running.token(Demo.API_ONE));
        }
        assertThat(tokens).hasSize(20);
    }

    @Test
    void refusesTheClientWhenTheSecretIsWrong() {
        assertError(running.tokenCall(GRANT, basic(id(), secret() + "x")), 401, "invalid_client");
        assertError(
                running.tokenCall(GRANT + "&client_id=" + id() + "&client_secret=wrong", NOTHING),
                401,
                "invalid_client");
    }

    @Test
    void refusesTheClientWhenItIsUnknown() {
        assertError(running.tokenCall(GRANT, basic("someone", secret())), 401, "invalid_client");
    }

    @Test
    void refusesTheClientWhenTheSecretIsTheOtherClients() {
        assertError(
                running.tokenCall(GRANT, basic(id(), running.configured(Demo.API_TWO, "oauth.client-secret"))),
                401,
                "invalid_client");
    }

    @Test
    void refusesTheClientWhenCredentialsAreMissing() {
        assertError(running.tokenCall(GRANT, NOTHING), 401, "invalid_client");
        assertError(running.tokenCall(GRANT + "&client_id=" + id(), NOTHING), 401, "invalid_client");
        assertError(
                running.tokenCall(GRANT + "&client_id=" + id() + "&client_secret=", NOTHING), 401, "invalid_client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic JXp6OiV6eg==", "Bearer abc"})
    void refusesTheClientWhenTheHeaderIsMalformed(String header) {
        assertError(
                running.tokenCall(GRANT, request -> request.setHeader("Authorization", header)), 401, "invalid_client");
    }

    @Test
    void refusesTheRequestWhenBothMethodsAreUsed() {
        assertError(
                running.tokenCall(GRANT + "&client_id=" + id() + "&client_secret=" + secret(), basic(id(), secret())),
                400,
                "invalid_request");
        assertError(running.tokenCall(GRANT + "&client_id=other", basic(id(), secret())), 400, "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "grant_type=", "grant_type=client_credentials&grant_type=client_credentials", "a=%zz"})
    void refusesTheRequestWhenItIsMalformed(String form) {
        assertError(running.tokenCall(form, basic(id(), secret())), 400, "invalid_request");
    }

    @Test
    void refusesTheRequestWhenItIsNotAForm() {
        assertError(
                running.tokenCall(
                        "{}",
                        basic(id(), secret())
                                .andThen(request -> request.setHeader("Content-Type", "application/json"))),
                400,
                "invalid_request");
    }

    @Test
    void refusesOtherGrantsAndScopes() {
        assertError(running.tokenCall("grant_type=password", basic(id(), secret())), 400, "unsupported_grant_type");
        assertError(running.tokenCall(GRANT + "&scope=admin", basic(id(), secret())), 400, "invalid_scope");
    }

    @Test
    void answersOnlyPost() {
        HttpResponse<String> reply = running.send(
                running.request(Demo.AUTHORIZATION_SERVER, "/token").build());

        assertThat(reply.statusCode()).isEqualTo(405);
        assertThat(reply.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void saysWhatThereIsWhenThePathIsUnknown() {
        HttpResponse<String> reply =
                running.send(running.request(Demo.AUTHORIZATION_SERVER, "/").build());

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(json(reply).get("detail").textValue()).isEqualTo("Served here: POST /token.");
    }
}
