package io.tandem.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret that lies in a file, and is read again when the file changes. Looks at the file at most once a second, on a
 * thread that asks for the value. When a read fails, as in the moment in which a file is replaced, the last good value
 * stays. Safe for use by any thread.
 */
final class SecretFile implements Supplier<String> {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFile.class);
    private static final long CHECK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_BYTES = 64 * 1024;

    /** What differs when a file was written or replaced; the file key is the inode, where there is one. */
    private record Stamp(long modified, long size, @Nullable Object fileKey) {}

    private final Path file;
    private final Form form;
    private final LongSupplier nanoTime;
    private final ReentrantLock checking = new ReentrantLock();
    private volatile String value;
    private volatile long checkedAt;
    // Both only under the lock
    private Stamp stamp;
    private boolean failing;

    /** What a secret may be made of. */
    enum Form {
        /** What can be in a header, as a credential is. */
        LINE,
        /** Several of them. */
        LINES;

        /** What is wrong with a text, or null. */
        @Nullable
        String fault(String text) {
            boolean lines = this == LINES;
            boolean good = text.chars()
                    .noneMatch(c -> Character.isISOControl(c) && !(lines && (c == '\n' || c == '\r' || c == '\t')));
            return good
                    ? null
                    : lines ? "it has a control character" : "it has more than one line, or another control character";
        }
    }

    private SecretFile(Path file, Form form, LongSupplier nanoTime) throws IOException {
        this.file = file;
        this.form = form;
        this.nanoTime = nanoTime;
        this.checkedAt = nanoTime.getAsLong();
        this.stamp = stamp(file);
        this.value = read();
    }

    /** Fails when the file can't be read now, or has no usable content. */
    static SecretFile open(Path file, Form form, LongSupplier nanoTime) throws IOException {
        return new SecretFile(file, form, nanoTime);
    }

    @Override
    public String get() {
        long now = nanoTime.getAsLong();
        // Others don't wait for the one that looks: they take the value known so far
        if (isDue(now) && checking.tryLock()) {
            try {
                if (isDue(now)) {
                    refresh();
                    checkedAt = now;
                }
            } finally {
                checking.unlock();
            }
        }
        return value;
    }

    /** What is in the file may change at any time: it is the file that counts. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SecretFile secret && secret.file.equals(file);
    }

    @Override
    public int hashCode() {
        return file.hashCode();
    }

    private boolean isDue(long now) {
        return now - checkedAt >= CHECK_INTERVAL_NANOS;
    }

    private void refresh() {
        try {
            Stamp current = stamp(file);
            if (!current.equals(stamp)) {
                value = read();
                stamp = current;
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("Secret file {}: {}; going on with the last good value", file, Reasons.of(e));
            }
            failing = true;
        }
    }

    private static Stamp stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(), attributes.fileKey());
    }

    private String read() throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("it is larger than 64 KiB");
        }
        String text;
        try {
            text = normalise(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text", e);
        }
        if (text.isEmpty()) {
            throw new IOException("it is empty");
        }
        String fault = form.fault(text);
        if (fault != null) {
            throw new IOException(fault);
        }
        return text;
    }

    /** Without the line break at the end that editors and {@code echo} leave. */
    static String normalise(String secret) {
        return Objects.requireNonNull(secret).replaceFirst("\\R+\\z", "");
    }
}
