package io.tandem.proof;

/**
 * A request that a target got. Immutable, but for what became of its answer.
 */
public final class Arrival {
    private final String target;
    private final String key;
    private final String messageId;
    private final String body;
    private final boolean unharmed;
    private final long at;
    private final Reply reply;
    private volatile long answeredAt;

    /**
     * @param key the Idempotency-Key; empty for none
     * @param messageId as the request says; empty for none
     * @param body the id of its body; empty when it has none
     * @param unharmed whether the body is what was sent under that id
     * @param at by {@link System#nanoTime}
     */
    public Arrival(String target, String key, String messageId, String body, boolean unharmed, long at, Reply reply) {
        this.target = target;
        this.key = key;
        this.messageId = messageId;
        this.body = body;
        this.unharmed = unharmed;
        this.at = at;
        this.reply = reply;
    }

    public String target() {
        return target;
    }

    public String key() {
        return key;
    }

    public String messageId() {
        return messageId;
    }

    public String body() {
        return body;
    }

    public boolean unharmed() {
        return unharmed;
    }

    public long at() {
        return at;
    }

    public Reply reply() {
        return reply;
    }

    /** The answer was handed to the network. */
    public Arrival answered(long nanoTime) {
        answeredAt = nanoTime;
        return this;
    }

    /** Whether a good answer was given. */
    public boolean confirmed() {
        return (reply == Reply.OK || reply == Reply.LATE) && answeredAt != 0;
    }
}
