package io.tandem.entry.http;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.vertx.core.Vertx;
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
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of the entry, with what is in its files now: certificates are renewed while the service runs. Blocks; for one
 * thread at a time.
 */
final class ServerTls {
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

    private final Vertx vertx;
    private final Settings.Tls settings;
    private final Duration handshake;
    private final boolean http2;
    private @Nullable List<String> loaded;

    /**
     * @param handshake how long a caller may take for it
     * @param http2 whether it is offered (RFC 7301)
     */
    ServerTls(Vertx vertx, Settings.Tls settings, Duration handshake, boolean http2) {
        this.vertx = vertx;
        this.settings = settings;
        this.handshake = handshake;
        this.http2 = http2;
    }

    /**
     * What the files say now.
     *
     * @throws TlsFilesException when they can't be used, be it that key and certificate don't belong together
     */
    SSLOptions load() throws TlsFilesException {
        List<String> now = stamps();
        SSLOptions options = new SSLOptions()
                .setKeyCertOptions(KeyCertOptions.wrap(keys()))
                .setUseAlpn(http2)
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshake.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        CIPHERS.forEach(options::addEnabledCipherSuite);
        Settings.Trust trust = settings.clientTrust();
        if (trust != null) {
            options.setTrustOptions(TrustOptions.wrap(trusted(trust)));
        }
        loaded = now;
        return options;
    }

    /** Whether the files are others than those that were loaded, or tried, last. */
    boolean changed() {
        List<String> now = stamps();
        boolean changed = !now.equals(loaded);
        loaded = now;
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
