package io.tandem.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a PEM file holds (RFC 7468). Immutable.
 *
 * @param certificates in the order of the file
 * @param key the one private key; null when there is none
 */
public record Pem(List<X509Certificate> certificates, @Nullable PrivateKey key) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final HexFormat HEX = HexFormat.of();
    // AlgorithmIdentifier of RSA: rsaEncryption, NULL
    private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC_PUBLIC_KEY = HEX.parseHex("06072a8648ce3d0201");
    private static final byte[] VERSION_0 = HEX.parseHex("020100");

    /**
     * Reads a file.
     *
     * @throws KeyFileException when it can't be read, is damaged, or has more than one private key
     */
    public static Pem read(Path file) throws KeyFileException {
        return parse(text(file), file);
    }

    /**
     * The text of a file, byte by byte.
     *
     * @throws KeyFileException when it can't be read
     */
    public static String text(Path file) throws KeyFileException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new KeyFileException(
                    "'" + file + "' can't be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /**
     * As {@link #read}, of text that was read already.
     *
     * @param file named by what goes wrong
     */
    public static Pem parse(String text, Path file) throws KeyFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        PrivateKey key = null;
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            String type = block.group(1);
            byte[] der;
            try {
                der = Base64.getMimeDecoder().decode(block.group(2));
            } catch (IllegalArgumentException e) {
                throw new KeyFileException("'" + file + "' has a damaged " + type);
            }
            switch (type) {
                case "CERTIFICATE", "TRUSTED CERTIFICATE" -> certificates.add(certificate(der, file));
                case "PRIVATE KEY" -> key = only(key, privateKey(der, file), file);
                // PKCS#1 and SEC1 are the inner part of PKCS#8
                case "RSA PRIVATE KEY" ->
                    key = only(key, privateKey(sequence(VERSION_0, RSA, tagged(0x04, der)), file), file);
                case "EC PRIVATE KEY" -> key = only(key, privateKey(wrapSec1(der, file), file), file);
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new KeyFileException("the private key in '" + file
                            + "' is encrypted: decrypt it with 'openssl pkcs8', or use PKCS12 with a password");
                default -> {
                    // EC PARAMETERS, public keys and the like are of no use here
                }
            }
        }
        return new Pem(List.copyOf(certificates), key);
    }

    /**
     * The private key.
     *
     * @throws KeyFileException when there is none
     */
    public PrivateKey keyOf(Path file) throws KeyFileException {
        if (key == null) {
            throw new KeyFileException("'" + file + "' has no private key");
        }
        return key;
    }

    private static PrivateKey only(@Nullable PrivateKey before, PrivateKey key, Path file) throws KeyFileException {
        if (before != null) {
            throw new KeyFileException("'" + file + "' has more than one private key");
        }
        return key;
    }

    private static X509Certificate certificate(byte[] der, Path file) throws KeyFileException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new KeyFileException("'" + file + "' has a damaged certificate");
        }
    }

    private static PrivateKey privateKey(byte[] pkcs8, Path file) throws KeyFileException {
        for (String algorithm : List.of("RSA", "EC", "RSASSA-PSS")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // of another kind: the next
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JVM has " + algorithm, e);
            }
        }
        throw new KeyFileException("the private key in '" + file + "' is damaged, or neither RSA nor EC");
    }

    // RFC 5915 §3: SEQUENCE { version, OCTET STRING, [0] parameters, [1] public key }
    private static byte[] wrapSec1(byte[] der, Path file) throws KeyFileException {
        try {
            ByteBuffer all = ByteBuffer.wrap(der);
            ByteBuffer inner = value(all, 0x30);
            value(inner, 0x02);
            value(inner, 0x04);
            ByteBuffer curve = value(inner, 0xa0);
            byte[] parameters = new byte[curve.remaining()];
            curve.get(parameters);
            return sequence(VERSION_0, sequence(EC_PUBLIC_KEY, parameters), tagged(0x04, der));
        } catch (RuntimeException e) {
            throw new KeyFileException("the EC key in '" + file + "' names no curve: convert it with 'openssl pkcs8'");
        }
    }

    private static ByteBuffer value(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new IllegalArgumentException("another tag");
        }
        int length = in.get() & 0xff;
        if (length > 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = (length << 8) | (in.get() & 0xff);
            }
        }
        ByteBuffer value = in.slice(in.position(), length);
        in.position(in.position() + length);
        return value;
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return tagged(0x30, all.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (value.length < 0x80) {
            out.write(value.length);
        } else if (value.length < 0x100) {
            out.write(0x81);
            out.write(value.length);
        } else {
            out.write(0x82);
            out.write(value.length >> 8);
            out.write(value.length);
        }
        out.writeBytes(value);
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return "Pem[certificates=" + certificates.size() + ", key=" + (key != null) + "]";
    }
}
