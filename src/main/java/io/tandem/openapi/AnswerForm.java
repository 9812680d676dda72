package io.tandem.openapi;

import java.util.Locale;

/** What the answer looks like to a message whose policy is met. */
public enum AnswerForm {
    /** All replies, by target. */
    COLLECT,
    /** One body of all, and its conflicts, before the outcomes. */
    MERGE,
    /** The body of one target, alone. */
    FIRST,
    /** All replies, and how they differ. */
    COMPARE,
    /** The body that a merge strategy of the users' own makes, alone. */
    OWN;

    /** @param shape as it is configured: {@code collect}, {@code merge}, {@code first} or {@code compare} */
    public static AnswerForm of(String shape) {
        return valueOf(shape.toUpperCase(Locale.ROOT));
    }

    /** The shape that makes it. */
    String shape() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the answer is a body alone, whatever that is. */
    boolean alone() {
        return this == FIRST || this == OWN;
    }
}
