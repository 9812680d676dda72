package io.tandem.oauth2;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token is asked for, beside the grant. Immutable.
 *
 * @param scope scope values, sent joined by spaces; empty: the parameter is not sent
 * @param audience the {@code audience} parameter of those servers that know one
 * @param resource sent once per value (RFC 8707 §2); absolute, without a fragment
 * @param extra further parameters for servers with dialects of their own
 */
public record TokenParameters(
        List<String> scope, @Nullable String audience, List<URI> resource, Map<String, String> extra) {
    // what extra parameters may not touch: the credentials and what has a setting of its own
    private static final Set<String> RESERVED = Set.of(
            "grant_type",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "scope",
            "audience",
            "resource",
            "code",
            "code_verifier",
            "redirect_uri",
            "refresh_token",
            "device_code",
            "subject_token",
            "subject_token_type");

    /** Nothing beside the grant. */
    public static final TokenParameters NONE = new TokenParameters(List.of(), null, List.of(), Map.of());

    /** Checks and copies. */
    public TokenParameters {
        scope = List.copyOf(scope);
        resource = List.copyOf(resource);
        extra = Map.copyOf(extra);
        for (String value : scope) {
            if (value.isEmpty() || !value.chars().allMatch(TokenParameters::isScopeChar)) {
                throw new IllegalArgumentException("scope '" + value + "' has a character that RFC 6749 doesn't allow");
            }
        }
        for (URI uri : resource) {
            if (!uri.isAbsolute() || uri.getFragment() != null) {
                throw new IllegalArgumentException("resource '" + uri + "' must be absolute, without a fragment");
            }
        }
        for (String name : extra.keySet()) {
            if (name.isBlank() || RESERVED.contains(name)) {
                throw new IllegalArgumentException("'" + name + "' can't be an extra token parameter");
            }
        }
    }

    /** The same for a request whose scope was settled before. */
    TokenParameters withoutScope() {
        return new TokenParameters(List.of(), audience, resource, extra);
    }

    // scope-token, RFC 6749 §3.3
    private static boolean isScopeChar(int c) {
        return c == 0x21 || (c >= 0x23 && c <= 0x5b) || (c >= 0x5d && c <= 0x7e);
    }

    @Override
    public String toString() {
        // the values of extra parameters may be secrets in some server's dialect
        return "TokenParameters[scope=" + scope + ", audience=" + audience + ", resource=" + resource + ", extra="
                + extra.keySet() + "]";
    }
}
