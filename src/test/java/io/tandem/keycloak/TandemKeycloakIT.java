package io.tandem.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole Tandem between callers, Keycloak and two APIs that ask Keycloak about each token. */
@KeycloakTest
class TandemKeycloakIT {
    private Keycloak keycloak;
    private GuardedApi one;
    private GuardedApi two;

    @BeforeEach
    void start(Keycloak running) throws IOException {
        keycloak = running;
        one = new GuardedApi(keycloak::active);
        two = new GuardedApi(keycloak::active);
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private RunningTandem tandem(Map<String, String> client) {
        Map<String, String> settings = new HashMap<>(client);
        settings.put("target.api-one.url", one.url().toString());
        settings.put("target.api-two.url", two.url().toString());
        // it is about tokens here, and Keycloak may take its time
        settings.put("tandem.deadline", "40s");
        for (String target : Set.of("target.api-one.", "target.api-two.")) {
            settings.put(target + "auth", "client-credentials");
            settings.put(target + "timeout", "20s");
            settings.put(target + "retry.attempts", "1");
            settings.put(target + "oauth.token-url", keycloak.tokenUrl().toString());
            settings.put(target + "oauth.timeout", "20s");
        }
        return RunningTandem.start(settings);
    }

    private static Map<String, String> clients(String one, String secretOfOne, String two, String secretOfTwo) {
        return Map.of(
                "target.api-one.oauth.client-id", one,
                "target.api-one.oauth.client-secret", secretOfOne,
                "target.api-two.oauth.client-id", two,
                "target.api-two.oauth.client-secret", secretOfTwo,
                "target.api-two.oauth.client-auth", "post");
    }

    private int logins(String client) {
        return keycloak.events("CLIENT_LOGIN", client);
    }

    @Test
    void eachTargetGetsItsOwnToken() {
        int before = logins("tandem:basic/1");
        try (RunningTandem tandem = tandem(clients("tandem:basic/1", "s3cr:t/b+ &%", "tandem post", "s3cr:t/b+ &%"))) {
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> response = tandem.postJson("{\"order\":1}");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            }
        }
        assertThat(one.tokens).hasSize(1);
        assertThat(two.tokens).hasSize(1).doesNotContainAnyElementsOf(one.tokens);
        assertThat(logins("tandem:basic/1") - before).isEqualTo(1);
    }

    @Test
    void wrongSecretFailsThatTargetAloneAndAtOnce() {
        try (RunningTandem tandem = tandem(clients("tandem-one", "wrong", "tandem-two", "secret of two"))) {
            HttpResponse<String> response = tandem.postJson("{\"order\":1}");
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body())
                    .contains("token-unavailable")
                    .doesNotContain("unauthorized", "secret of two", "127.0.0.1");
            assertThat(RunningTandem.json(response)
                            .at("/replies/api-two/outcome")
                            .asText())
                    .isEqualTo("delivered");
            assertThat(tandem.get(tandem.managementUri("/observe/metrics")).body())
                    .contains("result=\"wrong-credentials\",source=\"api-one\"");
        }
        assertThat(one.tokens).isEmpty();
    }

    @Test
    void tokensOfFiveSecondsServeASteadyLoad() {
        int before = logins("tandem-5s-one");
        Load load;
        try (RunningTandem tandem =
                tandem(clients("tandem-5s-one", "s3cr:t/b+ &%", "tandem-5s-two", "another secret"))) {
            assertThat(tandem.postJson("{\"order\":1}").statusCode()).isEqualTo(200);
            load = new Load(tandem.uri("/messages"), 20);
            try (load) {
                load.await(20 * 20);
            }
        }
        assertThat(load.failures).isEmpty();
        assertThat(one.refused).hasValue(0);
        assertThat(two.refused).hasValue(0);
        assertThat(logins("tandem-5s-one") - before)
                .as("token calls for %d messages", load.sent())
                .isBetween(4, load.sent() / 20 / 5 + 4);
    }

    @Test
    void rotatedKeysAndRevokedTokensCostOneTokenCallEachAndNoMessage() {
        Load load;
        try (RunningTandem tandem = tandem(clients("tandem-one", "secret of one", "tandem-two", "secret of two"))) {
            assertThat(tandem.postJson("{\"order\":1}").statusCode()).isEqualTo(200);
            int first = logins("tandem-one");
            int second = logins("tandem-two");
            load = new Load(tandem.uri("/messages"), 20);
            try (load) {
                load.await(40);
                keycloak.addSigningKey(200);
                load.await(40);
                assertThat(one.refused)
                        .as("a key that no longer signs still verifies")
                        .hasValue(0);
                assertThat(logins("tandem-one")).isEqualTo(first);

                keycloak.disableSigningKeysBelow(200);
                load.await(40);
                assertThat(one.refused).as("tokens of the disabled key").hasPositiveValue();
                assertThat(two.refused).hasPositiveValue();
                assertThat(logins("tandem-one")).isEqualTo(first + 1);
                assertThat(logins("tandem-two")).isEqualTo(second + 1);

                int refused = one.refused.get();
                keycloak.revokeAllTokens();
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> one.refused.get() > refused);
                load.await(40);
                assertThat(logins("tandem-one")).isEqualTo(first + 2);
                assertThat(logins("tandem-two")).isEqualTo(second + 2);
            }
        }
        assertThat(load.failures).isEmpty();
        assertThat(one.tokens).hasSize(3);
        assertThat(two.tokens).hasSize(3);
    }
}
