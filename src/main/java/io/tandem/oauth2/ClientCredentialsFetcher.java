package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import java.time.Duration;

/** Tokens for the client itself (RFC 6749 §4.4). A refresh token in the reply is ignored: §4.4.3 says there is none. */
final class ClientCredentialsFetcher implements TokenFetcher {
    private final TokenSettings settings;
    private final TokenEndpointClient client;

    ClientCredentialsFetcher(TokenSettings settings, TokenEndpointClient client) {
        this.settings = settings;
        this.client = client;
    }

    @Override
    public TokenReply fetch() throws TokenCallException {
        return client.call(new ClientCredentialsGrant().toParameters(), settings.parameters(), new Redaction());
    }

    @Override
    public String fingerprint() {
        return client.fingerprint();
    }

    @Override
    public Duration limit() {
        return settings.endpoint().limit();
    }
}
