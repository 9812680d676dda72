package io.tandem.config;

import java.util.Comparator;

/**
 * Where a value was given. Ordered as a reader would look things up: by layer, source, line.
 *
 * @param source a file, an environment variable or the command line, in words for a message
 * @param line counted from 1; 0 when the source has no lines
 */
record Origin(Layer layer, String source, int line) implements Comparable<Origin> {
    static final Origin DEFAULTS = new Origin(Layer.DEFAULTS, "defaults", 0);

    private static final Comparator<Origin> ORDER =
            Comparator.comparing(Origin::layer).thenComparing(Origin::source).thenComparingInt(Origin::line);

    static Origin of(Layer layer, String source) {
        return new Origin(layer, source, 0);
    }

    Origin atLine(int number) {
        return new Origin(layer, source, number);
    }

    Place place() {
        return new Place(Faults.oneLine(source), line, 0);
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }
}
