package io.tandem.oauth2;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an authorization server, from settings or from its metadata (RFC 8414 §2).
 *
 * @param tokenUrlForTls the token endpoint for clients with a certificate (RFC 8705 §5)
 * @param tellsIssuer whether answers to a login name the issuer (RFC 9207 §3), so that one without is forged
 */
record ServerMetadata(
        @Nullable URI issuer,
        URI tokenUrl,
        URI tokenUrlForTls,
        @Nullable URI authorizationUrl,
        @Nullable URI deviceUrl,
        boolean tellsIssuer) {}
