package io.tandem.oauth2;

import java.nio.file.Path;
import java.util.function.Supplier;

/** A certificate with its private key, by which the client shows who it is in the TLS handshake. */
public sealed interface ClientCertificate {
    /** Two PEM files, which may be the same: the certificate chain, own certificate first, and the private key. */
    record PemFiles(Path certificates, Path key) implements ClientCertificate {}

    /** A PKCS12 file with one key; the password is read at each use. */
    record Pkcs12(Path file, Supplier<String> password) implements ClientCertificate {
        @Override
        public String toString() {
            return file.toString();
        }
    }
}
