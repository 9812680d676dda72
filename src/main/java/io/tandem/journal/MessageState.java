package io.tandem.journal;

import org.jspecify.annotations.Nullable;

/** Where one message stands, which follows from its deliveries. The codes are what the database holds. */
public enum MessageState {
    /** A delivery is still to be attempted. */
    PENDING(0, "pending"),
    /** Each target has it. */
    COMPLETE(1, "complete"),
    /** Some target has it, and at least one delivery is dead. */
    PARTIAL(2, "partial"),
    /** No target has it, and no delivery will be attempted. */
    DEAD(3, "dead");

    private final int code;
    private final String word;

    MessageState(int code, String word) {
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

    static MessageState of(int code) {
        for (MessageState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("no message state has the code " + code);
    }

    /** The state with this word, or null. */
    public static @Nullable MessageState named(String word) {
        for (MessageState state : values()) {
            if (state.word.equals(word)) {
                return state;
            }
        }
        return null;
    }
}
