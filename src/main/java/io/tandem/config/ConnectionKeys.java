package io.tandem.config;

import io.tandem.config.Settings.HostAndPort;
import java.nio.file.Path;

/** The keys that say how one server is connected to: a target, or its authorization server. */
record ConnectionKeys(Key<Boolean> allowHttp, Certificate certificate, Trust trust, Proxy proxy) {
    record Certificate(Key<Path> certificate, Key<Path> key, Key<Path> keystore, Key<Secret> password) {}

    record Trust(Key<Path> file, Key<Secret> password) {}

    record Proxy(Key<HostAndPort> address, Key<String> username, Key<Secret> password) {}
}
