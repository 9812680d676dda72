package io.tandem.journal;

/** Where one delivery stands. The codes are what the database holds: they never change. */
public enum DeliveryState {
    /** To be attempted, now or later. */
    PENDING(0, "pending"),
    /** The target has it. */
    DELIVERED(1, "delivered"),
    /** Nobody will attempt it unless asked to. */
    DEAD(2, "dead"),
    /** A condition excluded the target. */
    SKIPPED(3, "skipped");

    private final int code;
    private final String word;

    DeliveryState(int code, String word) {
        this.code = code;
        this.word = word;
    }

    int code() {
        return code;
    }

    /** The state as users see it. */
    public String word() {
        return word;
    }

    static DeliveryState of(int code) {
        for (DeliveryState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("no delivery state has the code " + code);
    }
}
