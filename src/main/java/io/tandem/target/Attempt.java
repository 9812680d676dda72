package io.tandem.target;

import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * One try at a target. It can be cancelled from another thread at any time, which closes its connection: socket
 * time-outs alone don't bound a reply that drips in.
 */
final class Attempt {
    private @Nullable ClassicHttpRequest request;
    private @Nullable ExecRuntime runtime;
    private boolean timedOut;
    private boolean cancelledBeforeConnected;

    /** Called by the HTTP client when it takes the request. */
    synchronized void executing(ClassicHttpRequest executed, ExecRuntime execRuntime) {
        request = executed;
        runtime = execRuntime;
        if (timedOut) {
            abort();
        }
    }

    /** Closes the connection, whatever the attempt is doing. */
    synchronized void timeOut() {
        if (!timedOut) {
            timedOut = true;
            cancelledBeforeConnected = runtime == null || !runtime.isEndpointConnected();
            abort();
        }
    }

    /** Closes the connection of a reply that isn't worth reading on. */
    synchronized void abort() {
        if (request instanceof Cancellable cancellable) {
            cancellable.cancel();
        }
    }

    synchronized boolean isTimedOut() {
        return timedOut;
    }

    /** Whether time was over before there was a connection: then the target has certainly not processed it. */
    synchronized boolean isCancelledBeforeConnected() {
        return cancelledBeforeConnected;
    }
}
