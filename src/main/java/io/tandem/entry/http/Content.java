package io.tandem.entry.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that never change, with what HTTP wants to know of them. Nothing is read before it is asked for; what is large is
 * not kept, or only as long as memory allows. The methods may block. Thread-safe.
 */
public final class Content {
    private final Supplier<byte[]> source;

    @Nullable
    private volatile String etag;

    private volatile SoftReference<byte[]> gzip = new SoftReference<>(null);

    /** @param source gives the same bytes each time */
    public Content(Supplier<byte[]> source) {
        this.source = source;
    }

    /** The bytes as they are; not to be changed. */
    public byte[] bytes() {
        return source.get();
    }

    /** The bytes, compressed; not to be changed. */
    public byte[] gzipped() {
        byte[] known = gzip.get();
        if (known == null) {
            known = compress(bytes());
            gzip = new SoftReference<>(known);
        }
        return known;
    }

    /** An entity tag; a weak one, as it is the same whether compressed or not (RFC 9110 §8.8.1). */
    public String etag() {
        String known = etag;
        if (known == null) {
            known = "W/\"" + digest(bytes()) + "\"";
            etag = known;
        }
        return known;
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] compress(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3 + 64);
        try (GZIPOutputStream compressing = new GZIPOutputStream(out)) {
            compressing.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }
}
