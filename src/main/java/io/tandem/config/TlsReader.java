package io.tandem.config;

import io.tandem.config.Settings.Certificate;
import io.tandem.config.Settings.Tls;
import io.tandem.config.Settings.Trust;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the TLS of the HTTP entry. */
final class TlsReader {
    private final Values values;
    private final Faults faults;

    TlsReader(Values values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    /** Null without TLS. */
    @Nullable
    Tls read() {
        Path certificate = values.findFile(Catalogue.HTTP_TLS_CERTIFICATE, Catalogue.HTTP_TLS_CERTIFICATE.name());
        Path key = values.findFile(Catalogue.HTTP_TLS_KEY, Catalogue.HTTP_TLS_KEY.name());
        Path keystore = values.findFile(Catalogue.HTTP_TLS_KEYSTORE, Catalogue.HTTP_TLS_KEYSTORE.name());
        Secret password =
                values.findSecret(Catalogue.HTTP_TLS_KEYSTORE_PASSWORD, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD.name());
        Path trust = values.findFile(Catalogue.HTTP_TLS_CLIENT_TRUST, Catalogue.HTTP_TLS_CLIENT_TRUST.name());
        Secret trustPassword = values.findSecret(
                Catalogue.HTTP_TLS_CLIENT_TRUST_PASSWORD, Catalogue.HTTP_TLS_CLIENT_TRUST_PASSWORD.name());
        needs(certificate, Catalogue.HTTP_TLS_CERTIFICATE, key, Catalogue.HTTP_TLS_KEY);
        needs(key, Catalogue.HTTP_TLS_KEY, certificate, Catalogue.HTTP_TLS_CERTIFICATE);
        needs(keystore, Catalogue.HTTP_TLS_KEYSTORE, password, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD);
        needs(password, Catalogue.HTTP_TLS_KEYSTORE_PASSWORD, keystore, Catalogue.HTTP_TLS_KEYSTORE);
        needs(trustPassword, Catalogue.HTTP_TLS_CLIENT_TRUST_PASSWORD, trust, Catalogue.HTTP_TLS_CLIENT_TRUST);
        if (certificate != null && keystore != null) {
            fault(
                    Catalogue.HTTP_TLS_KEYSTORE,
                    "'%s' is given beside '%s'; remove the one or the other"
                            .formatted(Catalogue.HTTP_TLS_KEYSTORE.name(), Catalogue.HTTP_TLS_CERTIFICATE.name()));
        }
        Certificate shown = certificate != null && key != null
                ? new Certificate.Pem(certificate, key)
                : keystore != null && password != null ? new Certificate.Keystore(keystore, password) : null;
        return shown == null ? null : new Tls(shown, trust == null ? null : new Trust(trust, trustPassword));
    }

    private void needs(@Nullable Object given, Key<?> key, @Nullable Object other, Key<?> needed) {
        if (given != null && other == null) {
            fault(
                    key,
                    "'%s' needs '%s'; add %s=%s".formatted(key.name(), needed.name(), needed.name(), needed.example()));
        }
    }

    private void fault(Key<?> key, String message) {
        faults.add(values.origin(key.name()), key.name(), message);
    }
}
