package io.tandem.target;

import io.tandem.message.Span;
import org.jspecify.annotations.Nullable;

/**
 * One try at a target. It can be cancelled from another thread at any time, which closes its connection: socket
 * time-outs alone don't bound a reply that drips in.
 */
final class Attempt {
    private final VerbatimHeaders headers;
    private final long budgetNanos;
    private final Span span;
    private final long startNanos = System.nanoTime();
    private @Nullable Runnable closing;
    private boolean connected;
    private boolean settled;
    private boolean timedOut;
    private boolean cancelled;

    /** @param budgetNanos how long it may take */
    Attempt(VerbatimHeaders headers, long budgetNanos, Span span) {
        this.headers = headers;
        this.budgetNanos = budgetNanos;
        this.span = span;
    }

    Span span() {
        return span;
    }

    long budgetNanos() {
        return budgetNanos;
    }

    /** How long it has taken so far. */
    long tookNanos() {
        return System.nanoTime() - startNanos;
    }

    VerbatimHeaders headers() {
        return headers;
    }

    /**
     * Called by the HTTP client when it takes the request.
     *
     * @param close closes its connection from any thread, more than once if need be; must be quick
     */
    synchronized void executing(Runnable close) {
        closing = close;
        if (timedOut || cancelled) {
            abort();
        }
    }

    /** Called by the HTTP client when there is a connection, and the request is about to be sent. */
    synchronized void connected() {
        connected = true;
    }

    /** Closes the connection, whatever the attempt is doing. */
    synchronized void timeOut() {
        timedOut = true;
        abort();
    }

    /** Closes the connection: nobody wants the reply any more. */
    synchronized void cancel() {
        cancelled = true;
        abort();
    }

    /** Closes the connection of a reply that isn't worth reading on. */
    synchronized void abort() {
        if (closing != null) {
            closing.run();
        }
    }

    /** Returns true the first time: what came of an attempt is looked at once. */
    synchronized boolean settle() {
        boolean first = !settled;
        settled = true;
        return first;
    }

    synchronized boolean isTimedOut() {
        return timedOut;
    }

    /** Whether anything may have been sent; if not, the target has certainly not processed it. */
    synchronized boolean isConnected() {
        return connected;
    }
}
