package io.tandem.server;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of the ports, with what is in its files now: certificates are renewed while the service runs. Reading them
 * blocks. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    private static final String CERTIFICATE = "tandem.http.tls.certificate";
    private static final String KEYSTORE = "tandem.http.tls.keystore";
    private static final String CLIENT_TRUST = "tandem.http.tls.client-trust";

    /** RFC 9325 §3.1.1. */
    private static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));

    /** Forward secrecy and authenticated encryption alone (RFC 9325 §4.2); all of them are good for HTTP/2. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final long CHECK_MILLIS = 1000;

    private final Vertx vertx;
    private final Settings.Tls settings;
    private final Duration handshake;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean renewing = new AtomicBoolean();

    // guarded by this
    private @Nullable List<String> seen;
    private @Nullable SSLOptions loaded;

    private long check = -1;

    /** @param handshake how long a caller may take for it */
    public ServerTls(Vertx vertx, Settings.Tls settings, Duration handshake) {
        this.vertx = vertx;
        this.settings = settings;
        this.handshake = handshake;
    }

    /**
     * Looks at the files once more.
     *
     * @throws TlsFilesException when they can't be used, be it that key and certificate don't belong together
     */
    public void check() throws TlsFilesException {
        load();
    }

    /**
     * Has a server that is yet to be made take nothing but TLS; by its {@code alpnVersions} callers choose the protocol.
     *
     * @param callersAreAsked whether callers are asked for a certificate, should there be any that are trusted
     * @throws TlsFilesException when the files can't be used
     */
    public synchronized void secure(HttpServerOptions options, boolean callersAreAsked) throws TlsFilesException {
        SSLOptions now = loaded == null ? load() : loaded;
        boolean asked = callersAreAsked && now.getTrustOptions() != null;
        options.setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(now.getKeyCertOptions())
                .setTrustOptions(now.getTrustOptions())
                .setClientAuth(asked ? ClientAuth.REQUEST : ClientAuth.NONE)
                .setEnabledSecureTransportProtocols(now.getEnabledSecureTransportProtocols())
                .setSslHandshakeTimeout(now.getSslHandshakeTimeout())
                .setSslHandshakeTimeoutUnit(now.getSslHandshakeTimeoutUnit());
        now.getEnabledCipherSuites().forEach(options::addEnabledCipherSuite);
    }

    /** Has a server that was made with what {@link #secure} said go on with new files, once it is renewed. */
    public void keepFresh(HttpServer server) {
        servers.add(server);
    }

    /**
     * Looks at the files every second from now on. Connections that are there go on with the old certificate.
     *
     * @param executor reads the files: must allow blocking
     */
    public void renew(Executor executor) {
        check = vertx.setPeriodic(CHECK_MILLIS, id -> executor.execute(this::renew));
    }

    private void renew() {
        if (renewing.compareAndSet(false, true)) {
            try {
                if (changed()) {
                    SSLOptions now = load();
                    List<Future<Boolean>> updates = servers.stream()
                            .map(server -> server.updateSSLOptions(now, true))
                            .toList();
                    Future.all(updates)
                            .onSuccess(v -> LOG.info("The files of tandem.http.tls have changed"))
                            .onFailure(e -> goOn(e.getMessage()));
                }
            } catch (TlsFilesException e) {
                goOn(e.getMessage());
            } finally {
                renewing.set(false);
            }
        }
    }

    private static void goOn(@Nullable String reason) {
        LOG.warn("{}; going on with the last good files", reason);
    }

    /** Looks at the files no more. */
    @Override
    public void close() {
        vertx.cancelTimer(check);
    }

    private synchronized SSLOptions load() throws TlsFilesException {
        List<String> now = stamps();
        SSLOptions options = new SSLOptions()
                .setKeyCertOptions(KeyCertOptions.wrap(keys()))
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshake.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        CIPHERS.forEach(options::addEnabledCipherSuite);
        Settings.Trust trust = settings.clientTrust();
        if (trust != null) {
            options.setTrustOptions(TrustOptions.wrap(trusted(trust)));
        }
        seen = now;
        loaded = options;
        return options;
    }

    /** Whether the files are others than those that were loaded, or tried, last. */
    private synchronized boolean changed() {
        List<String> now = stamps();
        boolean changed = !now.equals(seen);
        seen = now;
        return changed;
    }

    private List<String> stamps() {
        List<Path> files = new ArrayList<>();
        if (settings.certificate() instanceof Settings.Certificate.Pem pem) {
            files.add(pem.certificate());
            files.add(pem.key());
        } else if (settings.certificate() instanceof Settings.Certificate.Keystore keystore) {
            files.add(keystore.file());
        }
        Settings.Trust trust = settings.clientTrust();
        if (trust != null) {
            files.add(trust.file());
        }
        return files.stream().map(ServerTls::stamp).toList();
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // the key tells a Kubernetes Secret's new version, whose size and time may be the old one's
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            return "unreadable";
        }
    }

    @SuppressWarnings("IllegalCatch") // Vert.x declares Exception
    private X509KeyManager keys() throws TlsFilesException {
        KeyCertOptions options;
        String key;
        String files;
        if (settings.certificate() instanceof Settings.Certificate.Pem pem) {
            key = CERTIFICATE;
            files = pem.certificate() + " and " + pem.key();
            options = new PemKeyCertOptions()
                    .addCertPath(pem.certificate().toString())
                    .addKeyPath(pem.key().toString());
        } else if (settings.certificate() instanceof Settings.Certificate.Keystore keystore) {
            key = KEYSTORE;
            files = keystore.file().toString();
            options = new PfxOptions()
                    .setPath(keystore.file().toString())
                    .setPassword(keystore.password().value());
        } else {
            throw new IllegalStateException("a certificate of a new kind");
        }
        try {
            X509KeyManager manager =
                    (X509KeyManager) options.getKeyManagerFactory(vertx).getKeyManagers()[0];
            requirePair(manager);
            return manager;
        } catch (Exception e) {
            throw unusable(key, files, e);
        }
    }

    /** A half of a renewed pair would let every handshake fail. */
    private static void requirePair(X509KeyManager manager) throws GeneralSecurityException {
        for (String type : List.of("RSA", "EC")) {
            String[] aliases = manager.getServerAliases(type, null);
            if (aliases != null && aliases.length > 0) {
                PrivateKey key = manager.getPrivateKey(aliases[0]);
                X509Certificate certificate = manager.getCertificateChain(aliases[0])[0];
                Signature signature = Signature.getInstance(type.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
                byte[] text = "tandem".getBytes(StandardCharsets.US_ASCII);
                signature.initSign(key);
                signature.update(text);
                byte[] signed = signature.sign();
                signature.initVerify(certificate.getPublicKey());
                signature.update(text);
                if (!signature.verify(signed)) {
                    throw new GeneralSecurityException("the key is not that of the certificate");
                }
                return;
            }
        }
        throw new GeneralSecurityException("there is no RSA or EC key with its certificate");
    }

    @SuppressWarnings("IllegalCatch") // Vert.x declares Exception
    private TrustManager trusted(Settings.Trust trust) throws TlsFilesException {
        Secret password = trust.password();
        TrustOptions options = password == null
                ? new PemTrustOptions().addCertPath(trust.file().toString())
                : new PfxOptions().setPath(trust.file().toString()).setPassword(password.value());
        try {
            return options.getTrustManagerFactory(vertx).getTrustManagers()[0];
        } catch (Exception e) {
            throw unusable(CLIENT_TRUST, trust.file().toString(), e);
        }
    }

    private static TlsFilesException unusable(String key, String files, Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new TlsFilesException(
                key, "'%s': %s can't be used: %s".formatted(key, files, reason.replaceAll("\\p{Cntrl}", " ")), e);
    }
}
