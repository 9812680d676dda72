package io.tandem.config;

/** Who may see a value. */
enum Sensitivity {
    /** Appears in messages, and route files may refer to it. */
    OPEN,
    /** A plain value that often is a credential all the same: never shown, and no route can refer to it. */
    MASKED,
    /** A {@link Secret}: as {@link #MASKED}, and may be a {@code file:} reference. */
    SECRET
}
