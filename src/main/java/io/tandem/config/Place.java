package io.tandem.config;

import java.util.Comparator;

/**
 * Where something is written. Immutable; ordered as a reader would look things up.
 *
 * @param source a file as one would type it here, or an environment variable or the command line in words
 * @param line counted from 1; 0 when the source has no lines
 * @param column counted from 1; 0 for the whole line
 */
public record Place(String source, int line, int column) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::source).thenComparingInt(Place::line).thenComparingInt(Place::column);

    /** A source as a whole. */
    public static Place of(String source) {
        return new Place(source, 0, 0);
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    /** {@code file:line:column}, as far as they are known. */
    @Override
    public String toString() {
        return source + (line > 0 ? ":" + line : "") + (column > 0 ? ":" + column : "");
    }
}
