package io.tandem.observe;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.tandem.message.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * The trace of that which is being measured on a thread, so that a bucket can show one of the messages in it: an
 * exemplar of OpenMetrics. Thread-safe.
 */
final class CurrentTrace implements SpanContext {
    private final ThreadLocal<TraceContext> current = new ThreadLocal<>();

    /** Measures something of a message that is traced. */
    void during(TraceContext trace, Runnable measuring) {
        current.set(trace);
        try {
            measuring.run();
        } finally {
            current.remove();
        }
    }

    @Override
    public @Nullable String getCurrentTraceId() {
        TraceContext trace = current.get();
        return trace == null ? null : trace.traceId();
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        TraceContext trace = current.get();
        return trace == null ? null : trace.spanId();
    }

    @Override
    public boolean isCurrentSpanSampled() {
        return current.get() != null;
    }

    @Override
    public void markCurrentSpanAsExemplar() {
        // sampling has been decided long before
    }
}
