package io.tandem.oauth2;

import static io.tandem.oauth2.Fixtures.get;
import static io.tandem.oauth2.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.Test;

/** The protocol as a server of other people's making understands it. */
class MockOAuth2ServerTest {
    @Test
    void tokenIsGotAndNamesTheScopeAsAudience() throws Exception {
        MockOAuth2Server server = new MockOAuth2Server();
        server.start();
        try (TokenSources sources = new TokenSources(TokenPolicy.DEFAULT, TokenEvents.NONE)) {
            URI url = server.tokenEndpointUrl("tandem").uri();
            TokenParameters parameters = new TokenParameters(List.of("orders"), null, List.of(), Map.of());
            Token token = get(
                    sources.source("t", settings(url, new ClientAuth.Basic("tandem", () -> "s3cr:t/b+ &%"), parameters))
                            .token());

            SignedJWT jwt = SignedJWT.parse(token.value());
            assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly("orders");
            assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo("tandem");
            assertThat(jwt.getJWTClaimsSet().getExpirationTime().toInstant())
                    .isBetween(
                            token.expiresAt().minusSeconds(3), token.expiresAt().plusSeconds(3));
        } finally {
            server.shutdown();
        }
    }
}
