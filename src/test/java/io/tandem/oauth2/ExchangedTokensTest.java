package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.awaitQuiet;
import static io.tandem.oauth2.Fixtures.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jwt.SignedJWT;
import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers' tokens traded for the target's. */
class ExchangedTokensTest {
    private final ManualTime time = new ManualTime();
    private StrictTokenServer server;
    private TokenSources sources;
    private ExchangedTokens tokens;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer();
        server.script = (call, n) -> Answer.of(
                200,
                "{\"access_token\":\"for-" + call.first("subject_token") + "-" + n
                        + "\",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\","
                        + "\"token_type\":\"Bearer\",\"expires_in\":60}");
        sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, time);
        tokens = sources.exchanged("api-one", settings(server.url()));
    }

    @AfterEach
    void stop() {
        sources.close();
        server.close();
    }

    private static TokenSettings settings(URI url) {
        return new TokenSettings(
                TokenEndpoint.of(url).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                new ClientAuth.Basic(StrictTokenServer.CLIENT_ID, () -> StrictTokenServer.SECRET),
                new Grant.TokenExchange(Grant.TokenExchange.ACCESS_TOKEN, Grant.TokenExchange.JWT),
                new TokenParameters(List.of("orders"), "api", List.of(URI.create("urn:api")), Map.of()));
    }

    @Test
    void requestIsThatOfTheRfc() {
        assertThat(get(tokens.source("joe").token()).value()).isEqualTo("for-joe-1");
        assertThat(server.seen.get(0).form())
                .isEqualTo(Map.of(
                        "grant_type", List.of("urn:ietf:params:oauth:grant-type:token-exchange"),
                        "subject_token", List.of("joe"),
                        "subject_token_type", List.of("urn:ietf:params:oauth:token-type:access_token"),
                        "requested_token_type", List.of("urn:ietf:params:oauth:token-type:jwt"),
                        "scope", List.of("orders"),
                        "audience", List.of("api"),
                        "resource", List.of("urn:api")));
    }

    @Test
    void eachCallerHasItsOwnTokenAndKeepsIt() {
        for (int i = 0; i < 3; i++) {
            assertThat(get(tokens.source("joe").token()).value()).isEqualTo("for-joe-1");
            assertThat(get(tokens.source("ann").token()).value()).isEqualTo("for-ann-2");
        }
        assertThat(server.calls()).isEqualTo(2);
        assertThat(sources.exchanged("again", settings(server.url()))).isSameAs(tokens);
        assertThat(sources.statuses()).isEmpty();
    }

    @Test
    void callersAreForgottenWhenIdleAndWhenTheyAreTooMany() {
        for (int i = 0; i < 10_500; i++) {
            tokens.source("caller-" + i);
        }
        assertThat(tokens.callers()).isLessThanOrEqualTo(10_000);
        time.advance(Duration.ofMinutes(11));
        assertThat(tokens.callers()).isZero();
    }

    @Test
    void refusedCallerDoesNotShutOutTheOthers() {
        server.script = (call, n) -> call.first("subject_token").startsWith("bad")
                ? Answer.of(400, "{\"error\":\"invalid_request\"}")
                : StrictTokenServer.token(n, 60);
        for (int i = 0; i < 20; i++) {
            assertThat(failure("bad-" + i).kind()).isEqualTo(Kind.REQUEST_REFUSED);
        }
        assertThat(get(tokens.source("joe").token())).isNotNull();
    }

    @Test
    void callersKeepAwayFromAServerThatIsDown() {
        server.script = (call, n) -> Answer.of(503, "");
        for (int i = 0; i < 200; i++) {
            assertThat(failure("caller-" + i).kind()).isEqualTo(Kind.SERVER_ERROR);
        }
        assertThat(server.calls()).isEqualTo(5);

        server.script = StrictTokenServer.tokens(60);
        Fixtures.passUntil(time, () -> {
            TokenSource late = tokens.source("late");
            late.token();
            awaitQuiet(late);
            return late.current() != null;
        });
        assertThat(get(tokens.source("another").token())).isNotNull();
    }

    private TokenFailure failure(String subject) {
        return catchThrowableOfType(
                        TokenUnavailableException.class,
                        () -> get(tokens.source(subject).token()))
                .failure();
    }

    @Test
    void callersTokenIsNotRepeatedInAFailure() {
        server.script = (call, n) -> Answer.of(
                400,
                "{\"error\":\"invalid_request\",\"error_description\":\"bad token " + call.first("subject_token")
                        + "\"}");
        TokenFailure failure = failure("eyJhbGciOi.secret");
        assertThat(failure.diagnosis()).contains("withheld").doesNotContain("eyJhbGciOi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nb", "ü"})
    void whatIsNoBearerTokenIsRefusedWithoutACall(String subject) {
        assertThatThrownBy(() -> tokens.source(subject)).isInstanceOf(IllegalArgumentException.class);
        assertThat(server.calls()).isZero();
    }

    @Test
    void grantsAreNotMixedUp() {
        assertThatThrownBy(() -> sources.source("x", settings(server.url())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sources.exchanged("x", Fixtures.settings(server.url())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void serverOfOthersMakingUnderstandsTheExchange() throws Exception {
        MockOAuth2Server other = new MockOAuth2Server();
        other.start();
        try {
            String subject = other.issueToken("tandem", "joe", "web").serialize();
            ExchangedTokens exchanged = sources.exchanged(
                    "other",
                    new TokenSettings(
                            TokenEndpoint.of(other.tokenEndpointUrl("tandem").uri())
                                    .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                            new ClientAuth.Basic("tandem", () -> "secret"),
                            new Grant.TokenExchange(Grant.TokenExchange.ACCESS_TOKEN, null),
                            new TokenParameters(List.of(), "target", List.of(), Map.of())));
            SignedJWT jwt =
                    SignedJWT.parse(get(exchanged.source(subject).token()).value());
            assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo("joe");
            assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly("target");
        } finally {
            other.shutdown();
        }
    }
}
