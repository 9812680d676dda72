package io.tandem.oauth2;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.oauth2.sdk.auth.JWTAuthenticationClaimsSet;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.JWTID;
import io.tandem.tls.KeyFileException;
import io.tandem.tls.Pem;
import java.net.URI;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Signs a client's assertions (RFC 7523 §3), each good for one call. Stateless; reads the key at each use. */
final class AssertionSigner {
    private static final Duration LIFETIME = Duration.ofSeconds(60);

    private final AssertionKey settings;

    AssertionSigner(AssertionKey settings) {
        this.settings = settings;
    }

    private record Key(PrivateKey key, @Nullable String id, @Nullable Base64URL thumbprint) {}

    /** An assertion for {@code audience}. No {@code nbf}: it could only ever say that the clocks differ. */
    PrivateKeyJWT sign(String clientId, URI audience, Instant now) throws KeyFileException {
        Key key = read();
        JWTAuthenticationClaimsSet claims = new JWTAuthenticationClaimsSet(
                new ClientID(clientId),
                List.of(new Audience(audience)),
                Date.from(now.plus(LIFETIME)),
                null,
                Date.from(now),
                new JWTID());
        boolean elliptic = settings.algorithm() == AssertionKey.Algorithm.ES256;
        if (key.key() instanceof ECPrivateKey != elliptic) {
            throw new KeyFileException(
                    "the key in '" + settings.file() + "' does not fit the algorithm " + settings.algorithm());
        }
        try {
            return new PrivateKeyJWT(
                    claims,
                    JWSAlgorithm.parse(settings.algorithm().name()),
                    key.key(),
                    key.id(),
                    null,
                    key.thumbprint(),
                    null);
        } catch (JOSEException | RuntimeException e) {
            throw new KeyFileException("the key in '" + settings.file() + "' can't sign with " + settings.algorithm());
        }
    }

    /** A digest of the key as it is now. */
    String fingerprint() {
        try {
            return Fingerprint.of(Pem.text(settings.file()));
        } catch (KeyFileException e) {
            return "";
        }
    }

    private Key read() throws KeyFileException {
        String text = Pem.text(settings.file());
        if (text.stripLeading().startsWith("{")) {
            return jwk(text);
        }
        Pem pem = Pem.parse(text, settings.file());
        // Entra, for one, finds the public key by this and not by a kid
        Base64URL thumbprint = pem.certificates().isEmpty()
                ? null
                : X509CertUtils.computeSHA256Thumbprint(pem.certificates().get(0));
        return new Key(pem.keyOf(settings.file()), settings.keyId(), thumbprint);
    }

    private Key jwk(String text) throws KeyFileException {
        try {
            List<JWK> keys = text.contains("\"keys\"") ? JWKSet.parse(text).getKeys() : List.of(JWK.parse(text));
            for (JWK key : keys) {
                boolean wanted = settings.keyId() == null
                        || keys.size() == 1
                        || Objects.equals(settings.keyId(), key.getKeyID());
                if (wanted && key.isPrivate() && key instanceof AsymmetricJWK asymmetric) {
                    String id = settings.keyId() == null ? key.getKeyID() : settings.keyId();
                    return new Key(asymmetric.toPrivateKey(), id, key.getX509CertSHA256Thumbprint());
                }
            }
        } catch (ParseException | JOSEException e) {
            throw new KeyFileException("'" + settings.file() + "' is not a well-formed JWK or JWK set");
        }
        throw new KeyFileException("'" + settings.file() + "' has no private key"
                + (settings.keyId() == null ? "" : " with the key id '" + settings.keyId() + "'"));
    }
}
