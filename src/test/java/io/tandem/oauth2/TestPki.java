package io.tandem.oauth2;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests. */
public final class TestPki {
    private static final AtomicLong SERIAL = new AtomicLong(1);

    final Identity authority;

    /** A key and its certificate. */
    public record Identity(KeyPair keys, X509Certificate certificate) {
        public String pem() {
            return pemCertificate() + pemKey();
        }

        public String pemCertificate() {
            try {
                return TestPki.pem("CERTIFICATE", certificate.getEncoded());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        public String pemKey() {
            return TestPki.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }

        public byte[] pkcs12(String password) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("it", keys.getPrivate(), password.toCharArray(), new Certificate[] {certificate});
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, password.toCharArray());
            return out.toByteArray();
        }
    }

    public TestPki() throws Exception {
        KeyPair keys = ec();
        authority = new Identity(keys, certificate("CN=Test CA", keys, keys.getPrivate(), null, 0, 3650));
    }

    public static KeyPair ec() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    public static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    public Identity server(String address) throws Exception {
        return identity("CN=server", address, -1, 30);
    }

    public Identity client(String name) throws Exception {
        return identity("CN=" + name, null, -1, 30);
    }

    public Identity identity(String name, String address, int fromDay, int toDay) throws Exception {
        KeyPair keys = ec();
        return new Identity(keys, certificate(name, keys, authority.keys().getPrivate(), address, fromDay, toDay));
    }

    private static X509Certificate certificate(
            String name, KeyPair keys, PrivateKey signer, String address, int fromDay, int toDay) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=Test CA"),
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(now.plus(Duration.ofDays(fromDay))),
                Date.from(now.plus(Duration.ofDays(toDay))),
                new X500Name(name),
                keys.getPublic());
        if (name.equals("CN=Test CA")) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        }
        if (address != null) {
            int type = Character.isDigit(address.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName;
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(type, address)));
        }
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer))
                .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** TLS of a server that trusts clients of this authority. */
    public SSLContext tls(Identity server) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(new ByteArrayInputStream(server.pkcs12("x")), "x".toCharArray());
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, "x".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The authority's certificate as a file. */
    public Path trustFile(Path folder) throws Exception {
        return Files.writeString(folder.resolve("ca.pem"), authority.pemCertificate());
    }

    public static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }
}
