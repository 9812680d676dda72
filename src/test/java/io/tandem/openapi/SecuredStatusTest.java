package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.Callers;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Tandem says that asks its callers who they are, and that it answers so. */
class SecuredStatusTest {
    private static Instance instance;
    private static Contract contract;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> settings = Callers.settings("api-key,basic,jwt");
        settings.put("tandem.auth.public-docs", "true");
        settings.put("tandem.auth.scope.read", "tandem.operator");
        settings.put("tandem.auth.jwt.issuer", "http://127.0.0.1:1/nobody");
        settings.put("tandem.auth.jwt.audience", "tandem");
        settings.put("tandem.caller.rate", "1000/h");
        instance = Instance.start(settings);
        contract = Contract.of(instance);
    }

    @AfterAll
    static void stop() {
        instance.close();
    }

    @Test
    void schemesAreThoseOfTheConfiguration() {
        JsonNode schemes = contract.document().at("/components/securitySchemes");

        assertThat(Contract.names(schemes)).containsExactlyInAnyOrder("api-key", "basic", "jwt");
        assertThat(schemes.at("/api-key/in").asText()).isEqualTo("header");
        assertThat(schemes.at("/api-key/name").asText()).isEqualTo("X-Api-Key");
        assertThat(schemes.at("/basic/scheme").asText()).isEqualTo("basic");
        assertThat(schemes.at("/jwt/scheme").asText()).isEqualTo("bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "post /messages, messages.write",
        "get /messages, tandem.operator",
        "get /messages/{id}, tandem.operator",
        "get /status, tandem.operator",
        "get /status/message, tandem.operator",
        "post /messages/{id}/replay, messages.replay"
    })
    void operationSaysWhatItNeedsAndHowItRefuses(String call, String scope) throws Exception {
        JsonNode security = contract.operation(call).path("security");
        assertThat(security).hasSize(3);
        assertThat(security.at("/0/api-key/0").asText()).isEqualTo(scope);
        assertThat(security.at("/1/basic/0").asText()).isEqualTo(scope);
        assertThat(security.at("/2/jwt/0").asText()).isEqualTo(scope);

        Contract.Answer stranger = answer(call);
        assertThat(stranger.status()).isEqualTo(401);
        contract.assertDocuments(call, stranger);

        try (Instance limited = Instance.start(Map.of("tandem.caller.rate", "1/h"))) {
            Contract ofLimited = Contract.of(limited);
            Contract.Answer tooMany = answer(limited, call);
            assertThat(tooMany.status()).isEqualTo(429);
            ofLimited.assertDocuments(call, tooMany);
        }

        if (!call.equals("post /messages")) {
            Contract.Answer shop = answer(call, "X-Api-Key", Callers.SHOP_KEY);
            assertThat(shop.status()).isEqualTo(403);
            contract.assertDocuments(call, shop);
        }
    }

    @Test
    void refusalIsDocumentedWhenTooManyPasswordsWait() throws Exception {
        List<CompletableFuture<Contract.Answer>> guesses = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String guess = Callers.basic("ann", "guess " + i);
            guesses.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return answer("get /messages", "Authorization", guess);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> new Thread(task).start()));
        }

        // those that are tried may take their time
        Contract.Answer busy = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> guesses.stream()
                                .filter(guess -> guess.isDone() && !guess.isCompletedExceptionally())
                                .map(CompletableFuture::join)
                                .filter(answer -> answer.status() == 503)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();

        contract.assertDocuments("get /messages", busy);
        assertThat(busy.body()).contains("urn:tandem:problem:authentication-unavailable");
    }

    private static Contract.Answer answer(String call, String... headers) throws Exception {
        return answer(instance, call, headers);
    }

    private static Contract.Answer answer(Instance instance, String call, String... headers) throws Exception {
        String[] parts = call.split(" ");
        String path = parts[1].replace("{id}", "01JD8X4Q6T3K5M7N9P0R2S4V6W");
        return Contract.Answer.of(instance.send(path, request -> {
            HttpRequest.Builder builder =
                    parts[0].equals("post") ? request.POST(BodyPublishers.ofString("{}")) : request.GET();
            return headers.length == 0 ? builder : builder.headers(headers);
        }));
    }
}
