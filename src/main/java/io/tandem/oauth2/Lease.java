package io.tandem.oauth2;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A token at hand and until when (on the monotonic clock) it may be handed out. Immutable but for its usage. */
final class Lease {
    /** Not asked for yet. */
    private static final int UNUSED = 0;
    /** Asked for at least once. */
    private static final int USED = 1;
    /** Was not asked for when its refresh was due, which therefore did not happen. */
    private static final int IDLE = 2;

    final Token token;
    final long usableUntil;
    final long expiresAt;
    final long fetchedAt;
    final CompletionStage<Token> stage;
    private final AtomicInteger usage;

    private Lease(Token token, long usableUntil, long expiresAt, long fetchedAt, AtomicInteger usage) {
        this.token = token;
        this.usableUntil = usableUntil;
        this.expiresAt = expiresAt;
        this.fetchedAt = fetchedAt;
        this.usage = usage;
        this.stage = CompletableFuture.completedStage(token);
    }

    static Lease of(Token token, long usableUntil, long expiresAt, long fetchedAt, boolean used) {
        return new Lease(token, usableUntil, expiresAt, fetchedAt, new AtomicInteger(used ? USED : UNUSED));
    }

    /** The same token, handed out for longer. */
    Lease until(long usableUntil) {
        return new Lease(token, usableUntil, expiresAt, fetchedAt, usage);
    }

    boolean usableAt(long nanos) {
        return nanos - usableUntil < 0;
    }

    /** No ordering is needed here, and every message comes by. */
    boolean used() {
        return usage.getOpaque() == USED;
    }

    /** Notes the first use; true when that comes after the refresh was due. */
    boolean use() {
        return usage.getAndSet(USED) == IDLE;
    }

    /** Notes that the refresh is due; false when there was no use yet, so that none is wanted. */
    boolean refreshDue() {
        return !usage.compareAndSet(UNUSED, IDLE);
    }
}
