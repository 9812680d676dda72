/**
 * Certificates and keys in files, for either side of TLS connections: read as PEM, PKCS12 or JKS, and again when they
 * changed. Knows nothing of who connects to whom.
 */
@NullMarked
package io.tandem.tls;

import org.jspecify.annotations.NullMarked;
