package io.tandem.config;

import java.util.function.Supplier;

/**
 * A configured secret, never shown by {@link #toString()}. The value is read at each use, so that a secret which lies
 * in a file takes effect when the file changes. Safe for use by any thread.
 */
public final class Secret {
    private final Supplier<String> source;

    private Secret(Supplier<String> source) {
        this.source = source;
    }

    /** A secret with a fixed value. */
    public static Secret of(String value) {
        return new Secret(() -> value);
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
    public String toString() {
        return "(secret)";
    }
}
