package io.tandem.oauth2;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * TLS with the files of a {@link Transport}, read again when they changed: certificates are renewed while the service
 * runs. Safe for use by any thread.
 */
final class ReloadingTls implements TlsSocketStrategy {
    private final @Nullable TrustedCertificates trust;
    private final @Nullable ClientCertificate certificate;

    // guarded by this
    private @Nullable List<String> stamps;
    private @Nullable TlsSocketStrategy current;

    ReloadingTls(Transport transport) {
        this.trust = transport.trust();
        this.certificate = transport.clientCertificate();
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext context)
            throws IOException {
        return strategy().upgrade(socket, target, port, attachment, context);
    }

    private synchronized TlsSocketStrategy strategy() throws IOException {
        List<String> now = new ArrayList<>();
        for (Path file : files()) {
            now.add(stamp(file));
        }
        if (current == null || !now.equals(stamps)) {
            // the JDK's own check of the host name; HttpClient's would load the public suffix list first
            current = new DefaultClientTlsStrategy(
                    context(), HostnameVerificationPolicy.BUILTIN, NoopHostnameVerifier.INSTANCE);
            stamps = now;
        }
        return current;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        if (trust != null) {
            files.add(trust.file());
        }
        if (certificate instanceof ClientCertificate.PemFiles pem) {
            files.add(pem.certificates());
            files.add(pem.key());
        } else if (certificate instanceof ClientCertificate.Pkcs12 store) {
            files.add(store.file());
        }
        return files;
    }

    private static String stamp(Path file) throws KeyFileException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // the key tells a Kubernetes Secret's new version, whose size and time may be the old one's
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            throw new KeyFileException(unreadable(file, e));
        }
    }

    private SSLContext context() throws KeyFileException {
        try {
            if (trust == null && certificate == null) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new KeyFileException(
                    "the TLS files can't be used (" + e.getClass().getSimpleName() + ")");
        }
    }

    private KeyManager @Nullable [] keyManagers() throws KeyFileException, GeneralSecurityException {
        if (certificate == null) {
            return null;
        }
        char[] password;
        KeyStore store;
        if (certificate instanceof ClientCertificate.PemFiles files) {
            password = new char[0];
            Pem chain = Pem.read(files.certificates());
            if (chain.certificates().isEmpty()) {
                throw new KeyFileException("'" + files.certificates() + "' has no certificate");
            }
            PrivateKey key = Pem.read(files.key()).keyOf(files.key());
            store = empty();
            store.setKeyEntry("client", key, password, chain.certificates().toArray(X509Certificate[]::new));
        } else if (certificate instanceof ClientCertificate.Pkcs12 file) {
            password = read(file.password(), file.file());
            store = load(file.file(), password);
        } else {
            throw new IllegalStateException("a client certificate of a new kind");
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private TrustManager @Nullable [] trustManagers() throws KeyFileException, GeneralSecurityException {
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

    private static String unreadable(Path file, IOException e) {
        return "'" + file + "' can't be read (" + e.getClass().getSimpleName() + ")";
    }
}
