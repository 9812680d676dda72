package io.tandem.journal;

/** Where the SQL of the two databases differs. */
enum Dialect {
    /** One writer: nothing needs a lock. */
    SQLITE("", ""),
    POSTGRESQL(" for update", " for update skip locked");

    private final String forUpdate;
    private final String skipLocked;

    Dialect(String forUpdate, String skipLocked) {
        this.forUpdate = forUpdate;
        this.skipLocked = skipLocked;
    }

    /** Makes a query hold its rows until the end of the transaction. */
    String forUpdate() {
        return forUpdate;
    }

    /** The same, leaving out rows that another transaction holds. */
    String skipLocked() {
        return skipLocked;
    }
}
