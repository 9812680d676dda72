package io.tandem.oauth2;

import io.tandem.egress.HttpProxy;
import io.tandem.tls.CertificateAndKey;
import io.tandem.tls.TrustedCertificates;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * As whom, and by which way, an authorization server is talked to: values that are equal when targets may share their
 * tokens. Whoever holds another secret, key or certificate must not get the token that was given for the first one's,
 * and whoever trusts other certificates must not rely on the first one's trust. Secrets are in it as digests, files by
 * their paths, so that a rotated file stays the same one.
 */
final class Identity {
    private Identity() {}

    static Object of(ClientAuth client, @Nullable URI issuer) {
        if (client instanceof ClientAuth.Basic basic) {
            return parts("basic", basic.clientId(), digest(basic.secret()));
        }
        if (client instanceof ClientAuth.Post post) {
            return parts("post", post.clientId(), digest(post.secret()));
        }
        if (client instanceof ClientAuth.PrivateKeyJwt jwt) {
            // with the audience as the issuer, that is whom the assertion is for
            return parts("jwt", jwt.clientId(), jwt.key(), issuer);
        }
        return client;
    }

    static Object of(Transport transport) {
        TrustedCertificates trust = transport.egress().trust();
        HttpProxy proxy = transport.egress().proxy();
        return parts(
                transport.allowHttp(),
                trust == null ? null : parts(file(trust.file()), digest(trust.password())),
                certificate(transport.egress().certificate()),
                proxy == null ? null : parts(proxy.host(), proxy.port(), proxy.username(), digest(proxy.password())));
    }

    private static @Nullable Object certificate(@Nullable CertificateAndKey certificate) {
        if (certificate instanceof CertificateAndKey.Pkcs12 store) {
            return parts(file(store.file()), digest(store.password()));
        }
        return certificate;
    }

    private static Path file(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /** Of a secret that can't be read nothing is known but where it comes from. */
    private static @Nullable Object digest(@Nullable Supplier<String> secret) {
        if (secret == null) {
            return null;
        }
        try {
            String value = secret.get();
            return value.isEmpty() ? secret : Fingerprint.of(value);
        } catch (RuntimeException e) {
            return secret;
        }
    }

    private static List<@Nullable Object> parts(@Nullable Object... parts) {
        return Arrays.asList(parts);
    }
}
