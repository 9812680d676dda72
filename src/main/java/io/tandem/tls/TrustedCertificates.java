package io.tandem.tls;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of trusted certificates: PEM (one or many), or a PKCS12 or JKS key store. Immutable.
 *
 * @param password of the key store, read at each use; null for PEM or a key store without one
 */
public record TrustedCertificates(Path file, @Nullable Supplier<String> password) {
    @Override
    public String toString() {
        return file.toString();
    }
}
