package io.tandem.config;

import java.util.function.Supplier;

/**
 * A configured secret, never shown by {@link #toString()}. The value is read at each use, so that a secret which lies
 * in a file takes effect when the file changes; two that lie in the same file are equal, whatever is in it. Safe for use
 * by any thread.
 */
public final class Secret {
    private final Supplier<String> source;

    private record Fixed(String value) implements Supplier<String> {
        @Override
        public String get() {
            return value;
        }
    }

    private Secret(Supplier<String> source) {
        this.source = source;
    }

    /** A secret with a fixed value. */
    public static Secret of(String value) {
        return new Secret(new Fixed(value));
    }

    /** A secret that is read from {@code source} at each use. */
    public static Secret from(Supplier<String> source) {
        return new Secret(source);
    }

    /** The value now. */
    public String value() {
        return source.get();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
