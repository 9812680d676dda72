package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandem.oauth2.StrictTokenServer.Answer;
import io.tandem.oauth2.TokenFailure.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors of real servers, word for word, and what they mean. */
class ErrorDialectTest {
    private static Arguments when(String server, int status, String body, Kind kind, String advice) {
        return Arguments.of(server, new Answer(status, body, Map.of()), kind, advice);
    }

    static Stream<Arguments> dialects() {
        return Stream.of(
                when(
                        "Keycloak, wrong secret",
                        401,
                        "{\"error\":\"unauthorized_client\",\"error_description\":\"Invalid client or Invalid client credentials\"}",
                        Kind.WRONG_CREDENTIALS,
                        "check the client id, the client secret"),
                when(
                        "Keycloak, unknown client",
                        401,
                        "{\"error\":\"invalid_client\",\"error_description\":\"Invalid client or Invalid client credentials\"}",
                        Kind.WRONG_CREDENTIALS,
                        "check the client id, the client secret"),
                when(
                        "Keycloak, service account off",
                        401,
                        "{\"error\":\"unauthorized_client\",\"error_description\":\"Client not enabled to retrieve service account\"}",
                        Kind.CLIENT_NOT_ALLOWED,
                        "enable it for the client"),
                when(
                        "Keycloak, scope",
                        400,
                        "{\"error\":\"invalid_scope\",\"error_description\":\"Invalid scopes: orders.write\"}",
                        Kind.SCOPE_REFUSED,
                        "Invalid scopes: orders.write"),
                when(
                        "Keycloak, realm unknown",
                        404,
                        "{\"error\":\"Realm does not exist\"}",
                        Kind.NOT_FOUND,
                        "check the token URL"),
                when(
                        "Spring Authorization Server",
                        401,
                        "{\"error\":\"invalid_client\"}",
                        Kind.WRONG_CREDENTIALS,
                        "secret"),
                when(
                        "Spring Authorization Server, grant",
                        400,
                        "{\"error_description\":\"x\",\"error\":\"unauthorized_client\",\"error_uri\":\"https://x\"}",
                        Kind.CLIENT_NOT_ALLOWED,
                        "enable it"),
                when(
                        "Entra, wrong secret",
                        401,
                        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent\",\"error_codes\":[7000215]}",
                        Kind.WRONG_CREDENTIALS,
                        "AADSTS7000215"),
                when(
                        "Entra, unknown client",
                        400,
                        "{\"error\":\"unauthorized_client\",\"error_description\":\"AADSTS700016: Application with identifier 'x' was not found in the directory\"}",
                        Kind.UNKNOWN_CLIENT,
                        "does not know client"),
                when(
                        "Entra, resource",
                        400,
                        "{\"error\":\"invalid_resource\",\"error_description\":\"AADSTS500011: The resource principal was not found\"}",
                        Kind.AUDIENCE_REFUSED,
                        "audience"),
                when(
                        "Auth0, wrong secret",
                        401,
                        "{\"error\":\"access_denied\",\"error_description\":\"Unauthorized\"}",
                        Kind.WRONG_CREDENTIALS,
                        "secret"),
                when(
                        "Auth0, no grant for the audience",
                        403,
                        "{\"error\":\"access_denied\",\"error_description\":\"Client is not authorized to access \\\"x\\\"\"}",
                        Kind.CLIENT_NOT_ALLOWED,
                        "enable it"),
                when(
                        "Okta, unknown client",
                        401,
                        "{\"error\":\"invalid_client\",\"error_description\":\"Invalid value for 'client_id' parameter.\"}",
                        Kind.UNKNOWN_CLIENT,
                        "does not know client"),
                when(
                        "Google, unknown client",
                        401,
                        "{\"error\":\"invalid_client\",\"error_description\":\"The OAuth client was not found.\"}",
                        Kind.UNKNOWN_CLIENT,
                        "does not know client"),
                when(
                        "RFC 8707",
                        400,
                        "{\"error\":\"invalid_target\"}",
                        Kind.AUDIENCE_REFUSED,
                        "check 'audience' and 'resource'"),
                when("RFC 6749, grant", 400, "{\"error\":\"invalid_grant\"}", Kind.GRANT_REFUSED, "log in again"),
                when("401 without a word", 401, "", Kind.WRONG_CREDENTIALS, "status 401"),
                when("403 of a proxy", 403, "<html>Forbidden</html>", Kind.REQUEST_REFUSED, "status 403"),
                when("503 of a load balancer", 503, "<html>down</html>", Kind.SERVER_ERROR, "status 503"),
                when("429", 429, "{\"error\":\"rate_limited\"}", Kind.THROTTLED, "fewer calls"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dialects")
    void diagnosisTellsWhatIsWrong(String name, Answer answer, Kind kind, String advice) throws IOException {
        TokenUnavailableException failure = failure(answer);
        assertThat(failure.failure().kind()).isEqualTo(kind);
        assertThat(failure.failure().diagnosis()).contains(advice).hasLineCount(1);
        assertThat(failure.failure().status()).isEqualTo(answer.status());
        assertThat(failure.getMessage()).contains(kind.text());
    }

    @Test
    void errorIsReadFromTheChallengeWhenTheBodyHasNone() throws IOException {
        TokenUnavailableException failure = failure(
                new Answer(401, "", Map.of("WWW-Authenticate", "Bearer realm=\"x\", error=\"invalid_client\"")));
        assertThat(failure.oauthError()).isEqualTo("invalid_client");
        assertThat(failure.getMessage()).contains("(invalid_client)");
    }

    private static TokenUnavailableException failure(Answer answer) throws IOException {
        try (StrictTokenServer server = new StrictTokenServer();
                TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE, new ManualTime())) {
            server.script = (call, n) -> answer;
            return catchThrowableOfType(
                    TokenUnavailableException.class,
                    () -> get(sources.source("api-one", settings(server.url())).token()));
        }
    }
}
