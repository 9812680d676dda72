package io.tandem.config;

import java.util.Locale;

/** How much a {@link Fault} matters; the worst first. */
public enum Severity {
    /** Tandem does not start with it, or messages fail. */
    ERROR,

    /** Tandem starts, but what is written can hardly be meant. */
    WARNING,

    /** Left to taste: what helps the next reader. */
    HINT;

    /** As compilers print it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
