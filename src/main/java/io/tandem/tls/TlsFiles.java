package io.tandem.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates and keys of one side of TLS connections, read from their files again when these changed: certificates
 * are renewed while the service runs. Safe for use by any thread.
 */
public final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private final @Nullable TrustedCertificates trust;
    private final @Nullable CertificateAndKey own;

    // guarded by this
    private @Nullable List<String> stamps;
    private @Nullable SSLContext current;

    /**
     * @param trust whose certificates are trusted, null: the JVM's list
     * @param own shown to the other side, null: none
     */
    public TlsFiles(@Nullable TrustedCertificates trust, @Nullable CertificateAndKey own) {
        this.trust = trust;
        this.own = own;
    }

    /**
     * What the files say now; the same object for as long as they do not change. When they changed to something that
     * can't be used, such as half a file, the last good content stays in force.
     *
     * @throws KeyFileException when one of them can't be used, and never could
     */
    public synchronized SSLContext context() throws KeyFileException {
        List<String> now = stamps();
        SSLContext known = current;
        if (known != null && now.equals(stamps)) {
            return known;
        }
        try {
            current = read();
        } catch (KeyFileException e) {
            if (known == null) {
                throw e;
            }
            LOG.warn("a renewed TLS file can't be used, the last good one stays in force: {}", e.problem());
        }
        stamps = now;
        return Objects.requireNonNull(current);
    }

    private List<String> stamps() {
        List<String> now = new ArrayList<>();
        for (Path file : files()) {
            now.add(FileStamp.of(file));
        }
        return now;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        if (trust != null) {
            files.add(trust.file());
        }
        if (own instanceof CertificateAndKey.PemFiles pem) {
            files.add(pem.certificates());
            files.add(pem.key());
        } else if (own instanceof CertificateAndKey.Pkcs12 store) {
            files.add(store.file());
        }
        return files;
    }

    private SSLContext read() throws KeyFileException {
        try {
            if (trust == null && own == null) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(readKeys(), readTrust(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * Those of the own certificate as its files are now, null without one.
     *
     * @throws KeyFileException when they can't be used
     */
    public KeyManager @Nullable [] keyManagers() throws KeyFileException {
        try {
            return readKeys();
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * Those of the trusted certificates as their file is now, null without one.
     *
     * @throws KeyFileException when it can't be used
     */
    public TrustManager @Nullable [] trustManagers() throws KeyFileException {
        try {
            return readTrust();
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private static KeyFileException unusable(GeneralSecurityException e) {
        return new KeyFileException(
                "the TLS files can't be used (" + e.getClass().getSimpleName() + ")");
    }

    private KeyManager @Nullable [] readKeys() throws KeyFileException, GeneralSecurityException {
        if (own == null) {
            return null;
        }
        char[] password;
        KeyStore store;
        if (own instanceof CertificateAndKey.PemFiles files) {
            password = new char[0];
            Pem chain = Pem.read(files.certificates());
            if (chain.certificates().isEmpty()) {
                throw new KeyFileException("'" + files.certificates() + "' has no certificate");
            }
            PrivateKey key = Pem.read(files.key()).keyOf(files.key());
            store = empty();
            store.setKeyEntry("own", key, password, chain.certificates().toArray(X509Certificate[]::new));
        } else if (own instanceof CertificateAndKey.Pkcs12 file) {
            password = read(file.password(), file.file());
            store = load(file.file(), password);
        } else {
            throw new IllegalStateException("a certificate of a new kind");
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private TrustManager @Nullable [] readTrust() throws KeyFileException, GeneralSecurityException {
        if (trust == null) {
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trustStore(trust));
        return factory.getTrustManagers();
    }

    private static KeyStore trustStore(TrustedCertificates trust) throws KeyFileException, GeneralSecurityException {
        Path file = trust.file();
        if (!Pem.text(file).contains("-----BEGIN ")) {
            return load(file, trust.password() == null ? null : read(trust.password(), file));
        }
        KeyStore store = empty();
        for (X509Certificate certificate : Pem.read(file).certificates()) {
            store.setCertificateEntry("trusted-" + store.size(), certificate);
        }
        if (store.size() == 0) {
            throw new KeyFileException("'" + file + "' has no certificate");
        }
        return store;
    }

    // finds out itself whether it is PKCS12 or JKS
    private static KeyStore load(Path file, char @Nullable [] password)
            throws KeyFileException, GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), password);
        } catch (IOException e) {
            throw new KeyFileException("the key store '" + file + "' can't be opened: check the file and its password");
        }
    }

    private static KeyStore empty() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("an empty key store reads nothing", e);
        }
        return store;
    }

    private static char[] read(Supplier<String> password, Path file) throws KeyFileException {
        try {
            return Objects.requireNonNull(password.get()).toCharArray();
        } catch (RuntimeException e) {
            throw new KeyFileException("the password of '" + file + "' can't be read");
        }
    }
}
