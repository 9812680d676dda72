package io.tandem.observe;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.tandem.message.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * The trace of that which is being measured on a thread, so that a bucket can show one of the messages in it: an
 * exemplar of OpenMetrics. Thread-safe.
 */
final class CurrentTrace implements SpanContext {
    private static final ThreadLocal<TraceContext> CURRENT = new ThreadLocal<>();

    /** Measures something of a message that is traced. */
    void during(TraceContext trace, Runnable measuring) {
        CURRENT.set(trace);
        try {
            measuring.run();
        } finally {
            CURRENT.remove();
        }
    }

    @Override
    public @Nullable String getCurrentTraceId() {
        TraceContext trace = CURRENT.get();
        return trace == null ? null : trace.traceId();
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        TraceContext trace = CURRENT.get();
        return trace == null ? null : trace.spanId();
    }

    @Override
    public boolean isCurrentSpanSampled() {
        return CURRENT.get() != null;
    }

    @Override
    public void markCurrentSpanAsExemplar() {
        // sampling has been decided long before
    }
}
