package io.tandem.config;

import io.tandem.config.Settings.Certificate;
import io.tandem.config.Settings.Connection;
import io.tandem.config.Settings.HostAndPort;
import io.tandem.config.Settings.Proxy;
import io.tandem.config.Settings.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how one server is connected to. */
final class ConnectionReader {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final TargetValues values;
    private final ConnectionKeys keys;

    ConnectionReader(TargetValues values, ConnectionKeys keys) {
        this.values = values;
        this.keys = keys;
    }

    Connection read() {
        return new Connection(
                values.get(keys.allowHttp()),
                certificate(keys.certificate()),
                trust(keys.trust()),
                proxy(keys.proxy()),
                values.global(Catalogue.EGRESS_DENY));
    }

    /** Whether what is sent there can be read on the way. */
    static boolean isPlainHttpElsewhere(String url) {
        URI uri = URI.create(url);
        return "http".equalsIgnoreCase(uri.getScheme())
                && !LOOPBACK.matcher(String.valueOf(uri.getHost())).matches();
    }

    private @Nullable Certificate certificate(ConnectionKeys.Certificate of) {
        boolean pem = values.isGiven(of.certificate()) || values.isGiven(of.key());
        boolean keystore = values.isGiven(of.keystore());
        if (pem && keystore) {
            values.fault(
                    of.keystore(),
                    "'%s' is given beside " + values.at(of.certificate()) + " or " + values.at(of.key())
                            + "; remove the one or the other");
        }
        if (keystore) {
            Path file = values.orExample(
                    of.keystore(),
                    values.findFile(of.keystore()),
                    values.origin(of.keystore()),
                    "%s has no file in %s"
                            .formatted(values.subject, of.keystore().rest()));
            return new Certificate.Keystore(
                    file, values.neededBy(of.keystore(), of.password(), values.findSecret(of.password())));
        }
        values.needs(of.password(), of.keystore());
        return pem
                ? new Certificate.Pem(
                        values.neededBy(of.key(), of.certificate(), values.findFile(of.certificate())),
                        values.neededBy(of.certificate(), of.key(), values.findFile(of.key())))
                : null;
    }

    private @Nullable Trust trust(ConnectionKeys.Trust of) {
        values.needs(of.password(), of.file());
        Path file = values.findFile(of.file());
        return file == null ? null : new Trust(file, values.findSecret(of.password()));
    }

    private @Nullable Proxy proxy(ConnectionKeys.Proxy of) {
        values.needs(of.username(), of.address());
        values.needs(of.password(), of.address());
        HostAndPort address = values.find(of.address());
        if (address == null) {
            return null;
        }
        String username = values.find(of.username());
        Secret password = values.findSecret(of.password());
        if (username == null) {
            values.needs(of.password(), of.username());
        } else {
            password = values.neededBy(of.username(), of.password(), password);
        }
        return new Proxy(address, username, password);
    }
}
