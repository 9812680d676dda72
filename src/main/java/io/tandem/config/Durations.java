package io.tandem.config;

import java.time.Duration;

/** Durations as users write them everywhere: {@code 250ms}, {@code 3s}, {@code 2m}. */
public final class Durations {
    private Durations() {}

    /**
     * Reads a duration from 0s to 24h.
     *
     * @throws IllegalArgumentException when it is none; the message says what was expected
     */
    public static Duration parse(String text) {
        try {
            return ValueTypes.DURATION_OR_ZERO.parse(text);
        } catch (BadValue e) {
            throw new IllegalArgumentException("expected " + ValueTypes.DURATION_OR_ZERO.expected(), e);
        }
    }
}
