package io.tandem.oauth2;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The key that signs a client's assertions (RFC 7523 §2.2). Immutable. The file is read at each use, so that a rotated
 * key takes effect.
 *
 * @param file a private key as PEM (PKCS#8, PKCS#1 or SEC1; a certificate in the same file is named to the server by its
 *     thumbprint), or as JWK or JWK set
 * @param algorithm how to sign; it must fit the key
 * @param keyId sent as {@code kid}; picks the key out of a JWK set. Null: that of the JWK, if it has one
 * @param audience whom the assertion is for
 */
public record AssertionKey(Path file, Algorithm algorithm, @Nullable String keyId, Audience audience) {
    /** Signature algorithms. */
    public enum Algorithm {
        /** RSA, PKCS#1 v1.5. */
        RS256,
        /** RSA, PSS. */
        PS256,
        /** P-256. */
        ES256
    }

    /** Whom the assertion names in {@code aud}. */
    public enum Audience {
        /** The issuer alone, as current guidance has it: an assertion made for one server is of no use at another. */
        ISSUER,
        /** The token URL, as RFC 7523 §3 has it and older servers want it. */
        TOKEN_URL
    }
}
