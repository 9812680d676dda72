package io.tandem.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells those who work for a message that nobody waits for the rest of it: its caller has gone away, or another target
 * was faster. Thread-safe; one per message.
 */
public final class Cancellation {
    private List<Runnable> listeners = List.of();
    private final List<Delivery> ended = new ArrayList<>(0);
    private boolean cancelled;

    /**
     * @param listener is run once the message is cancelled, at once when it is already; must return quickly, and may be
     *     run though its work is done
     */
    public void onCancel(Runnable listener) {
        synchronized (this) {
            if (!cancelled) {
                if (listeners.isEmpty()) {
                    listeners = new ArrayList<>(4);
                }
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Cancels the message; does nothing the second time. */
    public void cancel() {
        List<Runnable> told;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            told = listeners;
            listeners = List.of();
        }
        told.forEach(Runnable::run);
    }

    /**
     * Notes that a delivery of the message has ended, which may decide that the others are not needed.
     *
     * @return all that have ended by now
     */
    public synchronized List<Delivery> ended(Delivery delivery) {
        ended.add(delivery);
        return List.copyOf(ended);
    }

    /** Whether it is cancelled. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }
}
