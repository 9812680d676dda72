package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.as.ReadOnlyAuthorizationServerEndpointMetadata;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import io.tandem.oauth2.TokenFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoints of an authorization server: as set, or from its metadata (OpenID Connect Discovery 1.0 §4, RFC
 * 8414 §3), which is asked for once an hour at most, and again after a token call that suggests that they moved. Blocks;
 * safe for use by any thread.
 */
final class ServerLocator {
    private static final Duration KEEP = Duration.ofHours(1);
    private static final String OIDC = "/.well-known/openid-configuration";
    private static final String RFC_8414 = "/.well-known/oauth-authorization-server";

    private final TokenEndpoint endpoint;
    private final HttpCalls calls;
    private final TimeSource time;

    // guarded by this
    private @Nullable ServerMetadata known;
    private long knownSince;

    ServerLocator(TokenEndpoint endpoint, HttpCalls calls, TimeSource time) {
        this.endpoint = endpoint;
        this.calls = calls;
        this.time = time;
        URI url = endpoint.url();
        this.known = url == null ? null : new ServerMetadata(endpoint.issuer(), url, url, null, null, false);
    }

    /** Whether there is anything to be discovered. */
    private boolean explicit() {
        return endpoint.url() != null;
    }

    /** What is known; asks the server when that is nothing, or old. */
    ServerMetadata metadata() throws TokenCallException {
        synchronized (this) {
            if (known != null && (explicit() || time.nanos() - knownSince < KEEP.toNanos())) {
                return known;
            }
        }
        ServerMetadata found;
        try {
            found = discover();
        } catch (TokenCallException e) {
            synchronized (this) {
                // what was true an hour ago most likely still is
                if (known != null) {
                    return known;
                }
            }
            throw e;
        }
        synchronized (this) {
            known = found;
            knownSince = time.nanos();
            return found;
        }
    }

    /** A call failed in a way that another URL may mend. */
    synchronized void forget() {
        if (!explicit()) {
            known = null;
        }
    }

    /** Also asks for what a login needs, though the token URL is set; null when there is no issuer to ask. */
    @Nullable
    ServerMetadata discovered() throws TokenCallException {
        return endpoint.issuer() == null ? null : explicit() ? discover() : metadata();
    }

    private ServerMetadata discover() throws TokenCallException {
        URI issuer = endpoint.issuer();
        if (issuer == null) {
            throw new IllegalStateException("an endpoint without URL has an issuer");
        }
        TokenCallException last = null;
        for (String place : places(issuer)) {
            HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, URI.create(place));
            request.setAccept("application/json");
            HTTPResponse response = calls.send(request);
            if (response.getStatusCode() == 200) {
                return read(response, issuer);
            }
            last = unexpected(response.getStatusCode(), issuer);
            if (response.getStatusCode() / 100 == 5 || response.getStatusCode() == 429) {
                break;
            }
        }
        throw last == null ? unexpected(0, issuer) : last;
    }

    /** Where an issuer's metadata may be. */
    static List<String> places(URI issuer) {
        String base = issuer.toString().replaceFirst("/$", "");
        String path = issuer.getRawPath() == null ? "" : issuer.getRawPath().replaceFirst("/$", "");
        String origin = base.substring(0, base.length() - path.length());
        // the second one as RFC 8414 §3.1 has it; the third as many read it
        return List.of(base + OIDC, origin + RFC_8414 + path, base + RFC_8414).stream()
                .distinct()
                .toList();
    }

    private static TokenCallException unexpected(int status, URI issuer) {
        Kind kind = status / 100 == 5
                ? Kind.SERVER_ERROR
                : status == 429 ? Kind.THROTTLED : status / 100 == 3 ? Kind.REDIRECT : Kind.NOT_FOUND;
        String advice =
                kind == Kind.NOT_FOUND || kind == Kind.REDIRECT ? ": check the issuer, or set the token URL" : "";
        return new TokenCallException(new TokenFailure(
                kind,
                "the metadata of " + issuer.getHost() + " can't be had (status " + status + ")" + advice,
                null,
                status,
                null));
    }

    private ServerMetadata read(HTTPResponse response, URI issuer) throws TokenCallException {
        String body = response.getBody() == null ? "" : response.getBody();
        if (Json.object(body) == null) {
            throw bad("the metadata of " + issuer.getHost() + " is not one well-formed JSON object");
        }
        AuthorizationServerMetadata metadata;
        try {
            metadata = AuthorizationServerMetadata.parse(body);
        } catch (ParseException | RuntimeException e) {
            throw bad("the metadata of " + issuer.getHost() + " breaks RFC 8414");
        }
        // RFC 8414 §3.3: identical, or the metadata must not be used: it could be another tenant's
        if (!issuer.toString().equals(metadata.getIssuer().getValue())) {
            throw bad("the server calls itself '"
                    + new Redaction().shown(metadata.getIssuer().getValue()) + "', not '" + issuer
                    + "': set the issuer to exactly that, if it is the right server");
        }
        URI tokenUrl = safe(metadata.getTokenEndpointURI(), "token endpoint");
        if (tokenUrl == null) {
            throw bad("the metadata of " + issuer.getHost() + " names no token endpoint");
        }
        ReadOnlyAuthorizationServerEndpointMetadata tls = metadata.getReadOnlyMtlsEndpointAliases();
        URI tokenUrlForTls = tls == null ? null : safe(tls.getTokenEndpointURI(), "token endpoint for certificates");
        return new ServerMetadata(
                issuer,
                tokenUrl,
                tokenUrlForTls == null ? tokenUrl : tokenUrlForTls,
                safe(metadata.getAuthorizationEndpointURI(), "authorization endpoint"),
                safe(metadata.getDeviceAuthorizationEndpointURI(), "device endpoint"),
                metadata.supportsAuthorizationResponseIssuerParam());
    }

    private @Nullable URI safe(@Nullable URI url, String what) throws TokenCallException {
        if (url != null) {
            try {
                TokenEndpoint.requireSafe(url, calls.transport().allowHttp());
            } catch (IllegalArgumentException e) {
                throw bad("the metadata names an unsafe " + what + ": " + new Redaction().shown(e.getMessage()));
            }
        }
        return url;
    }

    private static TokenCallException bad(String diagnosis) {
        return new TokenCallException(Kind.BAD_RESPONSE, diagnosis);
    }
}
