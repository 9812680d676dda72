package io.tandem.oauth2;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which an authorization server signs its tokens, as it publishes them (RFC 7517 §5): at a URL, or where its
 * metadata says. Asks the server at each call, and blocks within the limits of the {@link Transport}. Safe for use by any
 * thread.
 */
public final class SigningKeys implements JWKSetSource<SecurityContext> {
    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

    private final URI issuer;
    private final @Nullable URI url;
    private final Transport transport;
    private final SystemTime timer = new SystemTime();
    private final HttpSender sender;
    private final HttpCalls calls;

    private volatile boolean known;

    /**
     * @param url of the key set; null: discovered from the issuer
     * @throws IllegalArgumentException when a URL is not safe to ask
     */
    public SigningKeys(URI issuer, @Nullable URI url, Transport transport) {
        TokenEndpoint.requireSafe(issuer, transport.allowHttp());
        if (url != null) {
            TokenEndpoint.requireSafe(url, transport.allowHttp());
        }
        this.issuer = issuer;
        this.url = url;
        this.transport = transport;
        this.sender = new HttpSender(transport, timer);
        this.calls = new HttpCalls(sender, transport);
    }

    /** Whether there was an answer, ever. */
    public boolean known() {
        return known;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long currentTime, @Nullable SecurityContext context)
            throws JWKSetUnavailableException {
        try {
            JWKSet keys = JWKSet.parse(body(url == null ? discover() : url)).toPublicJWKSet();
            known = true;
            return keys;
        } catch (TokenCallException e) {
            throw unavailable(e.getMessage(), e);
        } catch (java.text.ParseException | RuntimeException e) {
            throw unavailable("the key set of " + issuer.getHost() + " can't be read", e);
        }
    }

    private JWKSetRetrievalException unavailable(@Nullable String reason, Exception cause) {
        String line = new Redaction().shown(String.valueOf(reason));
        LOG.warn("The keys of {} can't be had: {}", issuer, line);
        return new JWKSetRetrievalException(line, cause);
    }

    private URI discover() throws TokenCallException {
        TokenCallException last = null;
        for (String place : ServerLocator.places(issuer)) {
            try {
                AuthorizationServerMetadata metadata = AuthorizationServerMetadata.parse(body(URI.create(place)));
                // RFC 8414 §3.3: identical, or the metadata must not be used: it could be another tenant's
                URI keys = metadata.getJWKSetURI();
                if (keys == null
                        || !issuer.toString().equals(metadata.getIssuer().getValue())) {
                    throw bad("the metadata of " + issuer.getHost() + " is of another issuer, or names no jwks_uri");
                }
                TokenEndpoint.requireSafe(keys, transport.allowHttp());
                return keys;
            } catch (TokenCallException e) {
                last = e;
            } catch (ParseException e) {
                last = bad("the metadata of " + issuer.getHost() + " breaks RFC 8414");
            }
        }
        throw last == null ? bad("there is no place to ask") : last;
    }

    private String body(URI place) throws TokenCallException {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, place);
        request.setAccept("application/json, application/jwk-set+json");
        HTTPResponse response = calls.send(request);
        if (response.getStatusCode() != 200 || response.getBody() == null) {
            throw bad(place.getHost() + " answers " + response.getStatusCode());
        }
        return response.getBody();
    }

    private static TokenCallException bad(String diagnosis) {
        return new TokenCallException(TokenFailure.Kind.BAD_RESPONSE, diagnosis);
    }

    @Override
    public void close() {
        sender.close();
        timer.close();
    }
}
