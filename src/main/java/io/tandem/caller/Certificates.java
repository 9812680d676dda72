package io.tandem.caller;

import io.tandem.config.Settings;
import io.tandem.config.Settings.CertificateName;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Callers who have shown a client certificate when they connected, which was trusted then. Thread-safe. */
final class Certificates implements Authenticator {
    // RFC 5280 §4.2.1.6, as X509Certificate counts them
    private static final int SAN_EMAIL = 1;
    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;

    private final Settings.Mtls settings;

    Certificates(Settings.Mtls settings) {
        this.settings = settings;
    }

    @Override
    public @Nullable CompletableFuture<Finding> authenticate(Credentials credentials) {
        X509Certificate certificate = credentials.certificate();
        if (certificate == null) {
            return null;
        }
        String name = name(certificate, settings.name());
        Set<String> allowed = settings.allow();
        boolean known = name != null && !name.isEmpty() && (allowed == null || allowed.contains(name));
        return CompletableFuture.completedFuture(
                known ? Finding.of(new Caller("tls:" + name, settings.scopes())) : Finding.NOBODY);
    }

    static @Nullable String name(X509Certificate certificate, CertificateName what) {
        return switch (what) {
            case SUBJECT -> certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
            case CN -> commonName(certificate);
            case SAN_DNS -> alternative(certificate, SAN_DNS);
            case SAN_URI -> alternative(certificate, SAN_URI);
            case SAN_EMAIL -> alternative(certificate, SAN_EMAIL);
        };
    }

    /** Null when there is none, or several: which is meant is anybody's guess. */
    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            List<Rdn> names = new LdapName(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253))
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                            .toList();
            return names.size() == 1 && names.get(0).getValue() instanceof String name ? name : null;
        } catch (InvalidNameException e) {
            return null;
        }
    }

    private static @Nullable String alternative(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0).equals(kind) && name.get(1) instanceof String text) {
                        return text;
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // as good as none
        }
        return null;
    }

    /** There is no registered scheme, as it is not for a header to show it (RFC 9110 §11.1 wants one all the same). */
    @Override
    public String challenge(Credentials credentials) {
        return "ClientCertificate realm=\"tandem\"";
    }
}
