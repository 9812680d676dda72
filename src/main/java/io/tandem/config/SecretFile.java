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
    private final LongSupplier nanoTime;
    private final ReentrantLock checking = new ReentrantLock();
    private volatile String value;
    private volatile long checkedAt;
    // Both only under the lock
    private Stamp stamp;
    private boolean failing;

    private SecretFile(Path file, LongSupplier nanoTime) throws IOException {
        this.file = file;
        this.nanoTime = nanoTime;
        this.checkedAt = nanoTime.getAsLong();
        this.stamp = stamp(file);
        this.value = read(file);
    }

    /** Fails when the file can't be read now, or has no usable content. */
    static SecretFile open(Path file, LongSupplier nanoTime) throws IOException {
        return new SecretFile(file, nanoTime);
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

    private boolean isDue(long now) {
        return now - checkedAt >= CHECK_INTERVAL_NANOS;
    }

    private void refresh() {
        try {
            Stamp current = stamp(file);
            if (!current.equals(stamp)) {
                value = read(file);
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

    private static String read(Path file) throws IOException {
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
        if (hasControlCharacter(text)) {
            throw new IOException("it has more than one line, or another control character");
        }
        return text;
    }

    /** Without the line break at the end that editors and {@code echo} leave. */
    static String normalise(String secret) {
        return Objects.requireNonNull(secret).replaceFirst("\\R+\\z", "");
    }

    /** What can be in no header, and so in no credential. */
    static boolean hasControlCharacter(String secret) {
        return secret.chars().anyMatch(Character::isISOControl);
    }
}
