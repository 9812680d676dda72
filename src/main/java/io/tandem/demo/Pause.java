package io.tandem.demo;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Makes exchanges wait without a thread. Unlike the Delay EIP it can wake them all, so that those which hang don't hold
 * up the end of the demo. Thread-safe.
 */
final class Pause extends AsyncProcessorSupport {
    private final ScheduledExecutorService timer;
    private final Function<Exchange, Duration> length;
    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    Pause(ScheduledExecutorService timer, Function<Exchange, Duration> length) {
        this.timer = timer;
        this.length = length;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Duration pause = length.apply(exchange);
        if (over || pause.isZero()) {
            callback.done(true);
            return true;
        }
        Wait wait = new Wait(callback);
        waiting.add(wait);
        Future<?> unused = timer.schedule(wait::end, pause.toNanos(), TimeUnit.NANOSECONDS);
        if (over) {
            wait.end();
        }
        return false;
    }

    /** Lets all go on that wait, and nobody wait again. */
    void end() {
        over = true;
        waiting.forEach(Wait::end);
    }

    private final class Wait {
        private final AsyncCallback callback;
        private final AtomicBoolean ended = new AtomicBoolean();

        Wait(AsyncCallback callback) {
            this.callback = callback;
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                waiting.remove(this);
                callback.done(false);
            }
        }
    }
}
