package io.tandem.tls;

import java.nio.file.Path;
import java.util.function.Supplier;

/** A certificate with its private key, by which one side shows who it is in the TLS handshake. Immutable. */
public sealed interface CertificateAndKey {
    /** Two PEM files, which may be the same: the certificate chain, own certificate first, and the private key. */
    record PemFiles(Path certificates, Path key) implements CertificateAndKey {}

    /** A PKCS12 file with one key; the password is read at each use. */
    record Pkcs12(Path file, Supplier<String> password) implements CertificateAndKey {
        @Override
        public String toString() {
            return file.toString();
        }
    }
}
