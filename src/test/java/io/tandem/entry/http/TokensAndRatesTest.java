package io.tandem.entry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.Callers;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers with tokens of a server that others have made, and callers who come too often. */
class TokensAndRatesTest {
    private static final String ISSUER = "tandem";

    private static MockOAuth2Server server;
    private static StubTargets targets;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() {
        server = new MockOAuth2Server();
        server.start();
        targets = new StubTargets();
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("jwt,api-key"));
        settings.put("tandem.auth.jwt.issuer", server.issuerUrl(ISSUER).toString());
        settings.put("tandem.auth.jwt.audience", "tandem");
        settings.put("target.api-two.auth", "token-exchange");
        settings.put(
                "target.api-two.oauth.token-url",
                server.tokenEndpointUrl(ISSUER).toString());
        settings.put("target.api-two.oauth.client-id", "tandem");
        settings.put("target.api-two.oauth.client-secret", "secret");
        settings.put("target.api-two.oauth.audience", "api-two");
        tandem = RunningTandem.start(settings);
    }

    @AfterAll
    static void stop() {
        tandem.close();
        targets.close();
        server.shutdown();
    }

    private static String[] bearer(String scope) {
        return new String[] {
            "Authorization",
            "Bearer "
                    + server.issueToken(ISSUER, "shop", "tandem", Map.of("scope", scope))
                            .serialize()
        };
    }

    @Test
    void tokenLetsItsCallerInAndIsExchangedForTheTarget() {
        targets.forgetRequests();
        String[] token = bearer("messages.write");

        HttpResponse<String> sent = tandem.postJson("{}", token);

        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        assertThat(targets.received("api-two")).singleElement().satisfies(request -> assertThat(
                        request.getHeader("Authorization"))
                .startsWith("Bearer ")
                .isNotEqualTo(token[1]));
        assertThat(targets.received("api-one")).singleElement().satisfies(request -> assertThat(
                        request.containsHeader("Authorization"))
                .isFalse());
    }

    @Test
    void refusalFollowsRfc6750() {
        HttpResponse<String> forbidden = get(tandem.uri("/messages"), bearer("messages.write"));
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"tandem\", error=\"insufficient_scope\", scope=\"messages.read\"");

        HttpResponse<String> invalid = get(tandem.uri("/messages"), "Authorization", "Bearer a.b.c");
        assertThat(invalid.statusCode()).isEqualTo(401);
        assertThat(invalid.headers().allValues("WWW-Authenticate"))
                .containsExactly(
                        "ApiKey realm=\"tandem\", header=\"X-Api-Key\"",
                        "Bearer realm=\"tandem\", error=\"invalid_token\"");

        assertThat(get(tandem.uri("/messages"), bearer("messages.read")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void callerWhoComesTooOftenIsToldToWaitAndOthersAreNot() {
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("api-key"));
        settings.put("tandem.caller.rate", "3/h");
        try (RunningTandem limited = RunningTandem.start(settings)) {
            List<Integer> statuses = IntStream.range(0, 4)
                    .mapToObj(i -> limited.postJson("{}", "X-Api-Key", Callers.SHOP_KEY)
                            .statusCode())
                    .toList();
            assertThat(statuses).containsExactly(200, 200, 200, 429);
            assertThat(limited.postJson("{}", "X-Api-Key", Callers.OPERATOR_KEY).statusCode())
                    .isEqualTo(200);

            for (int i = 0; i < 3; i++) {
                assertThat(limited.postJson("{}", "X-Api-Key", "guess " + i).statusCode())
                        .isEqualTo(401);
            }
            HttpResponse<String> guessed = limited.postJson("{}", "X-Api-Key", "guess");
            assertThat(guessed.statusCode()).isEqualTo(429);
            assertThat(guessed.body()).contains("urn:tandem:problem:rate-limited");
            assertThat(guessed.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1100L, 1200L);
        }
    }

    @Test
    void addressIsLimitedWhenNobodyIsAsked() {
        Map<String, String> settings = targets.settings();
        settings.put("tandem.caller.rate", "2/h");
        try (RunningTandem limited = RunningTandem.start(settings)) {
            assertThat(limited.get(limited.uri("/openapi.json")).statusCode()).isEqualTo(200);
            assertThat(limited.get(limited.uri("/messages")).statusCode()).isEqualTo(200);
            assertThat(limited.postJson("{}").statusCode()).isEqualTo(429);
        }
    }

    private static HttpResponse<String> get(URI uri, String... headers) {
        return tandem.send(HttpRequest.newBuilder(uri).headers(headers).build());
    }
}
