package io.tandem.aggregation;

import java.util.List;

/** The shapes by their names in the configuration. */
public final class Shapes {
    private Shapes() {}

    /**
     * A shape.
     *
     * @param name {@code collect}, {@code merge}, {@code first} or {@code compare}
     * @param ignored what {@code compare} leaves out: JSON Pointers, with {@code *} for every member or element
     * @throws IllegalArgumentException for another name
     */
    public static Shape of(String name, List<String> ignored) {
        return switch (name) {
            case "collect" -> Shape.collect();
            case "merge" -> new DeepMerge();
            case "first" -> new FirstShape();
            case "compare" -> new Compare(ignored);
            default ->
                throw new IllegalArgumentException(
                        "unknown shape '" + name + "': one of collect, merge, first, compare");
        };
    }
}
