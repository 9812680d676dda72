package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.token.TypelessToken;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import java.net.URI;
import java.time.Duration;

/** Tokens for one caller's token (RFC 8693 §2). */
final class TokenExchangeFetcher implements TokenFetcher {
    private final String subjectToken;
    private final TokenSettings settings;
    private final Grant.TokenExchange grant;
    private final TokenEndpointClient client;
    private final ExchangeBreaker breaker;

    TokenExchangeFetcher(
            String subjectToken,
            TokenSettings settings,
            Grant.TokenExchange grant,
            TokenEndpointClient client,
            ExchangeBreaker breaker) {
        this.subjectToken = subjectToken;
        this.settings = settings;
        this.grant = grant;
        this.client = client;
        this.breaker = breaker;
    }

    @Override
    public TokenReply fetch() throws TokenCallException {
        breaker.enter();
        Redaction redaction = new Redaction();
        redaction.add(subjectToken);
        TokenTypeURI subjectType = type(grant.subjectTokenType());
        URI requested = grant.requestedTokenType();
        try {
            TokenReply reply = client.call(
                    new TokenExchangeGrant(
                                    new TypelessToken(subjectToken),
                                    subjectType,
                                    null,
                                    null,
                                    requested == null ? null : type(requested),
                                    null)
                            .toParameters(),
                    settings.parameters(),
                    redaction);
            breaker.succeeded();
            return reply;
        } catch (TokenCallException e) {
            breaker.failed(e.failure());
            throw e;
        }
    }

    private static TokenTypeURI type(URI uri) {
        try {
            return TokenTypeURI.parse(uri.toString());
        } catch (ParseException e) {
            throw new IllegalStateException("a URI is a URI", e);
        }
    }

    @Override
    public String fingerprint() {
        return client.fingerprint();
    }

    @Override
    public Duration limit() {
        return settings.endpoint().limit();
    }

    @Override
    public boolean forOneCaller() {
        return true;
    }
}
