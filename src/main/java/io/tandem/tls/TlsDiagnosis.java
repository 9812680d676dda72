package io.tandem.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Says in a few words why a TLS handshake failed, from the JDK's chain of causes. */
public final class TlsDiagnosis {
    private TlsDiagnosis() {}

    /** The reason, as in "the TLS handshake failed: …". */
    public static String of(SSLException failure) {
        String chain = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return "its certificate has expired (or this machine's clock is wrong)";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "its certificate is not valid yet (or this machine's clock is wrong)";
            }
            if (cause instanceof CertPathBuilderException) {
                return "its certificate is not from a trusted authority: add that to the trust store";
            }
            if (cause instanceof CertPathValidatorException) {
                chain = "its certificate chain is not valid";
            }
        }
        if (!chain.isEmpty()) {
            return chain;
        }
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        if (message.contains("subject alternative") || message.contains("No name matching")) {
            return "its certificate is for another host name";
        }
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return "it does not speak TLS on this port: http instead of https?";
        }
        if (message.contains("certificate_required") || message.contains("bad_certificate")) {
            return "it wants a client certificate, or refuses the one sent";
        }
        if (message.contains("protocol_version") || message.contains("handshake_failure")) {
            return "no TLS version or cipher in common, or a client certificate is wanted";
        }
        return "the two sides could not agree";
    }
}
